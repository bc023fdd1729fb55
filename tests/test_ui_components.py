"""Building blocks of every tab: readable colours, and a page in one language."""

from __future__ import annotations

import asyncio
import json

import pytest
from fakes import WordEmbedder
from page_values import article

from rag.assistant import Assistant
from rag.library import Library
from ui.web.chat.suggestions import candidates
from ui.web.components import colours_alone, theme
from ui.web.server import build_page
from ui.web.texts import spoken


def light(colour: str) -> float:
    """Relative luminance, by WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("mode", ["", "_dark"])
@pytest.mark.parametrize(
    ("words", "behind"),
    [
        ("body_text_color", "body_background_fill"),
        ("body_text_color_subdued", "body_background_fill"),
        ("body_text_color_subdued", "background_fill_secondary"),
        ("link_text_color", "body_background_fill"),
        ("link_text_color", "background_fill_secondary"),
        ("input_placeholder_color", "input_background_fill"),
        ("button_primary_text_color", "button_primary_background_fill"),
        ("button_primary_text_color", "button_primary_background_fill_hover"),
        ("button_cancel_text_color", "button_cancel_background_fill_hover"),
    ],
)
def test_words_stand_out_from_what_is_behind_them(words: str, behind: str, mode: str) -> None:
    low, high = sorted(light(getattr(theme(), name + mode)) for name in (words, behind))
    assert (high + 0.05) / (low + 0.05) >= 4.5


def test_a_page_without_gradio_has_the_colours_of_the_theme() -> None:
    of = theme()
    assert f"--link-text-color: light-dark({of.link_text_color}, {of.link_text_color_dark});" in colours_alone()
    assert "*" not in colours_alone()  # Gradio's own names, which no browser knows


def test_a_page_is_sent_in_one_language(library: Library, embedder: WordEmbedder) -> None:
    # Gradio makes its own event loops where none is running, and never closes them.
    async def build() -> dict[str, str]:
        page = build_page(library, Assistant(library))
        page.config = page.get_config_file()
        sent = {}
        for language in ("en", "de"):
            with spoken(language):
                sent[language] = json.dumps(page.config["components"], ensure_ascii=False, default=str)
        return sent

    sent = asyncio.run(build())
    for english, german, scripted in (
        ("Add articles", "Artikel hinzufügen", False),
        ("Dates and outlets", "Tage und Medien", False),
        ("Skip to the question", "Zur Frage springen", False),
        ("No conversation contains these words.", "Kein Gespräch enthält diese Wörter.", True),
    ):
        assert english in sent["en"]
        assert german not in sent["en"]
        assert german in sent["de"]
        assert scripted or english not in sent["de"]
    assert "자료실" not in sent["en"] + sent["de"]


def test_a_suggestion_is_a_whole_question() -> None:
    text = (
        "The bridge is shut, and Varrow said that it stays shut. Later the mayor Ines Hollow said that Varrow was wrong. "
        "In the town of Osterby the road is open."
    )
    questions = [
        one.question for one in candidates(article(title="Varrow shuts the road to Osterby", text=text, language="en"))
    ]
    assert questions
    assert all(one.endswith("?") and len(one.split()) > 2 for one in questions)
    assert "What is the latest on Varrow?" in questions
    assert [one.question for one in candidates(article(title="Varrow", text=text, language="de"))] == []
    (german,) = candidates(article(title="Varrow sperrt die Straße", text=text, language="de"))
    assert german.question == "Was ist bekannt über „Varrow sperrt die Straße“?"
