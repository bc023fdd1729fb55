"""Reports of runs: for a terminal, as Markdown, and as one HTML page with plots."""
