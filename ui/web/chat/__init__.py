"""The chat: its layout, what happens on each event, and one reader's conversation."""
