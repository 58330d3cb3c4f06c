"""The waiting list: joined and left; what becomes free is held for the first in line."""
