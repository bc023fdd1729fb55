"""Passages become an answer: sentences, quotes, conflicts, or a reason why not."""
