"""What whoever keeps a place does there for others."""
