"""Publication days of saved web pages: right, wrong, unknown, compared with htmldate alone in the same run.

    python -m evals.publication_days --data FOLDER

The pages are those of trafilatura's evaluation whose day is known. The resolver was tuned on three quarters of the
sites; the last one is the test set, with a 95 % interval (Wilson's).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import click
from htmldate import find_date

from evals.command import Command
from evals.measures import estimate
from evals.pages import DATA, SavedPage, pages_with_segments
from ingest.document import Document, Metadata
from ingest.extract import extract
from rag.errors import SourceError


class Day(NamedTuple):
    """One page: its true day, what was found and where, and what htmldate says; ISO days or None."""

    file: str
    tuned: bool
    right: str
    found: str | None
    source: str
    beside: str | None


def read_days(pages: Iterable[SavedPage]) -> Iterator[Day]:
    """Every page with a known day, read by the product and by htmldate."""
    for page in pages:
        if not page.known.get("date"):
            continue
        try:
            known = extract(Document(page.url, page.content, "html", Metadata(url=page.url))).metadata
            found, source = known.published, known.published_source.value
        except SourceError:
            found, source = None, "refused"
        beside = find_date(page.content.decode("utf-8", "replace"), url=page.url, original_date=True)
        yield Day(page.name, is_tuned(page.url), page.known["date"], str(found) if found else None, source, beside)


def is_tuned(url: str) -> bool:
    """Whether a page is in the three quarters of the sites on which the resolver was tuned."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return int(hashlib.sha256(host.encode()).hexdigest(), 16) % 4 != 3


def figures(days: Sequence[Day], answers: Sequence[str | None]) -> str:
    """The shares right and wrong in percent, each with its 95 % interval."""
    given = [(answer, day.right) for day, answer in zip(days, answers, strict=True)]
    right = estimate(answer == due for answer, due in given)
    wrong = estimate(answer not in (None, due) for answer, due in given)
    return f"right {right}  wrong {wrong}"


@click.command(cls=Command)
@DATA
def main(data: Path) -> None:
    """Prints the figures of both parts."""
    days = list(read_days(pages_with_segments(data)))
    for name, tuned in (("tuned on", True), ("untouched", False)):
        some = [day for day in days if day.tuned is tuned]
        click.echo(f"{name}, {len(some)} pages\n  dateline  {figures(some, [day.found for day in some])}")
        sure = [day.found if day.source != "guess" else None for day in some]
        click.echo(f"  no guess  {figures(some, sure)}\n  htmldate  {figures(some, [day.beside for day in some])}")
        for (source, right), count in sorted(Counter((day.source, day.found == day.right) for day in some).items()):
            click.echo(f"    {source:10} {'right' if right else 'not right'} {count}")


if __name__ == "__main__":
    main()
