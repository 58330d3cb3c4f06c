"""The pages of booking: the week, the desk one stands at, one's own bookings and what is changed of them."""
