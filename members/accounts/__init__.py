"""Accounts: made, signed in to, protected by a second step, and what goes when its time is over."""
