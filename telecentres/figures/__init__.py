"""How full a place is, what a member used, who hosted whom."""
