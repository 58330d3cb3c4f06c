"""The page that whoever laid a project down reads of it, without an account."""
