"""What the portal tells by itself: to advisers in the morning and by letter, to holders and villages by letter."""
