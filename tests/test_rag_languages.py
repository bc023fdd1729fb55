"""The language of a text or a question, and language codes that are stated."""

from __future__ import annotations

import pytest
from articles_abroad import ARTICLES, Abroad
from hypothesis import given
from hypothesis import strategies as st

from rag.text.languages import code_of, language_of, language_of_question, name_of

EVERY = sorted({one.language for one in ARTICLES})


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        ("en", "en"),
        ("en-US", "en"),
        ("zh_Hans", "zh"),
        ("DE", "de"),
        ("deu", "de"),
        ("nob", "no"),
        ("German", "de"),
        ("русский", "ru"),
        ("日本語", "ja"),
        ("", None),
        (None, None),
        ("und", None),
        ("a language of our own", None),
        ('"><script>', None),
    ],
)
def test_what_is_stated_becomes_a_code(stated: str | None, code: str | None) -> None:
    assert code_of(stated) == code


@pytest.mark.parametrize("article", ARTICLES, ids=lambda one: one.id)
def test_an_article_tells_its_language(article: Abroad) -> None:
    assert language_of(article.text) == article.language


@pytest.mark.parametrize("text", ["", " ", "1,234", "Ada Lovelace", "…"])
def test_what_cannot_be_told_stays_open(text: str) -> None:
    assert language_of(text) is None


@pytest.mark.parametrize(
    "question", ["Who announced the visit?", "ferry strike", "Merkel", "?", "What did Müller say?"]
)
def test_a_question_is_english_where_it_may_be(question: str) -> None:
    assert language_of_question(question, EVERY) == "en"


def test_only_languages_of_the_library_come_into_question() -> None:
    assert language_of_question("Wer hat die Brücke gebaut?", ["de", "fr"]) == "de"
    assert language_of_question("Wer hat die Brücke gebaut?", []) == "en"


@given(st.text(max_size=200))
def test_any_text_has_a_language_or_none(text: str) -> None:
    told = language_of(text)
    assert told is None or code_of(told) == told
    assert name_of(told or "xx")
    assert language_of_question(text, EVERY) in {"en", *EVERY}
