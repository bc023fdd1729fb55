"""Brings articles in: sources are found, fetched, extracted, cut, embedded and stored."""
