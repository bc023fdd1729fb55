"""Labels of Gradio's components, which the browser puts into its reader's language."""

from __future__ import annotations

import gradio as gr
from gradio.i18n import I18nData

from ui.web.texts import languages, translations

_labels: set[str] = set()


def label(english: str) -> I18nData:
    """A text of a component: a label, a placeholder, the words of a button."""
    _labels.add(english)
    return I18nData(english)


def labels() -> gr.I18n:
    """All labels so far, for the browser."""
    return gr.I18n(
        **{code: {one: translations().get(one, {}).get(code, one) for one in sorted(_labels)} for code in languages()}
    )
