"""Test parts whose results can be worked out by hand: a word-counting embedding model, invented articles."""

from __future__ import annotations

import datetime as dt
import json
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rag.answering.evidence import Evidence
from rag.config import Config
from rag.models import Vectors
from rag.reader import Page, Reading
from rag.store.catalog import Catalog
from rag.text.sentences import Span, sentence_spans
from rag.text.stems import stems
from rag.types import Counts, Passage

_SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu".split()
_FIRST_DAY = dt.date(2024, 1, 1)
EMPTY = Counts(articles=0, passages=0, undated_articles=0, earliest=None, latest=None, outlets=())
"""Counts of a library without articles."""


class WordEmbedder:
    """Each lower-cased word adds 1 at `crc32(word) % dimension`, then scaled to length 1. No words: the first axis."""

    def __init__(self, fingerprint: str = "words-1", dimension: int = 64, name: str = "fake:words") -> None:
        self.name = name
        self.fingerprint = fingerprint
        self.dimension = dimension
        self.max_tokens = 64
        self.encoded: list[str] = []
        """Every text that was ever embedded, in order."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row per text."""
        self.encoded += texts
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().split():
                row[zlib.crc32(word.encode()) % self.dimension] += 1
            if not row.any():
                row[0] = 1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True) if len(rows) else rows

    def encode_question(self, question: str) -> Vectors:
        return self.encode([question])[0]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Words between white space."""
        return [len(text.split()) for text in texts]


class PointingReader:
    """Points at the first of its words found in a sentence, and nowhere in a sentence without any.

    The first word answers with log odds of 4, the second with 3, and so on; a sentence with none of them with -6. The
    log odds of helping are one higher. The pointing score is -1 for the first word, -2 for the second, and so on.
    """

    def __init__(self, *words: str) -> None:
        self.words = words
        self.read_sentences: list[str] = []
        """Every sentence that was ever read, in order."""

    def read(self, question: str, pages: Sequence[Page]) -> list[tuple[Reading, ...]]:
        """For each page, one reading per sentence."""
        return [tuple(self._reading(page.text[one.start : one.end]) for one in page.sentences) for page in pages]

    def _reading(self, sentence: str) -> Reading:
        self.read_sentences.append(sentence)
        for place, word in enumerate(self.words):
            if word in sentence:
                start = sentence.index(word)
                return Reading(4.0 - place, 5.0 - place, -1.0 - place, start, start + len(word))
        return Reading(-6.0, -5.0)


def passage_of(text: str, article_id: str = "a", **told: object) -> Passage:
    """A passage that is a whole article; its id is the article's unless given otherwise."""
    known = {"id": article_id, "article_id": article_id, "title": "", "text": text, "start": 0, "end": len(text)}
    return Passage.model_validate({**known, **told})


def evidence_of_one(
    text: str,
    answer: str = "",
    answers: float = 0.0,
    *,
    before: str = "",
    helps: float | None = None,
    pointing: float = -1.0,
    rank: int = 0,
    **told: object,
) -> Evidence:
    """One sentence as a reading model reads it: it points at `answer`, and helps as much as it answers by default.

    Args:
        before: the sentences before it in its passage.
            told: of its passage; each text is an article of its own unless `article_id` is given.
    """
    whole = f"{before} {text}".strip()
    passage = passage_of(whole, str(told.pop("article_id", whole)), **told)
    start, first = passage.start + len(whole) - len(text), text.index(answer)
    spans = tuple(Span(passage.start + one.start, passage.start + one.end) for one in sentence_spans(before))
    reading = Reading(answers, answers if helps is None else helps, pointing, first, first + len(answer))
    return Evidence(passage, start, start + len(text), text, spans, frozenset(stems(text)), reading, rank)


class BrokenEmbedder(WordEmbedder):
    """Embeds `whole_calls` times, then fails for good, like a model whose process died."""

    def __init__(self, whole_calls: int = 0) -> None:
        super().__init__()
        self.left = whole_calls

    def encode(self, texts: Sequence[str]) -> Vectors:
        """The same rows, or `RuntimeError`."""
        if self.left == 0:
            raise RuntimeError("the model is gone")
        self.left -= 1
        return super().encode(texts)


def config_for(path: Path | str, **settings: object) -> Config:
    """Settings for a library at `path` built with `WordEmbedder`."""
    return Config.model_validate(
        {"embedding_model": "fake:words", "reader_model": "", "support_model": "", "library": path, **settings}
    )


def word(n: int) -> str:
    """The n-th invented word, all different: three syllables, five from the 8000th on."""
    scattered, more = (n * 7919 + 104729) % 8000, n // 8000
    parts = [scattered // 400, scattered // 20 % 20, scattered % 20, *([more % 20, more // 20] if more else [])]
    return "".join(_SYLLABLES[part] for part in parts)


def names_of(n: int) -> list[str]:
    """Eight invented words found only in article `n`."""
    return [word(8 * n + place) for place in range(8)]


def title_of(n: int) -> str:
    """The title of article `n`."""
    one, two, *_ = names_of(n)
    return f"{one.title()} council votes on {two} bridge"


def first_sentence(n: int) -> str:
    """The opening sentence of article `n` and no other; half of its words are common to all, as in real news."""
    one, two, three, four, *_ = names_of(n)
    return (
        f"The council of {one.title()} said on Tuesday that the {two} bridge over the {three} would be closed "
        f"for the repairs that {four.title()} had asked for."
    )


def article_text(n: int) -> str:
    """Article `n`: three paragraphs, about 110 words, which are two or three passages for `WordEmbedder`."""
    one, two, three, _, five, six, seven, eight = names_of(n)
    return "\n\n".join(
        [
            f"{first_sentence(n)} The vote was {n % 9 + 2} to {n % 4}, and the mayor did not comment on it.",
            f"Engineers had found {n + 3} cracks in the {five} pillar last year. A spokeswoman for the {six} company said "
            f"that the work would take {n % 20 + 4} weeks and that the {seven} road would stay open in the meantime.",
            f"Shopkeepers near the {two} bridge said that they expected fewer visitors. The ferry across the {three} will "
            f"run every {n % 5 + 10} minutes, the {eight} harbour office said, until the council of {one.title()} meets "
            "again in the spring.",
        ]
    )


def day_of(n: int) -> dt.date:
    """The publication day of article `n`."""
    return _FIRST_DAY + dt.timedelta(days=n % 500)


def json_line(n: int) -> str:
    """Article `n` as a line of a JSONL file, with the id `item-000n`."""
    return json.dumps(
        {
            "id": f"item-{n:04d}",
            "title": title_of(n),
            "text": article_text(n),
            "outlet": f"{names_of(n % 5)[0].title()} Courier",
            "published": day_of(n).isoformat(),
        }
    )


def write_articles(folder: Path, count: int, first: int = 0) -> Path:
    """Articles `first` to `first + count - 1`: even ones as text files, odd ones in `articles.jsonl`. Returns `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers = range(first, first + count)
    for n in numbers:
        if n % 2 == 0:
            lines = [title_of(n), f"Published: {day_of(n).isoformat()}", article_text(n)]
            (folder / f"article-{n:04d}.txt").write_text("\n\n".join(lines) + "\n", encoding="utf-8")
    odd = [json_line(n) for n in numbers if n % 2]
    (folder / "articles.jsonl").write_text("".join(f"{line}\n" for line in odd), encoding="utf-8")
    return folder


def contents_of(library: Path | str) -> dict[str, tuple[str, str, list[tuple[str, int, int]]]]:
    """A library's contents, for comparison: by article id, its hash, text, and the ids and places of its passages."""
    contents: dict[str, tuple[str, str, list[tuple[str, int, int]]]] = {}
    with Catalog(library).reading() as connection:
        for article_id, content_hash, text in connection.execute("SELECT article_id, content_hash, text FROM articles"):
            contents[article_id] = content_hash, text, []
        for article_id, *passage in connection.execute(
            'SELECT article_id, id, start, "end" FROM passages ORDER BY start'
        ):
            contents[article_id][2].append(tuple(passage))
    return contents


def number_of(text: str) -> int:
    """The number of the invented article with this text."""
    opening = text[: text.index(".") + 1]
    return next(n for n in range(10_000) if first_sentence(n) == opening)
