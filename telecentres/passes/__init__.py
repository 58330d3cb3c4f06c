"""What half-days, days and hours cost, and what they are paid with."""
