"""Doors for people: the command line and the chat page."""
