"""The page's texts in the reader's language: English is in the code, every other language in `texts.json`, and in
`texts_of_core.json` for the sentences of `rag/` and `ingest/`, which are in English only."""

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
_IN_SCRIPTS = re.compile(r"\bsay\('([^']+)'")


@functools.cache
def translations() -> Mapping[str, Mapping[str, str]]:
    """For each English text, its translations by language code."""
    return {**_read("texts.json"), **of_core_texts()}


@functools.cache
def of_core_texts() -> Mapping[str, Mapping[str, str]]:
    """The same for texts of `rag/` and `ingest/` that a reader sees."""
    return _read("texts_of_core.json")


def _read(name: str) -> dict[str, dict[str, str]]:
    return dict(json.loads((importlib.resources.files(__package__) / name).read_text(encoding="utf-8")))


@functools.cache
def languages() -> tuple[str, ...]:
    """Codes of the page's languages, English first."""
    return (ENGLISH, *sorted({code for texts in translations().values() for code in texts}))


def language() -> str:
    return _language.get()


@contextlib.contextmanager
def spoken(accepted: str) -> Iterator[None]:
    """Within this context, the page is in the first language of a browser's `Accept-Language` that it knows."""
    before = _language.set(best_of(accepted))
    try:
        yield
    finally:
        _language.reset(before)


def best_of(accepted: str) -> str:
    """The first known language of an `Accept-Language`, which browsers sort: `de` of "de-AT,de;q=0.9,en;q=0.8"."""
    wanted = (part.partition(";")[0].partition("-")[0].strip().lower() for part in accepted[:200].split(","))
    return next((code for code in wanted if code in languages()), ENGLISH)


def say(english: str, /, **values: object) -> str:
    """A text in the current language; English if it has no translation."""
    text = translations().get(english, {}).get(language(), english)
    return text.format(**values) if values else text


def counted(count: int, thing: str) -> str:
    """`1 article`, `2 stories`; singular and plural are separate texts."""
    return say("{count} " + (thing if count == 1 else plural(thing)), count=f"{count:,}")


def plural(thing: str) -> str:
    return f"{thing[:-1]}ies" if thing.endswith("ry") else f"{thing}s"


def of_core(message: str) -> str:
    """A sentence of `rag/` or `ingest/`, always English, in the current language; unchanged if it has no translation."""
    if language() == ENGLISH:
        return message
    for pattern, english in _core_patterns():
        if found := pattern.fullmatch(message):
            return say(english, **{name: of_core(value) for name, value in found.groupdict().items()})
    return say(message)


@functools.cache
def _core_patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Patterns for those sentences with their values, longest first, as the longest that fits is the most specific."""
    written = {one: re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(one)) for one in of_core_texts()}
    return tuple((re.compile(written[one], re.DOTALL), one) for one in sorted(written, key=len, reverse=True))


def label(english: str) -> str:
    """Marks a component's text, which is translated when the page is sent."""
    return english


def script_texts() -> str:
    """Translations of the scripts' texts into the current language, by their English, as JSON."""
    spoken_texts = {} if language() == ENGLISH else {english: say(english) for english in said_in_scripts()}
    return json.dumps(spoken_texts, ensure_ascii=False)


@functools.cache
def said_in_scripts() -> frozenset[str]:
    scripts = (file for file in importlib.resources.files(__package__).iterdir() if file.name.endswith(".js"))
    return frozenset(text for file in scripts for text in _IN_SCRIPTS.findall(file.read_text(encoding="utf-8")))
