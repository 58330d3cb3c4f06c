"""« Déposer mon projet »: what is typed before it is a file."""
