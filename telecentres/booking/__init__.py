"""Booking a desk or a room."""
