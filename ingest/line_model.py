"""Classifies each line of a pasted text: article, headline, byline, day, outlet, agency or chrome.

A small convolutional network over the lines (`ingest/weights/README.md` describes its training data). Dilated
convolutions after Yu and Koltun, "Multi-Scale Context Aggregation by Dilated Convolutions", ICLR 2016.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelError

WEIGHTS = Path(__file__).parent / "weights" / "lines.safetensors"
KINDS = ("article", "headline", "byline", "day", "outlet", "agency", "chrome")
ARTICLE, HEADLINE, BYLINE, DAY, OUTLET, AGENCY, CHROME = range(len(KINDS))
DILATIONS = (1, 2, 4, 8, 16, 32)  # Distance between the lines a layer combines.

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]

SEEN_CHARACTERS = 160  # Characters of a line that are read; for the rest only length and ending count.
RUNNING_CHARACTERS = 100  # From this length a line is taken for running text when summarising the page.

_TOKEN = re.compile(r"\w+|\n|[^\w\s]")
_DIGITS = bytes(b"0"[0] if chr(code).isdigit() and code < 128 else code for code in range(256))
_LINE_END = 12
_CLASSES = (".!?…。！？।؟", ",;，、；،", "\"'“”‘’«»„‹›「」『』", "|•·‧●▸►→/\\-–—_*>", ":：", "@©#&+=%$€£", "()[]{}")
_KINDS = 13
_DAMAGED = "the model that reads pasted lines is missing or damaged; install Dateline anew"
_ONE = np.eye(_LINE_END, dtype=np.float32)


@dataclass(frozen=True)
class Lines:
    """The lines of one text. `shape`: n x SHAPE. `words`: ids of their tokens, line by line, 0 for an unknown one;
    `starts`: where each line's tokens begin in `words`."""

    shape: Floats
    words: Integers
    starts: Integers


@cache
def _kinds() -> NDArray[np.uint8]:
    """The kind of each character of the Basic Multilingual Plane."""
    table = np.zeros(0x10000, np.uint8)
    for code in range(0x10000):
        category = unicodedata.category(chr(code))
        table[code] = {"Lu": 1, "Lt": 1, "Ll": 2, "Lo": 3, "Lm": 3, "Nd": 4, "Zs": 5}.get(category, 0)
    for kind, characters in enumerate(_CLASSES, 6):
        for character in characters:
            table[ord(character)] = kind if kind < _LINE_END else 0
    table[ord("\n")] = _LINE_END
    return table


def tokens_of(lines: list[str]) -> list[str]:
    """The tokens of the lines as in the vocabulary: digits become 0, each line ends with a line break."""
    joined = "\n".join([line[:SEEN_CHARACTERS] for line in lines])
    plain = joined.casefold().encode("utf-8", "replace").translate(_DIGITS).decode()
    return _TOKEN.findall(plain + "\n")


def _codes(text: str) -> NDArray[np.uint8]:
    found = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    kinds: NDArray[np.uint8] = _kinds()[np.minimum(found, 0xFFFF)]
    return kinds


def read_lines(lines: list[str], blank_before: list[bool], vocabulary: Mapping[str, int]) -> Lines:
    """The features of non-empty lines. `blank_before`: whether an empty line precedes each."""
    seen = [line[:SEEN_CHARACTERS] for line in lines]
    joined = "\n".join(seen)
    tokens = tokens_of(lines)
    local = {token: i for i, token in enumerate(dict.fromkeys(tokens))}
    ids = np.array(list(map(local.__getitem__, tokens)), np.int64)
    known = np.array(list(map(vocabulary.get, local, repeat(0))), np.int64)
    ends = np.flatnonzero(ids == local["\n"])
    starts = np.concatenate(([0], ends[:-1] + 1))
    length = np.fromiter(map(len, lines), np.float32, len(lines))
    shape = _shape(lines, joined, length, (ends - starts).astype(np.float32))
    context = _context(lines, length, blank_before, _shared(ids, starts, ends, known, length))
    return Lines(np.concatenate((shape, context), axis=1), known[ids], starts)


def _shape(lines: list[str], joined: str, length: Floats, words: Floats) -> Floats:
    """Which kinds of characters each line has, opens and closes with."""
    n = len(lines)
    kinds = _codes(joined)
    seen = np.minimum(length, SEEN_CHARACTERS).astype(np.int64)
    line_of = np.repeat(np.arange(n), seen + 1)[: len(kinds)]
    counts = np.bincount(line_of * _KINDS + kinds, minlength=n * _KINDS).reshape(n, _KINDS)[:, :_LINE_END]
    first = _codes("".join([line[0] for line in lines]))
    last = _codes("".join([line[-1] for line in lines]))
    before = _codes("".join([line[-2:][0] for line in lines]))
    last = np.where((last == 8) | (last == 0), np.where(before == 6, 6, last), last)
    columns = (
        np.log1p(length) / 6,
        np.log1p(words) / 5,
        (length >= RUNNING_CHARACTERS).astype(np.float32),
        counts[:, 1] / np.maximum(words, 1),
    )
    ratios = counts / np.maximum(seen, 1)[:, None]
    few = np.minimum(counts[:, 6:], 4) / 4
    return np.concatenate(
        (np.stack(columns, axis=1), ratios, few, _ONE[first % _LINE_END], _ONE[last % _LINE_END]), axis=1
    ).astype(np.float32)


def _shared(ids: Integers, starts: Integers, ends: Integers, known: Integers, length: Floats) -> Floats:
    """The share of each line's rarer words that also occur in running text elsewhere, as a headline's do."""
    line_of = np.repeat(np.arange(len(starts)), ends - starts + 1)
    running = length[line_of] >= RUNNING_CHARACTERS
    in_running = np.bincount(ids, weights=running, minlength=len(known)) > 0
    rare = (known[ids] == 0) | (known[ids] > 150)
    total = np.bincount(line_of, weights=rare, minlength=len(starts))
    shared = np.bincount(line_of, weights=rare & in_running[ids] & ~running, minlength=len(starts))
    return np.stack((shared / np.maximum(total, 1), np.minimum(shared, 8) / 8), axis=1).astype(np.float32)


def _context(lines: list[str], length: Floats, blank_before: list[bool], shared: Floats) -> Floats:
    """The position of each line in the text, and features of the text as a whole."""
    n = len(lines)
    blank = np.array(blank_before, np.float32)
    times = Counter(lines)
    place = np.arange(n, dtype=np.float32)
    running = np.where(length >= RUNNING_CHARACTERS, length, 0)
    before = (np.cumsum(running) - running) / max(float(running.sum()), 1.0)
    columns = (
        blank,
        np.append(blank[1:], 1.0),
        np.array(list(map(times.__getitem__, lines)), np.float32) > 1,
        place / n,
        1 / (1 + place),
        1 / (n - place),
        before,
        (before <= 0).astype(np.float32),
        (before + running / max(float(running.sum()), 1.0) >= 0.999).astype(np.float32),
        np.full(n, np.log1p(n) / 6),
        np.full(n, running.sum() / max(float(length.sum()), 1.0)),
        np.full(n, blank.mean()),
        np.full(n, np.log1p(float(length.max())) / 6),
    )
    return np.concatenate((np.stack(columns, axis=1), shared), axis=1).astype(np.float32)


SHAPE = 4 + 12 + 6 + 12 + 12 + 13 + 2


@dataclass(frozen=True)
class LineModel:
    weights: dict[str, Floats]
    vocabulary: dict[str, int]

    @classmethod
    def load(cls, file: Path = WEIGHTS) -> LineModel:
        """Reads the weights, stored in half precision. Raises ModelError if they are missing or damaged."""
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(str(file), "numpy") as stored:
                weights = {name: stored.get_tensor(name).astype(np.float32) for name in stored.keys()}  # noqa: SIM118
                words = json.loads(stored.metadata()["words"])
        except (OSError, SafetensorError, KeyError, ValueError) as error:
            raise ModelError(_DAMAGED) from error
        return cls(weights, {word: i for i, word in enumerate(words, 1)})

    def chances(self, lines: list[str], blank_before: list[bool]) -> Floats:
        """The probability of each kind for each line: n x len(KINDS), rows sum to one. The lines are not empty."""
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
    return LineModel.load()
