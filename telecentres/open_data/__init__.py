"""What the portal publishes of its places for programs."""
