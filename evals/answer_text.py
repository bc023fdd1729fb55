"""Does a text give an accepted answer? Comparisons of words, as the public sets define them."""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

ANSWER_WORDS = 60  # An accepted answer counts when it stands within the first so many words.
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")
_PUNCTUATION = re.compile(r"[^\w\s]|_")
_MARKER = re.compile(r"\[\d+\]")
_ARTICLES = frozenset({"a", "an", "the"})


def without_markers(text: str) -> str:
    """A text without its citation numbers; the white space around them stays."""
    return _MARKER.sub(" ", text)


def normalised(text: str) -> str:
    """Lower case, without citation numbers, punctuation and thousands separators, with a space at both ends.

    >>> normalised("“Terrifier 2” made $1,000,000! [1]")
    ' terrifier 2 made 1000000 '
    """
    text = _PUNCTUATION.sub(" ", _THOUSANDS.sub("", without_markers(text)).lower())
    return f" {' '.join(text.split())} "


def first_words(text: str, most: int) -> str:
    """The first `most` words of a text, citation numbers not counted."""
    return " ".join(without_markers(text).split()[:most])


def contains_answer(text: str, answers: Sequence[str]) -> bool:
    """Whether the first 60 words of a text contain one of the answers as whole words."""
    held = normalised(first_words(text, ANSWER_WORDS))
    return any(normalised(answer) in held for answer in answers if answer.strip())


def exact_match(text: str, answers: Iterable[str]) -> bool:
    """Whether a text is one of the answers and nothing else (Rajpurkar et al., SQuAD, EMNLP 2016)."""
    words = _squad_words(text)
    return any(words == _squad_words(answer) for answer in answers)


def token_f1(text: str, references: Iterable[str]) -> float:
    """Harmonic mean of the shares of words in common, for the reference that comes closest (SQuAD 2016); 0 to 1."""
    words = Counter(_squad_words(text))
    known = [Counter(_squad_words(reference)) for reference in references]
    return max((2 * (words & one).total() / ((words + one).total() or 1) for one in known), default=0.0)


def _squad_words(text: str) -> list[str]:
    """As SQuAD's own script: lower case, no punctuation, no articles; here punctuation beyond ASCII goes too."""
    kept = "".join(
        one for one in without_markers(text).lower()
        if one not in string.punctuation and not unicodedata.category(one).startswith("P")
    )  # fmt: skip
    return [word for word in kept.split() if word not in _ARTICLES]
