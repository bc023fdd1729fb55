"""Answers and articles as HTML: pure functions, no Gradio; all foreign text is made inert in `ui/web/markup.py`."""
