"""Claims about passages of public news, true and subtly false."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from evals.articles import articles_in, premise_of
from evals.rows import rows_of
from rag.checking.reading import Premise

TRAINING = Path(__file__).parent / "data" / "training"
WRITTEN, REWORDED = TRAINING / "claims.jsonl", TRAINING / "claims_reworded.jsonl"
"""Pairs that differ in a few words, and pairs in which often both sentences say it in other words than the passage."""
HELD_OUT_SHARE = 6
"""Every sixth article is held out from training."""


class Claim(NamedTuple):
    text: str
    evidence: Premise
    supported: bool
    kind: str


class Pair(NamedTuple):
    """Two claims about one passage that differ in a few words; only one is true."""

    evidence: Premise
    true: str
    false: str
    kind: str
    held_out: bool

    @property
    def claims(self) -> tuple[Claim, Claim]:
        return Claim(self.true, self.evidence, True, self.kind), Claim(self.false, self.evidence, False, self.kind)


def public_claims(path: Path) -> list[Claim]:
    return [
        Claim(
            row["claim"],
            Premise(row["passage"], published=dt.date.fromisoformat(row["published"])),
            row["supported"],
            row["kind"],
        )
        for row in rows_of(path)
    ]


def written_pairs(articles: Path, *files: Path) -> Iterator[Pair]:
    """The pairs of these files (by default `WRITTEN`) about these articles; those of missing ones are left out."""
    known = {read.metadata.given_id: premise_of(read) for _, read in articles_in(articles) if read.text}
    for row in (row for file in files or (WRITTEN,) for row in rows_of(file)):
        if article := known.get(row["article"]):
            evidence = Premise(article.text[row["start"] : row["end"]], article.title, "", article.published)
            yield Pair(evidence, row["true"], row["false"], row["kind"], is_held_out(row["article"]))


def is_held_out(article: str) -> bool:
    return int(hashlib.sha256(article.encode()).hexdigest(), 16) % HELD_OUT_SHARE == 0
