"""A desk or a room booked, moved, called off, come to: the member's own bookings and the week in which one presses."""
