"""What the page says, in the reader's language: English stands in the code, every other language in `texts.json`."""

from __future__ import annotations

import contextlib
import functools
import importlib.resources
import json
import re
from collections.abc import Iterator, Mapping
from contextvars import ContextVar

ENGLISH = "en"
_language: ContextVar[str] = ContextVar("language", default=ENGLISH)
_WANTED = re.compile(r"([A-Za-z]{2,3})(?:-[A-Za-z0-9-]+)?(?:\s*;\s*q=([0-9.]+))?")


@functools.cache
def translations() -> Mapping[str, Mapping[str, str]]:
    """By English text: the same in every other language, by its code."""
    text = (importlib.resources.files(__package__) / "texts.json").read_text(encoding="utf-8")
    read: Mapping[str, Mapping[str, str]] = json.loads(text)
    return read


@functools.cache
def languages() -> tuple[str, ...]:
    """Codes of the languages that the page speaks, English first."""
    return (ENGLISH, *sorted({code for texts in translations().values() for code in texts}))


def language() -> str:
    """The code of the language that is spoken just now."""
    return _language.get()


@contextlib.contextmanager
def spoken(accepted: str) -> Iterator[None]:
    """Inside, the page speaks the first language that a browser's `Accept-Language` names and the page knows."""
    before = _language.set(best_of(accepted))
    try:
        yield
    finally:
        _language.reset(before)


def best_of(accepted: str) -> str:
    """The best known language of an `Accept-Language`: `de` of "de-AT,de;q=0.9,en;q=0.8"; English where there is none."""
    wanted = []
    for part in accepted[:200].split(","):
        found = _WANTED.fullmatch(part.strip())
        if found and found[1].lower() in languages():
            weight = found[2] or "1"
            wanted.append((-float(weight) if weight.count(".") < 2 and weight != "." else 0.0, found[1].lower()))
    return min(wanted, key=lambda one: one[0])[1] if wanted else ENGLISH


def say(english: str, /, **values: object) -> str:
    """A text in the language that is spoken; a text that nobody translated stays English."""
    text = translations().get(english, {}).get(language(), english)
    return text.format(**values) if values else text


def counted(count: int, thing: str) -> str:
    """`1 article`, `2 articles`; each of both is a text of its own."""
    return say("{count} " + (thing if count == 1 else f"{thing}s"), count=f"{count:,}")
