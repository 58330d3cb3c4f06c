"""The funding plan of a file: needs, sources, and the steps counted back from a committee's date."""
