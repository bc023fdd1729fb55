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
from ingest.document import Document, Metadata
from ingest.extract import extract
from ingest.extract_text import pasted_lines
from ingest.findings import same_words
from ingest.line_model import ARTICLE, HEADLINE
from ingest.pasted import clean_pasted

_LEAST_WORDS = 80  # of an article that is measured
_LEAST_SHOWN = 0.9  # Share of the article's words that the rendered page must have; the rest needs scripts.
_PLAIN = 200


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
    """Each measure's value for each page."""
    found: dict[str, list[float]] = defaultdict(list)
    for page in pages:
        text = part(page)
        cleaned = extract(Document(page.key, text.encode("utf-8", "replace"), "text"))
        known = cleaned.metadata
        for name, one in (("raw", text), ("cleaned", cleaned.text)):
            precision, recall = overlap(one, page.article)
            found[f"{name} precision"].append(precision)
            found[f"{name} recall"].append(recall)
        if page.title:
            found["title right"].append(float(known.title is not None and same_words(known.title, page.title)))
        if page.published:
            found["day right"].append(float(known.published == page.published))
            found["day wrong"].append(float(known.published not in (None, page.published)))
    return found


def plain_recall(data: Path) -> list[float]:
    """How much of plain articles of the months that were not learned from is left."""
    file = data / "rtqa_news" / "articles.jsonl.gz"
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        articles = [entry for line in lines if int((entry := json.loads(line))["published"][5:7]) % 2 == 1]
    random.Random(5).shuffle(articles)  # noqa: S311 - not for secrets
    return [overlap(clean_text(one["text"], one["title"]), one["text"])[1] for one in articles[:_PLAIN]]


def clean_text(text: str, title: str) -> str:
    return extract(Document("", text.encode(), "text", Metadata(title=title))).text


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
    recall = plain_recall(data)
    click.echo(f"\nplain articles: recall {interval(recall)}, {sum(one == 1 for one in recall)} of {len(recall)} whole")
    start = time.perf_counter()
    for page in pages:
        clean_pasted(*pasted_lines(page.text))
    click.echo(f"{len(pages) / (time.perf_counter() - start):.0f} whole pages a second")


if __name__ == "__main__":
    main()
