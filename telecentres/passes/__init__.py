"""What half-days cost and what they are paid with."""
