"""Booking a desk or a room: what one member may hold at once."""
