"""Does a text give an answer? One way of comparing words for every question set."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

ANSWER_WORDS = 60  # An accepted answer counts if it is within this many first words.
_MARKER = re.compile(r"\[\d+\]")
_INITIALS = re.compile(r"\b([a-z])\.(?=[a-z]\b)")
_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}\b)")
_DECIMAL = re.compile(r"(?<=[0-9])\.(?=[0-9])")
_PIECE = re.compile(r"[0-9a-z\x00]+|[^\W_0-9a-z]+")


def words(text: str) -> list[str]:
    """The runs of letters and digits in lower case, for measuring how much two texts share."""
    return re.findall(r"\w+", text.casefold())


def compared(text: str) -> str:
    """Lower case, without accents, punctuation and thousands separators, one space between words and at both ends.

    Letters of non-Latin scripts are separated from adjacent Latin letters and digits.

    >>> compared("“Terrifier 2” made $1,000,000, 8% more")
    ' terrifier 2 made 1000000 8 percent more '
    """
    text = unicodedata.normalize("NFKD", text).lower()
    text = "".join(character for character in text if not unicodedata.combining(character))
    text = _INITIALS.sub(r"\1", _THOUSANDS.sub("", text.replace("\x00", " "))).replace("%", " percent ")
    pieces = " ".join(_PIECE.findall(_DECIMAL.sub("\x00", text)))
    return f" {pieces} ".replace("\x00", ".")


def holds(text: str, wanted: str) -> bool:
    """Whether a compared text contains the words as whole words; in non-Latin scripts, also within longer ones."""
    sought = compared(wanted)
    return bool(sought.strip()) and (sought in text or (not sought.isascii() and sought.strip() in text))


def without_markers(text: str) -> str:
    """The text without its citation numbers; the surrounding white space stays."""
    return _MARKER.sub(" ", text)


def first_words(text: str, most: int) -> str:
    """The first `most` words of a text, not counting citation numbers."""
    return " ".join(without_markers(text).split()[:most])


def contains_answer(text: str, answers: Sequence[str]) -> bool:
    """Whether the first 60 words of a text contain one of the answers as whole words."""
    held = compared(first_words(text, ANSWER_WORDS))
    return any(holds(held, answer) for answer in answers)


def token_f1(text: str, references: Iterable[str]) -> float:
    """Harmonic mean of precision and recall in words, for the closest reference, as in SQuAD (EMNLP 2016)."""
    given = _counted(text)
    known = [_counted(reference) for reference in references]
    return max((2 * (given & one).total() / ((given + one).total() or 1) for one in known), default=0.0)


def _counted(text: str) -> Counter[str]:
    return Counter(word for word in compared(without_markers(text)).split() if word not in {"a", "an", "the"})
