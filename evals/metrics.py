"""Is an answer right? Scores as the public sets define them, with intervals."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

ANSWER_WORDS = 60
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")
_PUNCTUATION = re.compile(r"[^\w\s]|_")
_MARKER = re.compile(r"\[\d+\]")


@dataclass(frozen=True)
class Share:
    """`hits` of `cases`, with its 95 % interval (Wilson 1927). No cases: not applicable, which is not zero."""

    hits: int
    cases: int

    @property
    def value(self) -> float | None:
        """The share, 0 to 1."""
        return self.hits / self.cases if self.cases else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's score interval at 95 %."""
        if not self.cases:
            return None
        z, n, p = 1.959964, self.cases, self.hits / self.cases
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return max(middle - half, 0.0), min(middle + half, 1.0)

    def __str__(self) -> str:
        if self.value is None or self.interval is None:
            return "–"
        low, high = self.interval
        return f"{100 * self.value:.1f} ({100 * low:.1f}–{100 * high:.1f})"


def share(results: Sequence[bool | None]) -> Share:
    """Counts; `None` means not applicable and is left out."""
    counted = [result for result in results if result is not None]
    return Share(sum(counted), len(counted))


def normalised(text: str) -> str:
    """Lower case, without punctuation and thousands separators, single spaces, a space at both ends."""
    text = _PUNCTUATION.sub(" ", _THOUSANDS.sub("", _MARKER.sub(" ", text)).lower())
    return f" {' '.join(text.split())} "


def first_words(text: str, most: int) -> str:
    """The first `most` words of a text, citation markers not counted."""
    return " ".join(_MARKER.sub(" ", text).split()[:most])


def contains_answer(text: str, answers: Sequence[str]) -> bool:
    """Whether the first 60 words of a text contain one of the answers as whole words."""
    held = normalised(first_words(text, ANSWER_WORDS))
    return any(normalised(answer) in held for answer in answers if answer.strip())


def percentile(values: Sequence[float], share_below: float) -> float | None:
    """The value under which that share of the values lies (nearest rank); None of none."""
    if not values:
        return None
    return sorted(values)[min(math.ceil(share_below * len(values)), len(values)) - 1]
