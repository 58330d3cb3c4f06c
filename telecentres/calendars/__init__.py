"""Bookings in people's calendars."""
