"""What each line of a pasted text is: article, headline, byline, day, outlet, agency or chrome.

A small convolutional network over the lines (`ingest/weights/README.md` says what it learned from). Dilated
convolutions after Yu and Koltun, "Multi-Scale Context Aggregation by Dilated Convolutions", ICLR 2016.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from ingest.line_features import Floats, Lines, read_lines
from rag.errors import ModelError

WEIGHTS = Path(__file__).parent / "weights" / "lines.safetensors"
KINDS = ("article", "headline", "byline", "day", "outlet", "agency", "chrome")
ARTICLE, HEADLINE, BYLINE, DAY, OUTLET, AGENCY, CHROME = range(len(KINDS))
DILATIONS = (1, 2, 4, 8, 16, 32)  # Lines between those that a layer looks at together.


@dataclass(frozen=True)
class LineModel:
    """The network's weights and the words that it knows."""

    weights: dict[str, Floats]
    vocabulary: dict[str, int]

    @classmethod
    def load(cls, file: Path = WEIGHTS) -> LineModel:
        """Reads the weights, which are stored in half precision. Raises ModelError when they are missing or damaged."""
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(str(file), "numpy") as stored:
                weights = {name: stored.get_tensor(name).astype(np.float32) for name in stored.keys()}  # noqa: SIM118
                words = json.loads(stored.metadata()["words"])
        except (OSError, SafetensorError, KeyError, ValueError) as error:
            raise ModelError(
                "the model that reads pasted lines is missing or damaged; install Dateline anew"
            ) from error
        return cls(weights, {word: i for i, word in enumerate(words, 1)})

    def chances(self, lines: list[str], blank_before: list[bool]) -> Floats:
        """The chance of each kind for each line: n x len(KINDS), rows sum to one. The lines are not empty."""
        scores = self._scores(read_lines(lines, blank_before, self.vocabulary))
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        chances: Floats = scores / scores.sum(axis=1, keepdims=True)
        return chances

    def _scores(self, lines: Lines) -> Floats:
        w = self.weights
        counts = np.diff(np.append(lines.starts, len(lines.words)))
        words = np.add.reduceat(w["words"][lines.words], lines.starts, axis=0) / counts[:, None]
        read: Floats = np.concatenate((lines.shape, words, w["first"][lines.words[lines.starts]]), axis=1)
        hidden = np.maximum(read @ w["in.w"] + w["in.b"], 0)
        for i, dilation in enumerate(DILATIONS):
            hidden = hidden + np.maximum(_beside(hidden, dilation) @ w[f"conv{i}.w"] + w[f"conv{i}.b"], 0)
        page = np.concatenate((hidden.mean(axis=0), hidden.max(axis=0)))
        hidden = np.maximum(hidden @ w["mix.w"] + page @ w["page.w"] + w["mix.b"], 0)
        scores: Floats = hidden @ w["out.w"] + w["out.b"]
        return scores


def _beside(hidden: Floats, dilation: int) -> Floats:
    """Each line's values between those of the lines `dilation` above and below; zero beyond the ends."""
    n, width = hidden.shape
    beside = np.zeros((n, 3 * width), np.float32)
    beside[dilation:, :width] = hidden[: max(n - dilation, 0)]
    beside[:, width : 2 * width] = hidden
    beside[: max(n - dilation, 0), 2 * width :] = hidden[dilation:]
    return beside


@cache
def line_model() -> LineModel:
    """The model that comes with the package."""
    return LineModel.load()
