"""What a household says of itself: its answers to the questionnaire, when it wishes to come, in which words it is told."""
