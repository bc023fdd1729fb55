"""Does the evidence support a sentence? In three layers, and every verdict says which one gave it.

1. A sentence that occurs verbatim in the evidence is supported.
2. For any other, each name, number, day and quotation must occur there (`exact`), and so must a quarter of its other
   words: their share alone tells as much on QAGS as long word lists for roles, denials and directions did. If a judge
   weighs the sentence as well, a number may also be the sum or the difference of two in one sentence there (`arithmetic`).
3. If the settings name a support judge, it gives the probability that the evidence supports the sentence. Without one, or
   if it is not sure, the verdict stays at "names and numbers checked".

A sentence is checked against what it cites and nothing else, as in ALCE (Gao et al., EMNLP 2023). What each layer
catches on unseen sentences: `python -m evals.verify_bench --data FOLDER`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.checking.exact import problems_of, quotations, without_quotations
from rag.checking.places import Place, likeliest_places, unknown_words, verbatim_places
from rag.checking.reading import Premise, claim, source
from rag.text.clean import comparable
from rag.types import CheckedBy, Doubt

BORNE_OUT, SURE = 0.5, 0.8
"""Probabilities of support at which a sentence is kept, and at which the judge vouches for it."""
LEAST_SHARE = 0.25
"""Share of a sentence's content words that must occur in the evidence. Requiring half refused one in four of 1,280 true
sentences that were far from the words of their passages."""
FEWEST_WORDS = 4
"""Fewer of them that say nothing, such as "The" or "It was", are no sentence, although every passage has them."""
LONGEST = 1_000
"""Characters of a sentence; anything longer is not taken for one."""
_MARKERS = re.compile(r"\s?\[\d{1,3}(?:\s?[,;-]\s?\d{1,3})*\]")
_ELLIPSIS = re.compile(r"^\s*(?:…|\.\.\.)+|(?:…|\.\.\.)+\s*$")


Judge = Callable[[str, Sequence[Premise]], float]
"""Gives the probability that the evidence, taken together, supports a sentence."""


@dataclass(frozen=True)
class Finding:
    """What checking one sentence found.

    Attributes:
        score: probability that the evidence supports it; 1 if it occurs there verbatim, 0 if a value is not given.
            Without a judge it is no probability: from one half up it rises with the share of its words that occur there.
        checked_by: the layer that gave the verdict.
        doubt: the gravest thing wrong with it; None if it is supported.
        missing: words of the sentence that no evidence contains.
        why: one plain sentence for a reader; empty if it is supported.
        places: for each supporting passage the sentence that supports it, or at most three neighbouring ones.
    """

    supported: bool
    score: float
    checked_by: CheckedBy = CheckedBy.VALUES
    doubt: Doubt | None = None
    missing: tuple[str, ...] = ()
    why: str = ""
    places: tuple[Place, ...] = ()


def check(sentence: str, evidence: Sequence[Premise], judge: Judge | None = None) -> Finding:
    """Whether the evidence, taken together, supports a sentence (given without its citation numbers).

    Args:
        judge: only asked if names, numbers, days and quotations are right. Without one those are all that is checked.

    >>> passage = Premise("In May, the fund grew to $100 billion.")
    >>> check("The fund grew to 100bn dollars.", [passage]).supported
    True
    >>> check("The fund grew to $200bn.", [passage]).why
    'The cited passages do not give "$200bn".'
    """
    sources = [source(one) for one in evidence]
    bare = _ELLIPSIS.sub("", _MARKERS.sub("", sentence)).strip()
    read = claim(without_quotations(bare)) if len(bare) <= LONGEST else None
    if read and len(read.words) < FEWEST_WORDS and not (read.content or read.facts or quotations(bare)):
        return Finding(False, 0.0, doubt=Doubt.FORM, why="It is no sentence.")
    forms = [comparable(form) for form in (sentence, _ELLIPSIS.sub("", sentence), bare)]
    if places := verbatim_places(forms, sources):
        return Finding(True, 1.0, CheckedBy.WORDS, places=places)
    if read is None:
        return Finding(False, 0.0, doubt=Doubt.FORM, why="It is no sentence.")
    if not sources:
        return Finding(False, 0.0, doubt=Doubt.UNCITED, why="It cites no passage.")
    likeliest = likeliest_places(read, sources)
    if problems := list(problems_of(bare, read, sources, likeliest, calculated=judge is not None)):
        missing = tuple(dict.fromkeys(problem.missing for problem in problems))
        return Finding(False, 0.0, doubt=problems[0].doubt, missing=missing, why=problems[0].why)
    unknown = unknown_words(read, sources)
    share = 1 - len(unknown) / max(1, len(read.content))
    if share < LEAST_SHARE:
        why = "Too little of what it says stands in the cited passages."
        return Finding(False, share, doubt=Doubt.MEANING, missing=unknown, why=why)
    if judge is None:
        return Finding(True, BORNE_OUT + (1 - BORNE_OUT) * share, places=likeliest)
    probability = judge(bare, evidence)
    if probability < BORNE_OUT:
        why = "The cited passages do not seem to bear it out."
        return Finding(False, probability, CheckedBy.SUPPORT_MODEL, Doubt.MEANING, unknown, why)
    layer = CheckedBy.SUPPORT_MODEL if probability >= SURE else CheckedBy.VALUES
    return Finding(True, probability, layer, places=likeliest)
