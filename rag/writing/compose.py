"""A language model writes, and each of its sentences is checked as soon as it is complete."""

from __future__ import annotations

import contextlib
import itertools
import secrets
import time
from collections.abc import Generator
from dataclasses import dataclass

from rag.errors import WritingFailed
from rag.language.nonsense import nonsense_in
from rag.language.writer import Writer
from rag.types import Checked, Text, WritingProblem
from rag.writing.draft import draft_sentences
from rag.writing.prompts import NO_ANSWER
from rag.writing.sentence_check import CheckedSentence, Checks, checked_sentence

CANARY = f"{secrets.token_hex(4)}-{secrets.token_hex(2)}"
"""Part of the rules given to a model. A text that contains it was written by a model leaking those rules."""
_PROBLEMS = {
    WritingProblem.UNREADABLE: "wrote nothing that can be read",
    WritingProblem.REPEATING: "repeated itself without end",
    WritingProblem.WRONG_LANGUAGE: "answered in another language",
    WritingProblem.EMPTY: "wrote nothing",
}


@dataclass(frozen=True)
class Draft:
    """What a model wrote, sentence by sentence, with the results of checking, which took `checking_ms` in all.

    `declined`: the model said that the excerpts do not hold the answer.
    """

    checked: tuple[CheckedSentence, ...] = ()
    declined: bool = False
    checking_ms: float = 0.0


def compose(writer: Writer, rules: str, asked: str, checks: Checks) -> Generator[Text | Checked, None, Draft]:
    """Yields the words as they come, unchecked, and a verdict after each sentence; returns the draft.

    Closing it closes the connection. Raises `WritingFailed` if the model is down, too slow, or writes nonsense.
    """
    text, checked, spent = "", list[CheckedSentence](), 0.0
    with contextlib.closing(writer.listen(rules, asked)) as pieces:
        for piece in itertools.chain(pieces, (None,)):
            whole = piece is None
            text += piece or ""
            if piece is not None:
                yield Text(text=piece, checked=False)
            if piece == "":
                continue  # nothing new: whoever reads the stream may leave here
            said = text.strip(" \n*[]\"'.")
            if said.startswith(NO_ANSWER) or (whole and said.upper().startswith(NO_ANSWER) and "[" not in said):
                return Draft(declined=True)
            leaks = CANARY in text
            problem = WritingProblem.UNREADABLE if leaks else nonsense_in(text, checks.question, whole=whole)
            if problem:
                raise WritingFailed(problem, f"The language model {writer.name} {_PROBLEMS[problem]}.")
            started = time.perf_counter()
            fresh = [checked_sentence(one, checks) for one in draft_sentences(text, whole=whole)[len(checked) :]]
            spent += time.perf_counter() - started
            checked += fresh
            yield from (one.told() for one in fresh)
    return Draft(tuple(checked), checking_ms=1000 * spent)
