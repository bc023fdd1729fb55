"""A language model writes, and each of its sentences is checked as soon as it is there."""

from __future__ import annotations

import contextlib
import datetime as dt
import secrets
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.errors import WritingFailed
from rag.language.nonsense import nonsense_in
from rag.types import Checked, Kind, Text, WritingProblem
from rag.writing.draft import draft_sentences
from rag.writing.excerpts import Excerpt
from rag.writing.prompts import NO_ANSWER, answering, asking
from rag.writing.sentence_check import CheckedSentence, Checks, checked_sentence

if TYPE_CHECKING:
    from rag.language.writer import Writer

CANARY = f"{secrets.token_hex(4)}-{secrets.token_hex(2)}"
"""Stands in the rules that a model is told. A text that has it was written by somebody who gives those rules away."""
_PROBLEMS = {
    WritingProblem.UNREADABLE: "wrote nothing that can be read",
    WritingProblem.REPEATING: "repeated itself without end",
    WritingProblem.WRONG_LANGUAGE: "answered in another language",
    WritingProblem.EMPTY: "wrote nothing",
}


@dataclass(frozen=True)
class Draft:
    """What a model wrote, sentence by sentence with what checking found.

    Attributes:
        declined: whether the model said that the excerpts do not hold the answer.
        checking_ms: milliseconds that checking took, all sentences together.
    """

    checked: tuple[CheckedSentence, ...] = ()
    declined: bool = False
    checking_ms: float = 0.0


@dataclass(frozen=True)
class Task:
    """What a model is asked for.

    Attributes:
        day: on which the question is asked.
        words: most words.
        differing: the values about which the sources disagree.
    """

    kind: Kind
    day: dt.date
    words: int
    differing: tuple[str, ...] = ()


def compose(
    writer: Writer,
    excerpts: Sequence[Excerpt],
    checks: Checks,
    task: Task,
) -> Generator[Text | Checked, None, Draft]:
    """Yields the words as they come, unchecked, and a verdict after each sentence; returns the draft.

    Closing it closes the connection to the model.

    Raises:
        WritingFailed: the model is down, too slow, or writes nonsense.
    """
    rules = answering(task.kind, task.words, CANARY)
    asked = asking(checks.question, excerpts, task.day, task.differing)
    text, checked, spent = "", list[CheckedSentence](), 0.0
    with contextlib.closing(writer.listen(rules, asked)) as pieces:
        for piece in pieces:
            text += piece
            yield Text(text=piece, checked=False)
            if not piece:
                continue  # nothing new: whoever reads the stream may leave here
            _refuse_nonsense(writer, text, checks.question, whole=False)
            if _declines(text):
                break
            started = time.perf_counter()
            fresh = _checked(text, len(checked), excerpts, checks, whole=False)
            spent += time.perf_counter() - started
            checked += fresh
            yield from map(_verdict, fresh)
    if _declines(text):
        return Draft(declined=True)
    _refuse_nonsense(writer, text, checks.question, whole=True)
    started = time.perf_counter()
    fresh = _checked(text, len(checked), excerpts, checks, whole=True)
    spent += time.perf_counter() - started
    yield from map(_verdict, fresh)
    return Draft((*checked, *fresh), checking_ms=1000 * spent)


def _checked(
    text: str, known: int, excerpts: Sequence[Excerpt], checks: Checks, *, whole: bool
) -> list[CheckedSentence]:
    """The sentences behind those that are known already."""
    return [checked_sentence(sentence, excerpts, checks) for sentence in draft_sentences(text, whole=whole)[known:]]


def _verdict(one: CheckedSentence) -> Checked:
    why = "" if one.bearings else one.finding.why
    return Checked(
        start=one.sentence.start, end=one.sentence.end, verdict=one.verdict, checked_by=one.finding.checked_by, why=why
    )


def _declines(text: str) -> bool:
    return text.strip(" \n*[]\"'.").upper().startswith(NO_ANSWER)


def _refuse_nonsense(writer: Writer, text: str, question: str, *, whole: bool) -> None:
    if CANARY in text:
        raise _failed(writer, WritingProblem.UNREADABLE)
    problem = nonsense_in(text, question, whole=whole)
    if problem:
        raise _failed(writer, problem)


def _failed(writer: Writer, problem: WritingProblem) -> WritingFailed:
    return WritingFailed(problem, f"The language model {writer.name} {_PROBLEMS.get(problem, 'failed')}.")
