"""When a page is pasted as text, how much of the article is kept, and how much of the rest of the page?

    python -m evals.pasted_pages --data FOLDER

Saved pages are rendered in Chromium once and kept. Half of the sites were used for training, the other half not. The
cleaned text is compared with the raw one. Then come 200 plain articles, which should lose nothing, and the speed.
"""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path

import click

from evals.answer_text import words
from evals.command import Command
from evals.line_examples import is_agreed, is_tuned, labelled
from evals.measures import estimate
from evals.pages import CACHE, DATA, RenderedPage, overlap, rendered_pages
from evals.rows import rows_of
from ingest.clean import is_sentence, same_words
from ingest.day_reading import possible_days
from ingest.document import Document, Extracted, Metadata
from ingest.extract import extract
from ingest.line_model import ARTICLE, HEADLINE
from ingest.normalise import pasted_lines
from ingest.pasted import clean_pasted

_LEAST_WORDS = 80  # of an article that is measured
_LEAST_SHOWN = 0.9  # Share of the article's words that the rendered page must show; pages with fewer need scripts.
_PLAIN = 200
_LONGEST_SHORT = 160  # Characters of a line that may be a title or a day.
_SENTENCE_WORDS = 6


def whole(page: RenderedPage) -> str:
    return page.text


def selected(page: RenderedPage) -> str:
    """What a reader selects: from the headline above the article to its last line."""
    lines = labelled(page.text, page)
    inside = [i for i, line in enumerate(lines) if line.label == ARTICLE]
    heads = [i for i, line in enumerate(lines) if line.label == HEADLINE and i < inside[0] + 3]
    start = min(inside[0], heads[-1] if heads else inside[0])
    return "\n".join(("\n" if line.blank else "") + line.text for line in lines[start : inside[-1] + 1])


def measured(pages: Sequence[RenderedPage], part: Callable[[RenderedPage], str]) -> dict[str, list[float]]:
    """Each measure's value for each page to which it applies; a wrong day counts even where the page shows none."""
    found: dict[str, list[float]] = defaultdict(list)
    for page in pages:
        text = part(page)
        cleaned = stored(text)
        known = cleaned.metadata
        for name, one in (("raw", text), ("cleaned", cleaned.text)):
            precision, recall = overlap(words(one), words(page.article))
            found[f"{name} precision"].append(precision)
            found[f"{name} recall"].append(recall)
        lines = [line for line in pasted_lines(text)[0] if len(line) <= _LONGEST_SHORT]
        if page.title and any(same_words(line, page.title) for line in lines):
            found["title right"].append(float(known.title is not None and same_words(known.title, page.title)))
        if page.published:
            if any(page.published in possible_days(line) for line in lines):
                found["day right"].append(float(known.published == page.published))
            found["day wrong"].append(float(known.published not in (None, page.published)))
    return found


def stored(text: str, title: str | None = None) -> Extracted:
    return extract(Document("pasted", text.encode("utf-8", "replace"), "text", Metadata(title=title)))


def lost_sentences(data: Path) -> list[list[str]]:
    """The lost sentences of each plain article from the months not used for training."""
    rows = rows_of(data / "rtqa_news" / "articles.jsonl.gz")
    articles = [row for row in rows if int(row["published"][5:7]) % 2 == 1]
    random.Random(5).shuffle(articles)  # noqa: S311 - not for secrets
    lost = []
    for one in articles[:_PLAIN]:
        kept, lines = stored(one["text"], one["title"]).text, pasted_lines(one["text"])[0]
        sentences = [line for line in lines if len(words(line)) >= _SENTENCE_WORDS and is_sentence(line)]
        # By their ends, since a dateline before the first one is removed.
        lost.append([line for line in sentences if line[-25:] not in kept])
    return lost


@click.command(cls=Command)
@DATA
@CACHE
def main(data: Path, cache: Path) -> None:
    """Prints the measures for both halves of the sites."""
    lost = lost_sentences(data)
    pages = [page for page in rendered_pages(data, cache)
             if is_agreed(page) and len(article := words(page.article)) >= _LEAST_WORDS
             and overlap(words(page.text), article)[1] >= _LEAST_SHOWN]  # fmt: skip
    for name, tuned in (("learned from", True), ("untouched", False)):
        half = [one for one in pages if is_tuned(one) is tuned]
        for part in (whole, selected):
            click.echo(f"\n{name}, {part.__name__}, {len(half)} pages")
            for measure, values in measured(half, part).items():
                click.echo(f"  {measure:18} {estimate(values, share=False)} of {len(values)}")
    click.echo(f"\nplain articles: {sum(map(len, lost))} sentences lost of {sum(map(bool, lost))} of {len(lost)}")
    for line in chain(*lost):
        click.echo(f"  {line[:150]}")
    start = time.process_time()
    for page in pages:
        clean_pasted(*pasted_lines(page.text))
    speed = len(pages) / (time.process_time() - start)
    click.echo(f"{speed:.0f} whole pages a second of one core, from text to lines and fields")


if __name__ == "__main__":
    main()
