"""What a member says of themselves, who may see it, and what one viewer sees of it."""
