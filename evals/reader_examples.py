"""Questions with their sentence and with sentences that only look like it: what the packaged reading model learns from."""

from __future__ import annotations

import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.suites.squad import FILES, questions_of
from rag.reader import Candidate
from rag.sentences import sentence_spans

HELD_OUT = ("Black_Death", "Genghis_Khan", "Newcastle_upon_Tyne", "Normans")
"""Titles that are never trained on; the figures of the model's card are theirs."""
ALIKE_MOST = 6
"""Sentences of the same title, with the most words of the question but without its answer, out of which a step draws."""
_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True)
class Example:
    """A question, the sentence with its answer, and others without.

    Attributes:
        title: of the article in Wikipedia; titles are kept apart whole when some are held out.
        right: None where nobody can answer.
        answers: characters of each accepted answer in `right`.
        alike: sentences without an answer, the most misleading first.
    """

    question: str
    title: str
    right: Candidate | None
    answers: tuple[tuple[int, int], ...]
    alike: tuple[Candidate, ...]


@dataclass(frozen=True)
class _Sentence:
    paragraph: str
    candidate: Candidate
    words: frozenset[str]


def examples(folder: Path) -> list[Example]:
    """The questions of every SQuAD file in a folder, each question once, in a shuffled order that never changes."""
    rows = {row["id"]: row for name in FILES if (folder / name).is_file() for row in questions_of(folder / name)}
    by_title = _sentences({(row["title"], row["context"]) for row in rows.values()})
    counts = Counter(word for sentences in by_title.values() for sentence in sentences for word in sentence.words)
    chance = random.Random(7)  # noqa: S311 - not for secrets
    made = (_example(row, by_title[row["title"]], counts, chance) for row in rows.values())
    found = [example for example in made if example]
    chance.shuffle(found)
    return found


def _sentences(paragraphs: Iterable[tuple[str, str]]) -> dict[str, list[_Sentence]]:
    by_title: dict[str, list[_Sentence]] = defaultdict(list)
    for title, text in sorted(paragraphs):
        before = ""
        for span in sentence_spans(text):
            sentence = text[span.start : span.end]
            candidate = Candidate(title.replace("_", " "), before, sentence)
            by_title[title].append(_Sentence(text, candidate, _words(sentence)))
            before = sentence
    return by_title


def _example(
    row: dict[str, Any],
    sentences: Sequence[_Sentence],
    counts: Counter[str],
    chance: random.Random,
) -> Example | None:
    asked = _words(row["question"])
    overlap = {
        place: sum(1 / math.log(2 + counts[word]) for word in asked & sentence.words) + chance.random() / 10
        for place, sentence in enumerate(sentences)
    }
    ranked = [sentences[place] for place in sorted(overlap, key=lambda place: -overlap[place])]
    answers = [] if row["impossible"] else sorted({answer for answer in row["answers"] if answer}, key=len)
    holding = [one for one in ranked if one.paragraph == row["context"] and _found(one, answers)]
    if answers and not holding:
        return None  # an answer across two sentences
    lower = [answer.lower() for answer in answers]
    without = [one for one in ranked if not any(answer in one.candidate.sentence.lower() for answer in lower)]
    # A near sentence of the question's own paragraph, first where nobody can answer: it was written to mislead.
    beside = [one for one in without if one.paragraph == row["context"]]
    alike = dict.fromkeys(one.candidate for one in [*beside[: 1 if answers else 2], *without[:ALIKE_MOST]])
    right = holding[0] if holding else None
    return Example(
        question=row["question"],
        title=row["title"],
        right=right.candidate if right else None,
        answers=tuple(_found(right, answers)) if right else (),
        alike=tuple(alike),
    )


def _found(sentence: _Sentence, answers: Sequence[str]) -> list[tuple[int, int]]:
    text = sentence.candidate.sentence
    return [(text.index(answer), text.index(answer) + len(answer)) for answer in answers if answer in text]


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower()))
