"""What the page says: every text of the chat has a German and a Korean one with the same parts."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.refusal import reason_for
from rag.store.catalog import Counts
from rag.types import AbstentionReason
from ui.web.markup import day, short_day, short_month
from ui.web.texts import (
    OF_CORE,
    best_of,
    counted,
    language,
    languages,
    of_core,
    plural,
    said_in_scripts,
    say,
    spoken,
    translations,
)

WEB = Path(__file__).parents[1] / "ui" / "web"


def parts(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def said_in(source: str) -> Iterator[str]:
    """The texts that Python code says: arguments of `say` and `label`, both numbers of what is counted."""
    for node in ast.walk(ast.parse(source)):
        name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
        if name in ("say", "label", "counted"):
            assert isinstance(node, ast.Call)
            place = 1 if name == "counted" else 0
            for one in ast.walk(node.args[place]) if len(node.args) > place else ():
                if isinstance(one, ast.Constant) and isinstance(one.value, str):
                    yield from numbers(one.value) if place else (one.value,)


def numbers(thing: str) -> tuple[str, str]:
    return f"{{count}} {thing}", f"{{count}} {plural(thing)}"


def said() -> set[str]:
    texts = set(said_in_scripts()) | set(OF_CORE)
    for file in [*WEB.rglob("*.py"), WEB.parent / "checked.py", WEB.parent / "digests.py"]:
        texts |= set(said_in(file.read_text(encoding="utf-8")))
    for file in (WEB / "html").glob("*.html"):
        source = file.read_text(encoding="utf-8")
        texts |= set(re.findall(r'\bsay\("([^"]+)"', source))
        for thing in re.findall(r'\bcounted\([^"]*?, "([^"]+)"\)', source):
            texts |= set(numbers(thing))
    return {text for text in texts if re.sub(r"{\w+}", "", text).strip()}


@pytest.mark.parametrize("code", ["de", "ko"])
def test_every_text_is_translated_with_the_same_parts(code: str) -> None:
    missing = sorted(text for text in said() if code not in translations().get(text, {}))
    assert missing == []
    for english, others in translations().items():
        assert parts(others[code]) == parts(english), english


def test_the_browser_says_which_language() -> None:
    assert languages() == ("en", "de", "ko")
    assert best_of("de-AT,de;q=0.9,en;q=0.8") == "de"
    assert best_of("fr,ko;q=0.4,en;q=0.3") == "ko"
    assert best_of("en-US,de;q=0.5") == "en"
    assert best_of("fr") == "en"


@given(st.text(max_size=300))
def test_whatever_a_browser_sends_is_a_language(accepted: str) -> None:
    assert best_of(accepted) in languages()


def test_it_is_spoken_only_inside() -> None:
    import datetime as dt

    with spoken("de"):
        assert counted(2, "article") == "2 Artikel"
        assert day(dt.date(2025, 8, 13)) == "13.08.2025"
        assert short_day(dt.date(2025, 8, 13)) == "13. Aug."
        with spoken("ko"):
            assert short_month(dt.date(2025, 8, 1)) == "2025년 8월"
        assert say("a text that nobody translated") == "a text that nobody translated"
    assert language() == "en"
    assert day(dt.date(2025, 8, 13)) == "13 Aug 2025"


def test_a_sentence_of_the_core_is_said_in_the_readers_language() -> None:
    english = "Nothing newer than 13 Aug 2025 was found."
    failed = "The language model took too long. The answer is in the articles' own words instead."
    assert of_core(english) == english
    with spoken("de"):
        assert of_core(english) == "Nichts Neueres als vom 13 Aug 2025 wurde gefunden."
        assert of_core(failed).startswith("Das Sprachmodell brauchte zu lange. Die Antwort")
        assert of_core("Nobody translated this {day}.") == "Nobody translated this {day}."


def test_what_the_core_says_of_an_abstention_is_translated() -> None:
    counts = Counts(articles=0, passages=0, undated_articles=0, earliest=None, latest=None, outlets=())
    assert {reason_for(kind, counts).message for kind in AbstentionReason} <= set(OF_CORE)
