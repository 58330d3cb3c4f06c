"""Who else works at a place on the same day, and newcomers introduced to their trade."""
