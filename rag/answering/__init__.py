"""Passages become an answer: sentences, quotes, conflicts, or the reason for having none."""
