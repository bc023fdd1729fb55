"""From question to passages: candidates of both sides, fused, weighted by time."""
