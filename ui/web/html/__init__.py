"""Answers and articles as HTML: pure functions, no Gradio; all words of others are made inert in `ui/web/markup.py`."""
