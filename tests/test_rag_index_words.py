"""What the lexical index treats as words, even where a script does not separate them, or where letters are joined."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.run import ingest
from rag.library import Library
from rag.text.stems import stems
from rag.types import Filters

TEXTS = {
    "zh": "云坪图书馆的夜间开放时间将延长到午夜,市长周一宣布。",
    "ja": "港の橋は金曜日に再開されます。",
    "th": "สะพานจะเปิดอีกครั้งในวันศุกร์",
    "en": "The o\ufb03ce of the \ufb01shery said that the re\ufb02oated ferry sails again.",
    "half": "\uff21\uff22\uff23 Bank lent 40 million.",
}


@pytest.fixture
def shelf(library: Library, tmp_path: Path) -> Library:
    rows = ({"id": name, "title": name, "text": text} for name, text in TEXTS.items())
    (tmp_path / "news.jsonl").write_text("".join(json.dumps(one) + "\n" for one in rows), encoding="utf-8")
    assert ingest(library, [str(tmp_path / "news.jsonl")]).stored == len(TEXTS)
    return library


@pytest.mark.parametrize(
    ("words", "article"),
    [
        ("图书馆", "zh"),
        ("市长什么时候宣布?", "zh"),
        ("橋の再開", "ja"),
        ("สะพาน", "th"),
        ("office fishery", "en"),
        ("refloated", "en"),
        ("ABC", "half"),
        ("\uff21\uff22\uff23", "half"),
    ],
)
def test_an_article_is_found_by_its_words_alone(shelf: Library, words: str, article: str) -> None:
    assert [one.article_id for one in shelf.by_words(words, Filters(), 10)] == [article]


def test_words_that_no_article_has_find_none(shelf: Library) -> None:
    for words in ("经济", "橋梁", "bakery", ""):
        assert shelf.by_words(words, Filters(), 10) == []


def test_what_is_found_by_words_passes_the_filters(shelf: Library) -> None:
    assert shelf.by_words("refloated", Filters(outlets=("Nowhere",)), 10) == []


@given(st.text(alphabet=[chr(code) for code in range(0x4E00, 0x4E40)], min_size=2), st.data())
def test_any_two_characters_of_a_script_without_spaces_are_found_in_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 2))
    end = data.draw(st.integers(start + 2, len(text)))
    assert set(stems(text[start:end])) <= set(stems(text))


@given(st.text(), st.sampled_from(["en", "de", "ar", "hi", "ja", "pl", "xx"]))
def test_a_stem_has_no_white_space_in_it(text: str, language: str) -> None:
    found = stems(text, language)
    assert " ".join(found).split() == found


def test_words_beside_a_script_without_spaces_stay_whole() -> None:
    assert stems("Kestrel大桥NEWS") == ["kestrel", "大桥", "news"]
    assert stems("桥") == ["桥"]
