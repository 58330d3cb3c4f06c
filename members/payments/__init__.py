"""What anybody owes, for what, and how it was settled; no payment provider is connected."""
