"""Minimal and valid rows; traits name the situations. One module an app."""
