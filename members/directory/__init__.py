"""The members, looked for and looked at, as far as each has agreed to be seen."""
