"""Does the evidence bear out a sentence? In three layers, and every verdict says which one gave it.

1. A sentence that stands in the evidence word for word is borne out.
2. Of any other, each name, number, day and quotation must stand there (`exact`).
   A quarter of its other words must, too. By the share of its words alone the area under the ROC curve on QAGS is as
   large as with 1,100 lines of word lists for roles, denials and directions, which are gone.
3. Where the settings name a model that judges support, it says how likely the evidence is to bear it out. Without one, or
   where it is not sure, it stays at "names and numbers checked".

What a sentence is held against is what it cites and nothing else, as in ALCE (Gao et al., EMNLP 2023). What each layer
catches on sentences that it never saw: `python -m evals.verify_bench --data FOLDER`.
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

BORNE_OUT, SURE = 0.5, 0.7
"""Probabilities of support from which a sentence is kept, and from which the judge vouches for it."""
LEAST_SHARE = 0.25
"""So large a share of a sentence's words of meaning must stand in the evidence. At a half it refused every fourth of 1,280 true
sentences that were far from the words of their passages."""
LONGEST = 1_000
"""Characters of a sentence; a longer one is none."""
_MARKERS = re.compile(r"\s?\[\d{1,3}(?:\s?[,;-]\s?\d{1,3})*\]")
_ELLIPSIS = re.compile(r"^\s*(?:…|\.\.\.)+|(?:…|\.\.\.)+\s*$")


Judge = Callable[[str, Sequence[Premise]], float]
"""Gives the probability that the evidence, all of it together, bears out a sentence."""


@dataclass(frozen=True)
class Finding:
    """What checking one sentence found.

    Attributes:
        score: probability that the evidence bears it out; 1 when it stands there word for word, 0 when a value is not given.
            Without a judge it is no probability: from one half up it rises with the share of its words that stand there.
        checked_by: the layer that the verdict is of.
        doubt: the gravest thing that is wrong with it; None when it is supported.
        missing: words of the sentence that no evidence holds.
        why: one plain sentence for a reader; empty when it is supported.
        places: of each passage that bears it out the sentence that does, or at most three neighbouring ones.
    """

    supported: bool
    score: float
    checked_by: CheckedBy = CheckedBy.VALUES
    doubt: Doubt | None = None
    missing: tuple[str, ...] = ()
    why: str = ""
    places: tuple[Place, ...] = ()


def check(sentence: str, evidence: Sequence[Premise], judge: Judge | None = None) -> Finding:
    """Whether the evidence, all of it together, bears out a sentence (given without its citation numbers).

    Args:
        judge: is only asked where names, numbers, days and quotations are right. Without one those are all that is checked.

    >>> passage = Premise("In May, the fund grew to $100 billion.")
    >>> check("The fund grew to 100bn dollars.", [passage]).supported
    True
    >>> check("The fund grew to $200bn.", [passage]).why
    'The cited passages do not give "$200bn".'
    """
    sources = [source(one) for one in evidence]
    bare = _ELLIPSIS.sub("", _MARKERS.sub("", sentence)).strip()
    if places := verbatim_places(
        [comparable(sentence), comparable(_ELLIPSIS.sub("", sentence)), comparable(bare)], sources
    ):
        return Finding(True, 1.0, CheckedBy.WORDS, places=places)
    read = claim(without_quotations(bare)) if len(bare) <= LONGEST else None
    if read is None or not (read.words or quotations(bare)):
        return Finding(False, 0.0, doubt=Doubt.FORM, why="It is no sentence.")
    if not sources:
        return Finding(False, 0.0, doubt=Doubt.UNCITED, why="It cites no passage.")
    likeliest = likeliest_places(read, sources)
    problems = problems_of(bare, read, sources, likeliest)
    if problems:
        missing = tuple(dict.fromkeys(words for problem in problems for words in problem.missing))
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
