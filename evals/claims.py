"""Claims about passages, true and subtly false: those of the public data, and those that were written here.

`data/training/claims.jsonl` was written by a large language model that read the passages of public news, in pairs of which one
is true and which differ in a word or two, so that their own words give nothing away; it names the passages by their places,
their words are not in it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from evals.rows import rows_of
from ingest.extract import extract
from ingest.found import Failure, Skipped
from ingest.sources import find
from rag.checking.reading import Premise

WRITTEN = Path(__file__).parent / "data" / "training" / "claims.jsonl"


@dataclass(frozen=True)
class Claim:
    """A sentence and what it is held against."""

    text: str
    evidence: Premise
    supported: bool
    kind: str


def public_claims(path: Path) -> list[Claim]:
    """The claims of a file as `claims/claims.jsonl` of the public data has them."""
    return [
        Claim(
            row["claim"],
            Premise(row["passage"], published=dt.date.fromisoformat(row["published"])),
            row["supported"],
            row["kind"],
        )
        for row in rows_of(path)
    ]


def written_claims(articles: Mapping[str, Premise], path: Path = WRITTEN) -> list[Claim]:
    """The claims that were written here about these articles, pair after pair."""
    found = []
    for row in rows_of(path):
        article = articles.get(row["article"])
        if article:
            evidence = Premise(article.text[row["start"] : row["end"]], article.title, "", article.published)
            found.append(Claim(row["claim"], evidence, row["supported"], row["kind"]))
    return found


def articles_of(path: Path) -> dict[str, Premise]:
    """The articles of a set by their ids, as `dateline ingest` reads them."""
    found: dict[str, Premise] = {}
    for document in find([str(path)], allow_private=False):
        if isinstance(document, Failure | Skipped):
            continue
        read = extract(document)
        known = read.metadata
        if known.given_id and read.text:
            found[known.given_id] = Premise(read.text, known.title or "", known.outlet or "", known.published)
    return found
