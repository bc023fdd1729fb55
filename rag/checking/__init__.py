"""What a text states (its numbers, days and names), and whether another text supports it."""
