"""The demonstration network, built through the same services as the site."""
