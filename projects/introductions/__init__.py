"""A candidate and the villages: chosen, agreed to, sent, answered, met; and what each village was told."""
