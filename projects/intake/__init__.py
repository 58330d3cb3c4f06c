"""« Déposer mon projet »: what is typed, kept as a draft, and in the end laid down as a file."""
