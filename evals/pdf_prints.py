"""How well are printed pages read back? Public articles, printed as they are and as newspaper sheets.

    python -m evals.pdf_prints --data ../shared/data --work FOLDER

Chromium prints the whole page of each article, and its known text in two and three columns; these sheets are also
redrawn line by line across the columns, and column by column from the right. The baseline takes the text in the order
of the file. For whole pages, precision only shows how much surrounds the article.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from statistics import mean
from typing import NamedTuple

import click
import lxml.html
import pypdfium2

from evals.answer_text import words
from evals.command import Command
from evals.measures import mean_interval
from evals.pages import DATA, overlap, pages_with_articles
from evals.pdf_sheets import LAYOUTS, Article, printed, redrawn, sheet, words_of
from ingest.pdf import read_pdf
from rag.errors import SourceError
from rag.text.clean import one_line

LOOKED_AT = frozenset(
    "mozilla-2 archive-of-our-own schema-org-context-object msn quanta-1 wapo-1 medium-2 medicalnewstoday".split()
)
"""Pages whose prints were inspected while the reader was being written."""
_BLOCKS = ("p", "h1", "h2", "h3", "h4", "h5", "li", "blockquote", "pre")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n")


class Score(NamedTuple):
    """The text read, compared with the known article; each from 0 to 1."""

    precision: float  # Of words.
    recall: float
    order: float  # Share of neighbouring words that are still neighbours.
    sentences: float  # Share of those of at least eight words that were read back whole.


def score(known: str, read: str) -> Score:
    gold, got = _words(known), _words(read)
    pairs = Counter(pairwise(gold))
    text = f" {' '.join(got)} "
    sentences = [" ".join(found) for one in _SENTENCE_END.split(known) if len(found := _words(one)) >= 8]
    return Score(
        *overlap(got, gold),
        (pairs & Counter(pairwise(got))).total() / max(1, pairs.total()),
        sum(f" {one} " in text for one in sentences) / max(1, len(sentences)),
    )


def _words(text: str) -> list[str]:
    return words(text.replace("\xad", ""))


def articles(data: Path) -> Iterator[Article]:
    """Pages of 200 to 4,000 words that can be drawn with Western European letters."""
    for page in pages_with_articles(data):
        title, blocks = page.known.get("title"), _blocks(page.article)
        text = " ".join(blocks)
        western = len(text.encode("cp1252", "ignore")) > 0.98 * len(text)
        if title and western and 200 <= len(text.split()) <= 4_000:
            yield Article(page.name, one_line(title), blocks, page.content.decode("utf-8", "replace"))


def _blocks(page: str) -> tuple[str, ...]:
    found = lxml.html.fromstring(page).iter(*_BLOCKS)
    innermost = (one for one in found if next(one.iterdescendants(*_BLOCKS), None) is None)
    return tuple(text for one in innermost if (text := one_line(one.text_content())))


def made(article: Article, layout: str, folder: Path) -> bytes:
    """The article as a PDF, printed once and kept; empty if Chromium cannot print it."""
    kind, _, columns = layout.partition("-")
    if kind in ("rows", "frames"):
        columned = made(article, f"columns-{columns}", folder)
        return redrawn(words_of(columned), kind) if columned else b""
    page = sheet(article, int(columns)) if columns else article.page
    return printed(page, folder / f"{article.name}.{layout}.pdf")


def ours(content: bytes) -> str:
    try:
        return "\n".join(read_pdf(content)[0])
    except SourceError:
        return ""


def as_in_the_file(content: bytes) -> str:
    """What any reader that follows the file's order gives."""
    with pypdfium2.PdfDocument(content) as document:
        text = "\n".join(page.get_textpage().get_text_range() for page in document)
    return re.sub(r"(?<=[a-z])[-\x02\u2010]\s*\n(?=[a-z])", "", text.replace("\r\n", "\n"))


READERS: dict[str, Callable[[bytes], str]] = {"dateline": ours, "file order": as_in_the_file}


@click.command(cls=Command)
@DATA
@click.option("--work", type=click.Path(path_type=Path), required=True, help="Keeps the prints for the next run.")
@click.option("--count", type=click.IntRange(min=1), default=48)
def main(data: Path, work: Path, count: int) -> None:
    """Prints a table: layouts, readers, inspected pages and others."""
    work.mkdir(parents=True, exist_ok=True)
    chosen = list(articles(data))
    random.Random(3).shuffle(chosen)  # noqa: S311 - not for secrets
    scores: defaultdict[tuple[str, str, bool], list[Score]] = defaultdict(list)
    unprinted: Counter[str] = Counter()
    for article in chosen[:count]:
        known = "\n".join((article.title, *article.paragraphs))
        for layout in LAYOUTS:
            content = made(article, layout, work)
            unprinted[layout] += not content
            for name, reader in READERS.items() if content else ():
                scores[layout, name, article.name in LOOKED_AT].append(score(known, reader(content)))
    click.echo(f"{'layout':10} {'reader':11} {'pages':9} {'n':>3}  precision recall order sentences (95 %)")
    for (layout, name, seen), found in sorted(scores.items()):
        columns = " ".join(f"{mean(column):9.3f}" for column in zip(*found, strict=True))
        low, high = mean_interval([one.sentences for one in found])
        pages = f"{'seen' if seen else 'untouched':9} {len(found):3}"
        click.echo(f"{layout:10} {name:11} {pages} {columns} ({low:.3f}–{high:.3f})")
    click.echo(f"not printed by Chromium: {dict(+unprinted)}")


if __name__ == "__main__":
    main()
