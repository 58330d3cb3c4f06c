"""Whoever carries a project: how they are reached, what they agreed to, and two records that are one person."""
