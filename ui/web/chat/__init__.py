"""The chat: what is laid out, what happens on each event, and what one reader has asked so far."""
