"""Walks over the whole site: every address as each role, every form that a page shows, every name that a page asks for."""
