"""Accounts: how one is made, and what goes when its time is over."""
