"""Style and scripts of the page, read from the files beside this one. Colours are the theme's, so dark mode comes along."""

from __future__ import annotations

import importlib.resources


def asset(name: str) -> str:
    """The text of a file beside this one: `panel.js`."""
    return (importlib.resources.files(__package__) / name).read_text(encoding="utf-8")


CSS = "".join(
    file.read_text(encoding="utf-8")
    for file in sorted(importlib.resources.files(__package__).iterdir(), key=lambda file: file.name)
    if file.name.endswith(".css")
)
"""Every style sheet of this folder."""
