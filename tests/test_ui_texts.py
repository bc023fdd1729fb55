"""The page's texts: every text of the chat has a German and a Korean translation with the same placeholders."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import EMPTY
from hypothesis import given
from hypothesis import strategies as st

from ingest.report import Names
from rag.answering.refusal import reason_for
from rag.types import AbstentionReason
from ui.web.markup import day, short_day
from ui.web.texts import (
    best_of,
    counted,
    language,
    languages,
    of_core,
    of_core_texts,
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
    """The texts in Python code: arguments of `say` and `label`, and singular and plural of what is counted."""
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
    texts = set(said_in_scripts()) | set(of_core_texts())
    for file in [*WEB.rglob("*.py"), WEB.parent / "format.py", WEB.parent / "digests.py"]:
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
            assert short_day(dt.date(2025, 8, 1), months=True) == "2025년 8월"
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


def reasons_in(source: str) -> Iterator[str]:
    """An `ingest/` module's messages about what it cannot read, with something in place of each value."""
    tree = ast.parse(source)
    given = {"SourceError": 0, "FetchRefused": 0, "Failure": 1, "Skipped": 1, "ask_child": 3}
    for node in ast.walk(tree):
        place = given.get(getattr(node.func, "id", "")) if isinstance(node, ast.Call) else None
        if place is not None and isinstance(node, ast.Call) and len(node.args) > place:
            said = node.args[place]
            if isinstance(said, ast.Constant):
                yield str(said.value)
            elif isinstance(said, ast.JoinedStr):
                yield "".join(str(one.value) if isinstance(one, ast.Constant) else "line 7" for one in said.values)
            elif isinstance(said, ast.Name):
                yield from constants_of(tree, said.id)
            elif isinstance(said, ast.Call) and isinstance(said.func, ast.Attribute):
                yield from constants_of(tree, getattr(said.func.value, "id", ""))


def constants_of(tree: ast.Module, name: str) -> Iterator[str]:
    """The texts of a module's constant: its own, or those of a mapping."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == name:
            values = node.value.values if isinstance(node.value, ast.Dict) else [node.value]
            yield from (str(one.value) for one in values if isinstance(one, ast.Constant))


def test_why_something_was_not_added_is_said_in_the_readers_language() -> None:
    ingest = WEB.parents[1] / "ingest"
    reasons = {one for file in ingest.glob("*.py") for one in reasons_in(file.read_text(encoding="utf-8"))}
    assert len(reasons) > 80
    with spoken("de"):
        assert sorted(one for one in reasons if of_core(one) == one) == ["too large"]  # never shown


def test_many_reasons_of_one_file_are_said_in_the_readers_language() -> None:
    names = Names()
    for number in range(7):
        names.add(
            f"/news/all.jsonl#{number}",
            f"Line {number} was left out: {'it is not UTF-8 text' if number % 2 else 'it is nested too deeply'}.",
        )
    with spoken("de"):
        told = of_core(names.told()[0].reason)
    assert told == (
        "7 der Artikel darin wurden ausgelassen. 4 wie dieser: Zeile 0 wurde ausgelassen: sie ist zu tief verschachtelt. "
        "3 wie dieser: Zeile 1 wurde ausgelassen: sie ist kein Text in UTF-8."
    )


def test_what_the_core_says_of_an_abstention_is_translated() -> None:
    assert {reason_for(kind, EMPTY).message for kind in AbstentionReason} <= set(of_core_texts())
