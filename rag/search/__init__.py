"""A question becomes passages: what it asks for, candidates of both sides, fused, in time."""
