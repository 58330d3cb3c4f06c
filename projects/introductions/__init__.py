"""A candidate and the villages: what each of them was told. The steps themselves are `services/introductions.py`."""
