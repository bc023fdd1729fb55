"""How much of the article is left of a page that was pasted as text, and how much of the rest of the page?

    python -m evals.pasted_pages --data FOLDER

Saved pages are rendered in Chromium once and kept. Half of the sites were learned from; the other half was not. Beside
the cleaned text stands the raw one. Then 200 plain articles, which should lose nothing, and the speed.
"""

from __future__ import annotations

import gzip
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import click
import numpy as np

from evals.line_examples import is_agreed, is_tuned, labelled, words
from evals.rendered import Page, read_pages, render
from ingest.clean import is_sentence, same_words
from ingest.day_reading import possible_days
from ingest.document import Document, Extracted, Metadata
from ingest.extract import extract
from ingest.extract_text import pasted_lines
from ingest.line_model import ARTICLE, HEADLINE
from ingest.pasted import clean_pasted

_LEAST_WORDS = 80  # of an article that is measured
_LEAST_SHOWN = 0.9  # Share of the article's words that the rendered page must have; the rest needs scripts.
_PLAIN = 200
_LONGEST_SHORT = 160  # Characters of a line that may show a title or a day.
_SENTENCE_WORDS = 6


def overlap(text: str, article: str) -> tuple[float, float]:
    """Precision and recall of the article's words, as bags."""
    left, right = Counter(words(text)), Counter(words(article))
    shared = sum((left & right).values())
    return shared / max(sum(left.values()), 1), shared / max(sum(right.values()), 1)


def whole(page: Page) -> str:
    return page.text


def selected(page: Page) -> str:
    """What a reader selects: from the headline above the article to its last line."""
    one = labelled(page.text, page)
    inside = [i for i, label in enumerate(one.labels) if label == ARTICLE]
    heads = [i for i, label in enumerate(one.labels) if label == HEADLINE and i < inside[0] + 3]
    start = min(inside[0], heads[-1] if heads else inside[0])
    rows = zip(one.lines[start : inside[-1] + 1], one.blank_before[start:], strict=False)
    return "\n".join(("\n" if blank else "") + line for line, blank in rows)


def measured(pages: list[Page], part: Callable[[Page], str]) -> dict[str, list[float]]:
    """Each measure's value for each page that it can be told of; a day wrong is counted where the page shows none, too."""
    found: dict[str, list[float]] = defaultdict(list)
    for page in pages:
        text = part(page)
        cleaned = stored(text)
        known = cleaned.metadata
        for name, one in (("raw", text), ("cleaned", cleaned.text)):
            precision, recall = overlap(one, page.article)
            found[f"{name} precision"].append(precision)
            found[f"{name} recall"].append(recall)
        lines = [line for line in pasted_lines(text)[0] if len(line) <= _LONGEST_SHORT]
        if page.title and any(same_words(line, page.title) for line in lines):
            found["title right"].append(float(known.title is not None and same_words(known.title, page.title)))
        if page.published and any(page.published in possible_days(line) for line in lines):
            found["day right"].append(float(known.published == page.published))
        if page.published:
            found["day wrong"].append(float(known.published not in (None, page.published)))
    return found


def stored(text: str, title: str | None = None) -> Extracted:
    """What is stored of a text that is pasted."""
    return extract(Document("pasted", text.encode("utf-8", "replace"), "text", Metadata(title=title)))


def lost_sentences(data: Path) -> list[list[str]]:
    """The sentences that are lost of each plain article of the months that were not learned from."""
    file = data / "rtqa_news" / "articles.jsonl.gz"
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        articles = [entry for line in lines if int((entry := json.loads(line))["published"][5:7]) % 2 == 1]
    random.Random(5).shuffle(articles)  # noqa: S311 - not for secrets
    return [_lost(one["text"], stored(one["text"], one["title"]).text) for one in articles[:_PLAIN]]


def _lost(text: str, kept: str) -> list[str]:
    """Sentences by their ends, since a dateline before the first one goes."""
    lines = [line for line in pasted_lines(text)[0] if len(words(line)) >= _SENTENCE_WORDS and is_sentence(line)]
    return [line for line in lines if line[-25:] not in kept]


def interval(values: list[float]) -> str:
    """The mean with its 95 % interval over 1,000 bootstrap samples."""
    drawn = np.random.default_rng(0).choice(values, (1000, len(values))).mean(axis=1)
    low, high = np.percentile(drawn, (2.5, 97.5))
    return f"{np.mean(values):.3f} ({low:.3f}–{high:.3f})"


@click.command()
@click.option("--data", type=click.Path(path_type=Path, exists=True), required=True, help="The folder of public data.")
@click.option(
    "--cache", type=click.Path(path_type=Path), default=Path(".bench/pages"), help="Keeps the rendered pages."
)
def main(data: Path, cache: Path) -> None:
    """Prints the measures for both halves of the sites."""
    if not any(cache.glob("*.json")):
        render(data, cache)
    pages = [one for one in read_pages(cache) if is_agreed(one) and len(words(one.article)) >= _LEAST_WORDS]
    pages = [one for one in pages if overlap(one.text, one.article)[1] >= _LEAST_SHOWN]
    for name, tuned in (("learned from", True), ("untouched", False)):
        half = [one for one in pages if is_tuned(one) is tuned]
        for part in (whole, selected):
            click.echo(f"\n{name}, {part.__name__}, {len(half)} pages")
            for measure, values in measured(half, part).items():
                click.echo(f"  {measure:18} {interval(values)} of {len(values)}")
    lost = lost_sentences(data)
    told = f"{sum(map(len, lost))} sentences lost of {sum(map(bool, lost))} of {len(lost)}"
    click.echo(f"\nplain articles: {told}")
    for line in (line for one in lost for line in one):
        click.echo(f"  {line[:150]}")
    start = time.process_time()
    for page in pages:
        clean_pasted(*pasted_lines(page.text))
    click.echo(
        f"{len(pages) / (time.process_time() - start):.0f} whole pages a second of one core, from text to lines and fields"
    )


if __name__ == "__main__":
    main()
