"""Rows of which nothing is known but what must be: each model with its optional fields empty, and the pages that show it."""
