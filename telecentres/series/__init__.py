"""The same place every week."""
