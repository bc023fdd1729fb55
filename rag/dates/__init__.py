"""Words for days, and the days that they mean."""
