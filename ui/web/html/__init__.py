"""Answers and articles as HTML: pure functions, no Gradio.

What they give is safe as it is: all that comes from articles, readers or models is made inert in `ui/web/markup.py`.
Buttons carry numbers in `data-*` attributes; the scripts of the page turn a click into an event of those.
"""
