"""Project files: opened, moved from stage to stage, entrusted, read, and in the end forgotten."""
