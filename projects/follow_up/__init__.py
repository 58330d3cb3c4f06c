"""What becomes of those who settled: asked at 3, 12, 24 and 36 months, and answered behind the link of a letter."""
