"""A candidate and the villages: what may leave to them, what each was told. The steps are in `services/introductions.py`."""
