"""The article of saved web pages: ours beside plain trafilatura, what each cleaning step is worth, titles, authors.

    python -m evals.extraction --data FOLDER [--steps]

FOLDER is the folder of public data. Pages with segments that must and must not be in the text are trafilatura's
(pooled F1 over segments); pages with the whole article are mozilla/readability's (mean token F1). Sites are split in
two halves by a hash of their name: the first was looked at, the second judges. A gain is what leaving the step out
would lose, with its 95 % paired bootstrap interval over pages.
"""

from __future__ import annotations

import hashlib
import html
import json
import lzma
import re
import tarfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import click
import numpy as np
from lxml.html import document_fromstring
from trafilatura import bare_extraction

from ingest.clean import clean_page
from ingest.extract_html import STEPS, read_html
from ingest.normalise import normalise
from rag.errors import SourceError

RESAMPLES = 2_000


@dataclass(frozen=True)
class Page:
    """A saved page: `wanted` and `unwanted` segments, or the whole `article`; title and author where they are told."""

    site: str
    url: str | None
    content: bytes
    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    article: str | None = None
    title: str = ""
    author: str = ""

    @property
    def looked_at(self) -> bool:
        """Whether its site is in the half that was looked at."""
        return hashlib.sha256(self.site.encode()).digest()[0] % 2 == 0


@dataclass(frozen=True)
class Read:
    """What was made of a page."""

    text: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()


Reader = Callable[[Page], Read]


def read_pages(folder: Path) -> list[Page]:
    """The pages of both sets. Raises FileNotFoundError without the data."""
    return [*_with_segments(folder / "trafilatura_third.tar.xz"), *_with_articles(folder / "readability.tar.gz")]


def _with_segments(archive: Path) -> Iterator[Page]:
    with lzma.open(archive) as packed, tarfile.open(fileobj=packed) as files:
        held = {member.name: files.extractfile(member).read() for member in files if member.isfile()}  # type: ignore[union-attr]
    for url, told in json.loads(held["evaldata.json"]).items():
        site = (urlsplit(url).hostname or told["file"]).removeprefix("www.")
        wanted, unwanted = (tuple(map(_plain, told[name])) for name in ("with", "without"))
        content = held["pages/" + told["file"]]
        yield Page(site, url, content, wanted, unwanted, None, told.get("title") or "", _joined(told.get("author")))


def _joined(value: str | list[str] | None) -> str:
    return "; ".join(value) if isinstance(value, list) else value or ""


def _with_articles(archive: Path) -> Iterator[Page]:
    held: dict[str, dict[str, bytes]] = {}
    with tarfile.open(archive) as files:
        for member in files:
            path = PurePosixPath(member.name)
            if "test-pages" in path.parts and member.isfile():
                held.setdefault(path.parent.name, {})[path.name] = files.extractfile(member).read()  # type: ignore[union-attr]
    for name, parts in held.items():
        article = document_fromstring(parts["expected.html"].decode(errors="ignore")).text_content()
        yield Page(re.sub(r"-\d+$", "", name), None, parts["source.html"], article=article)


def plain(**options: Any) -> Reader:
    """Trafilatura alone."""

    def read(page: Page) -> Read:
        found: Any = bare_extraction(page.content, with_metadata=True, **options)
        authors = tuple((found.author or "").split("; ")) if found and found.author else ()
        return Read(found.text or "", found.title or "", authors) if found else Read()

    return read


def ours(*leave_out: str) -> Reader:
    """The product, without some of its steps."""

    def read(page: Page) -> Read:
        try:
            lines, metadata = read_html(page.content, page.url, leave_out)
        except SourceError:
            return Read()
        cleaned = clean_page(lines, metadata.title)
        return Read("\n".join(cleaned.paragraphs), metadata.title or "", metadata.authors or cleaned.authors)

    return read


def _plain(text: str) -> str:
    return " ".join(normalise(text).split())


def segments(page: Page, text: str) -> tuple[int, int, int]:
    """Wanted segments that are there, wanted that are not, and unwanted that are there."""
    text = _plain(text)
    there = sum(segment in text for segment in page.wanted)
    return there, len(page.wanted) - there, sum(segment in text for segment in page.unwanted)


def token_f1(found: str, expected: str) -> float:
    """Of two bags of words."""
    left, right = (Counter(re.findall(r"\w+", text.casefold())) for text in (found, expected))
    return 2 * (left & right).total() / max(1, left.total() + right.total())


Scores = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def scores_of(pages: Sequence[Page], reads: Sequence[Read], looked_at: bool, whole: bool) -> Scores:
    """One row a page of the half: its counts of segments, or its token F1."""
    chosen = [(page, read) for page, read in zip(pages, reads, strict=True)
              if page.looked_at == looked_at and (page.article is not None) == whole]  # fmt: skip
    rows = [(token_f1(read.text, page.article),) if page.article is not None else segments(page, read.text)
            for page, read in chosen]  # fmt: skip
    return np.array(rows, dtype=np.float64)


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


def same_words(found: str, told: str) -> bool:
    """Whether two titles or names are the same but for case, quotes and spaces."""
    left, right = (re.sub(r"\W+", " ", html.unescape(text).casefold()).strip() for text in (found, told))
    return left == right


def names(text: str) -> frozenset[str]:
    """The names in a told author, without case."""
    return frozenset(
        name for part in re.split(r"[;,/&]| und | and ", html.unescape(text)) if (name := part.casefold().strip())
    )


def metadata_row(pages: Sequence[Page], reads: Sequence[Read], looked_at: bool) -> str:
    """Titles that are equal, and authors that are equal, wrong, or given where none is told."""
    told = [(page, read) for page, read in zip(pages, reads, strict=True) if page.title and page.looked_at == looked_at]
    titles = sum(same_words(read.title, page.title) for page, read in told)
    entities = sum(bool(re.search(r"&#?\w+;", read.title)) for _, read in told)
    found = [(names(page.author), frozenset(name.casefold() for name in read.authors)) for page, read in told]
    equal = sum(bool(right) and right == given for right, given in found)
    wrong = sum(bool(right and given) and right != given for right, given in found)
    needless = sum(bool(given and not right) for right, given in found)
    return f"{titles} of {len(told)} | {entities} | {equal} / {wrong} / {needless}"


@click.command()
@click.option("--data", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--steps", is_flag=True, help="Measure every cleaning step too.")
def main(data: Path, steps: bool) -> None:
    """Prints the tables in Markdown."""
    pages = read_pages(data / "article_extraction")
    readers = {
        "trafilatura": plain(),
        "trafilatura, comments off": plain(include_comments=False),
        "trafilatura, precise": plain(include_comments=False, favor_precision=True),
        "ours": ours(),
    }
    cases = [(half, whole) for whole in (False, True) for half in (True, False)]
    click.echo(
        "| | segments F1, looked at | judging | token F1, looked at | judging | no text | pages a second |\n"
        + "| --- " * 7
        + "|"
    )
    reads: dict[str, list[Read]] = {}
    for name, reader in readers.items():
        started = time.process_time()
        reads[name] = [reader(page) for page in pages]
        speed = len(pages) / (time.process_time() - started)
        figures = " | ".join(f"{figure(scores_of(pages, reads[name], *case)):.4f}" for case in cases)
        click.echo(f"| {name} | {figures} | {sum(not read.text for read in reads[name])} | {speed:.0f} |")
    have = [scores_of(pages, reads["ours"], *case) for case in cases]
    others = {f"ours over {name}": reads[name] for name in list(readers)[:-1]}
    others |= {step: [ours(step)(page) for page in pages] for step in STEPS if steps}
    click.echo(
        "\n| gain in hundredths | segments, looked at | judging | tokens, looked at | judging |\n" + "| --- " * 5 + "|"
    )
    for name, other in others.items():
        gains = " | ".join(gain(one, scores_of(pages, other, *case)) for one, case in zip(have, cases, strict=True))
        click.echo(f"| {name} | {gains} |")
    click.echo(
        "\n| | titles equal | with entities | authors equal / wrong / given where there is none |\n"
        + "| --- " * 4
        + "|"
    )
    for name in ("trafilatura", "ours"):
        for half in (True, False):
            click.echo(f"| {name}, {'looked at' if half else 'judging'} | {metadata_row(pages, reads[name], half)} |")


if __name__ == "__main__":
    main()
