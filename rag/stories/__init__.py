"""Which articles are copies of one text, and which tell of the same event."""
