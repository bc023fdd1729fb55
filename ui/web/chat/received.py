"""What a browser sent, made harmless."""

from __future__ import annotations

from typing import Any

import gradio as gr


def pressed(event: gr.EventData) -> dict[str, Any]:
    """The `data-*` values of a button, which a browser sends and may have made up."""
    return event._data if isinstance(event._data, dict) else {}


def sendable(text: str) -> str:
    """The text without lone surrogates, which no tokenizer, database or browser takes."""
    return text.encode("utf-8", "replace").decode()
