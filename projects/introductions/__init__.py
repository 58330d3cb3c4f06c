"""Families introduced to villages."""
