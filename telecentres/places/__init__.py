"""The places themselves: opened, shown to everybody, told to other programs."""
