"""What is asked: its kind, the days that it is about, what it carries on from the turn before."""
