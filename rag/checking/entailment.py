"""What a cross-encoder for natural language inference, or for hallucinations, says about support."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

_SUPPORTS = re.compile(r"entail|(?<!not[_ -])(?<!un)support|(?<!in)consistent|factual|faithful", re.IGNORECASE)
_AGAINST = re.compile(r"^(?:not|non|un|in|hallucin)", re.IGNORECASE)


def supporting_label(labels: Mapping[int, str]) -> int | None:
    """Which output of a model means that the premise supports the hypothesis; None where its names do not tell.

    >>> supporting_label({0: "contradiction", 1: "entailment", 2: "neutral"})
    1
    """
    if len(labels) == 1:
        return 0
    found = [place for place, name in labels.items() if _SUPPORTS.search(name) and not _AGAINST.search(name)]
    return found[0] if len(found) == 1 else None


def probability(scores: Sequence[float], supporting: int) -> float:
    """Probability of support, of the raw outputs of a model for one pair: softmax, or sigmoid of a single one."""
    if len(scores) == 1:
        return 1 / (1 + math.exp(-max(-500.0, min(500.0, scores[0]))))
    largest = max(scores)
    powers = [math.exp(score - largest) for score in scores]
    return powers[supporting] / sum(powers)
