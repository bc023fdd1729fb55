"""Which articles are copies of one text, and which report the same event."""
