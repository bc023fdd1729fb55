"""A language model rewrites a follow-up to stand alone, dropping nothing the reader typed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.checking.facts import facts
from rag.errors import WritingFailed
from rag.language.writer import Writer
from rag.text.names import capitalised
from rag.text.words import content_words
from rag.types import Turn
from rag.writing.prompts import REWRITING, rewriting

TURNS_READ = 2
"""Turns before the follow-up that the model reads."""
CHARACTERS_MOST = 300
_QUOTES = "\"'“”‘’ "
_LABEL = re.compile(r"^\s*(?:stand-?alone |rewritten )?question\s*:\s*", re.IGNORECASE)


def rewritten(question: str, turns: Sequence[Turn], writer: Writer) -> str:
    """The question as rewritten by the model; empty if the model fails, or if a name, a number or the sense is lost.

    Only for a question that cannot stand alone.
    """
    try:
        written = "".join(writer.listen(REWRITING, rewriting(question, turns[-TURNS_READ:])))
    except WritingFailed:
        return ""
    lines = [line for line in written.splitlines() if line.strip()]
    if len(lines) != 1:
        return ""
    found = _LABEL.sub("", lines[0]).strip(_QUOTES)
    return found if keeps(question, found, turns) else ""


def keeps(question: str, written: str, turns: Sequence[Turn]) -> bool:
    """Whether a rewrite has every name and number of the question, and none that are new to the conversation."""
    if not written or len(written) > CHARACTERS_MOST or "<" in written:
        return False
    said = " ".join([question, *(f"{turn.question} {turn.standalone_question} {turn.answer}" for turn in turns)])
    asked, kept = set(content_words(question)), set(content_words(written))
    return _holds(written, question) and _holds(said, written) and len(asked & kept) * 2 >= len(asked)


def _holds(text: str, other: str) -> bool:
    """Whether a text contains the names and numbers of another."""
    named = all(name.strip(".,'’?!").casefold() in text.casefold() for name in capitalised(other))
    given = {key for fact in facts(text) for key in fact.gives}
    return named and all(fact.needs & given for fact in facts(other))
