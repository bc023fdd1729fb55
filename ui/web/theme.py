"""The page's own look: ink on paper, one blue-green, the reader's own fonts; every pair of colours at least 4.5 to 1."""

from __future__ import annotations

import gradio as gr

_INK, _PAPER, _QUIET, _LINE, _SOFT = "#1b2126", "#fdfcf9", "#55606a", "#d9d8d2", "#f3f1ea"
_INK_DARK, _PAPER_DARK, _QUIET_DARK, _LINE_DARK, _SOFT_DARK = "#e9e7e1", "#14181b", "#a5b0b8", "#363e44", "#1e2428"
_ACCENT, _ACCENT_HOVER, _ACCENT_DARK, _ACCENT_DARK_HOVER = "#0b5563", "#083f4a", "#7fd0dd", "#a6e0e9"


def theme() -> gr.themes.Base:
    """Gradio's plainest theme in these colours."""
    both = {
        "body_background_fill": (_PAPER, _PAPER_DARK),
        "background_fill_primary": (_PAPER, _PAPER_DARK),
        "background_fill_secondary": (_SOFT, _SOFT_DARK),
        "body_text_color": (_INK, _INK_DARK),
        "body_text_color_subdued": (_QUIET, _QUIET_DARK),
        "border_color_primary": (_LINE, _LINE_DARK),
        "border_color_accent": (_ACCENT, _ACCENT_DARK),
        "link_text_color": (_ACCENT, _ACCENT_DARK),
        "link_text_color_hover": (_ACCENT_HOVER, _ACCENT_DARK_HOVER),
        "link_text_color_visited": (_ACCENT, _ACCENT_DARK),
        "link_text_color_active": (_ACCENT, _ACCENT_DARK),
        "block_background_fill": (_PAPER, _PAPER_DARK),
        "block_border_color": (_LINE, _LINE_DARK),
        "block_info_text_color": (_QUIET, _QUIET_DARK),
        "block_label_background_fill": (_PAPER, _PAPER_DARK),
        "block_label_text_color": (_INK, _INK_DARK),
        "block_title_text_color": (_INK, _INK_DARK),
        "input_background_fill": ("#ffffff", _SOFT_DARK),
        "input_border_color": ("#8b949b", "#6d7880"),
        "input_border_color_focus": (_ACCENT, _ACCENT_DARK),
        "input_placeholder_color": (_QUIET, _QUIET_DARK),
        "button_primary_background_fill": (_ACCENT, _ACCENT_DARK),
        "button_primary_background_fill_hover": (_ACCENT_HOVER, _ACCENT_DARK_HOVER),
        "button_primary_text_color": ("#ffffff", _PAPER_DARK),
        "button_primary_border_color": (_ACCENT, _ACCENT_DARK),
        "button_secondary_background_fill": (_PAPER, _PAPER_DARK),
        "button_secondary_background_fill_hover": (_SOFT, _SOFT_DARK),
        "button_secondary_text_color": (_INK, _INK_DARK),
        "button_secondary_border_color": ("#8b949b", "#6d7880"),
        "button_cancel_background_fill": (_PAPER, _PAPER_DARK),
        "button_cancel_background_fill_hover": (_SOFT, _SOFT_DARK),
        "button_cancel_text_color": ("#9a1c1c", "#ffb4ab"),
        "button_cancel_border_color": ("#9a1c1c", "#ffb4ab"),
        "accordion_text_color": (_INK, _INK_DARK),
    }
    dark = {f"{name}_dark": colours[1] for name, colours in both.items()}
    return gr.themes.Base(
        # Names of the system's fonts: nothing is fetched.
        font=("ui-sans-serif", "system-ui", "sans-serif"),
        font_mono="monospace",
        text_size="md",
        radius_size="sm",
    ).set(
        **{name: colours[0] for name, colours in both.items()}, **dark, color_accent=_ACCENT, button_border_width="1px"
    )
