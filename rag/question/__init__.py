"""What is asked: its kind, the days it is about, and what it carries over from the previous turn."""
