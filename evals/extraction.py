"""Article text of saved web pages: ours against plain trafilatura, the value of each cleaning step, titles, authors.

    python -m evals.extraction --data FOLDER [--steps]

Pages of trafilatura's evaluation are measured by the pooled F1 of segments that must and must not be in the text, those
of mozilla/readability by the mean token F1 of the whole article. One half of the sites may be inspected, the other is
the test set. A gain is what leaving the step out would lose, with its 95 % paired bootstrap interval over pages.
"""

from __future__ import annotations

import hashlib
import html
import re
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import click
import numpy as np
from lxml.html import document_fromstring
from trafilatura import bare_extraction

from evals.answer_text import words
from evals.command import Command
from evals.figures import table
from evals.pages import DATA, SavedPage, overlap, pages_with_articles, pages_with_segments
from ingest.clean import clean_page
from ingest.extract_html import STEPS, read_html
from ingest.normalise import normalise
from rag.errors import SourceError
from rag.text.clean import one_line

RESAMPLES = 2_000
CASES = [(half, whole) for whole in (False, True) for half in (True, False)]
"""The inspected pages and the test pages, first those with segments, then those with articles."""
Scores = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


class Read(NamedTuple):
    text: str = ""
    title: str = ""
    authors: Sequence[str] = ()


Reader = Callable[[SavedPage], Read]


def is_looked_at(page: SavedPage) -> bool:
    host = (urlsplit(page.url).hostname or page.name).removeprefix("www.")
    site = re.sub(r"-\d+$", "", page.name) if page.article else host
    return hashlib.sha256(site.encode()).digest()[0] % 2 == 0


def plain(**options: Any) -> Reader:
    def read(page: SavedPage) -> Read:
        found: Any = bare_extraction(page.content, with_metadata=True, **options)
        return Read(found.text or "", found.title or "", (found.author or "").split("; ")) if found else Read()

    return read


def ours(*leave_out: str) -> Reader:
    """The product, without some of its steps."""

    def read(page: SavedPage) -> Read:
        try:
            lines, metadata = read_html(page.content, page.url or None, leave_out)
        except SourceError:
            return Read()
        left, cleaned = clean_page(lines, metadata.title)
        return Read("\n".join(left), metadata.title or "", metadata.authors or cleaned.authors)

    return read


def scores_of(pages: Iterable[SavedPage], reads: Iterable[Read], looked_at: bool, whole: bool) -> Scores:
    """One row per page of the half: how many of its segments are there, missing and wrongly there; or its token F1."""
    chosen = [(page, read.text) for page, read in zip(pages, reads, strict=True)
              if is_looked_at(page) == looked_at and bool(page.article) == whole]  # fmt: skip
    return np.array([_token_f1(*one) if whole else _segments(*one) for one in chosen], dtype=np.float64)


def _segments(page: SavedPage, text: str) -> tuple[int, int, int]:
    text = one_line(normalise(text))
    there, wrong = (sum(one_line(normalise(one)) in text for one in page.known[name]) for name in ("with", "without"))
    return there, len(page.known["with"]) - there, wrong


def _token_f1(page: SavedPage, text: str) -> tuple[float]:
    precision, recall = overlap(words(text), words(document_fromstring(page.article).text_content()))
    return (2 * precision * recall / (precision + recall or 1),)


def figure(scores: Scores) -> float:
    """Pooled F1 of counts, or the mean."""
    if scores.shape[1] == 1:
        return float(scores.mean())
    there, missing, wrong = scores.sum(axis=0)
    return float(2 * there / (2 * there + missing + wrong))


def gain(scores: Scores, without: Scores) -> str:
    """The difference with its interval, in hundredths."""
    chance = np.random.default_rng(0)
    drawn = (chance.integers(0, len(scores), len(scores)) for _ in range(RESAMPLES))
    low, high = np.percentile([figure(scores[one]) - figure(without[one]) for one in drawn], [2.5, 97.5])
    return f"{100 * (figure(scores) - figure(without)):+.2f} ({100 * low:+.2f} to {100 * high:+.2f})"


def metadata_row(pages: Iterable[SavedPage], reads: Iterable[Read], looked_at: bool) -> tuple[str, int, str]:
    """Titles equal apart from case and punctuation; authors equal, wrong, or given where none is known."""
    told = [(page.known, read) for page, read in zip(pages, reads, strict=True)
            if not page.article and page.known.get("title") and is_looked_at(page) == looked_at]  # fmt: skip
    titles = sum(words(html.unescape(read.title)) == words(html.unescape(known["title"])) for known, read in told)
    entities = sum(bool(re.search(r"&#?\w+;", read.title)) for _, read in told)
    equal = wrong = needless = 0
    for known, read in told:
        right, given = _authors(known.get("author")), {name.casefold() for name in read.authors if name}
        equal += bool(right) and right == given
        wrong += bool(right and given) and right != given
        needless += bool(given and not right)
    return f"{titles} of {len(told)}", entities, f"{equal} / {wrong} / {needless}"


def _authors(told: str | list[str] | None) -> set[str]:
    text = "; ".join(told) if isinstance(told, list) else told or ""
    return {name for one in re.split(r"[;,/&]| und | and ", html.unescape(text)) if (name := one.casefold().strip())}


@click.command(cls=Command)
@DATA
@click.option("--steps", is_flag=True, help="Measure every cleaning step too.")
def main(data: Path, steps: bool) -> None:
    """Prints the tables as Markdown."""
    pages = [*pages_with_segments(data), *pages_with_articles(data)]
    readers = {
        "trafilatura": plain(),
        "trafilatura, comments off": plain(include_comments=False),
        "trafilatura, precise": plain(include_comments=False, favor_precision=True),
        "ours": ours(),
    }
    reads: dict[str, list[Read]] = {}
    rows: list[tuple[object, ...]] = []
    for name, reader in readers.items():
        started = time.process_time()
        found = reads[name] = [reader(page) for page in pages]
        speed = len(pages) / (time.process_time() - started)
        figures = [f"{figure(scores_of(pages, found, *case)):.4f}" for case in CASES]
        rows.append((name, *figures, sum(not read.text for read in found), f"{speed:.0f}"))
    head = ["", "segments F1, looked at", "judging", "token F1, looked at", "judging", "no text", "pages a second"]
    click.echo(table(head, rows))
    have = [scores_of(pages, reads["ours"], *case) for case in CASES]
    others = {f"ours over {name}": reads[name] for name in list(readers)[:-1]}
    others |= {step: [ours(step)(page) for page in pages] for step in STEPS if steps}
    gains = [(name, *(gain(one, scores_of(pages, other, *case)) for one, case in zip(have, CASES, strict=True)))
             for name, other in others.items()]  # fmt: skip
    head = ["gain in hundredths", "segments, looked at", "judging", "tokens, looked at", "judging"]
    click.echo("\n" + table(head, gains))
    told = [(f"{name}, {half}", *metadata_row(pages, reads[name], half == "looked at"))
            for name in ("trafilatura", "ours") for half in ("looked at", "judging")]  # fmt: skip
    head = ["", "titles equal", "with entities", "authors equal / wrong / given where there is none"]
    click.echo("\n" + table(head, told))


if __name__ == "__main__":
    main()
