"""What may be booked, where and when: decided in `rules`, over what `snapshot` read, and asked by everything that says so.

`week`, `place_now`, `network`, `day` and `alternatives` read the `board`, which asks the rules of each desk and half-day; bookings,
moves, the waiting list and weekly bookings ask them again under their locks. No other module decides whether a desk is free.
"""
