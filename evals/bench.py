"""Speed, beside the best that this machine can do in the same run.

    python -m evals.bench [--data FOLDER] [--library FOLDER]

With `--data` (a folder with the rtqa_news files) the figures are of 5,032 articles, about 50,000 passages, kept in
`.bench/` between runs; without, of the sample articles. It prints a Markdown table; nothing here is a test.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np

from evals.suites import load_suite
from ingest.chunk import cut
from ingest.document import Document, Metadata
from ingest.run import ingest
from rag.assistant import Assistant
from rag.config import Config
from rag.library import Library
from rag.models import Embedder
from rag.store import generations
from rag.store.catalog import Catalog
from rag.store.index import copy_index
from rag.types import Filters

QUESTIONS = 200
INGEST_ARTICLES = 250
"""Enough for half a minute of embedding, so that start and publish do not hide in it, nor it in them."""


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    what: str
    measured: str
    limit: str
    ratio: str


@contextmanager
def stopwatch() -> Iterator[Callable[[], float]]:
    """Seconds since it began."""
    started = time.perf_counter()
    yield lambda: time.perf_counter() - started


def ingest_rate(articles: Path, count: int) -> Row:
    """Everything included, against plainly encoding the same passages in one call; plain before and after."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = first_articles(articles, count, folder)
        library = Library.create(folder / "library", Config())
        texts = embedded_texts(source, library.embedder)
        library.embedder.encode(texts[:64])
        rates = [_encoding_rate(library, texts)]
        with stopwatch() as seconds:
            report = ingest(library, [str(source)])
            rate = report.passages / seconds()
        rates.append(_encoding_rate(library, texts))
    limit = statistics.mean(rates)
    return Row(
        f"ingest, everything included ({report.passages} passages)",
        f"{rate:.1f} passages/s",
        f"{limit:.1f} passages/s, plainly encoding them (bf16 where the processor has it)",
        f"{100 * rate / limit:.0f} %",
    )


def question_times(library: Library, questions: list[str], passages: int) -> list[Row]:
    """`search` and `ask` beside what embedding the question and asking the two engines once takes."""
    assistant = Assistant(library)
    assistant.ask(questions[0])
    bare = [_milliseconds(lambda q=q: _bare(library, q)) for q in questions]  # type: ignore[misc]
    rows = []
    for name, work in (("search", library.search), ("ask", assistant.ask)):
        times = [_milliseconds(lambda q=q, work=work: work(q)) for q in questions]  # type: ignore[misc]
        p50, p95, floor = _percentile(times, 50), _percentile(times, 95), _percentile(bare, 50)
        rows.append(
            Row(
                f"`{name}`, {passages} passages",
                f"p50 {p50:.1f} ms, p95 {p95:.1f} ms",
                f"p50 {floor:.1f} ms, embedding the question and asking both engines once",
                f"{p50 / floor:.1f} ×",
            )
        )
    return rows


def _percentile(values: list[float], percent: int) -> float:
    """Nearest rank."""
    return float(np.percentile(values, percent, method="inverted_cdf"))


def publish_time(library: Library) -> Row:
    """One new article into a copy of the library, against copying the index's files."""
    with tempfile.TemporaryDirectory(dir=library.path.parent) as name:
        copy = Path(name) / "library"
        shutil.copytree(library.path, copy, ignore=shutil.ignore_patterns(".copies", "lock"))
        other = Library.open(copy, library.config, library.embedder)
        (Path(name) / "new.txt").write_text(_NEW_ARTICLE, encoding="utf-8")
        with stopwatch() as seconds:
            ingest(other, [str(Path(name) / "new.txt")])
            taken = seconds()
        live = generations.current(copy)
        with stopwatch() as seconds:
            copy_index(copy / "index" / str(live), Path(name) / "files")
            limit = seconds()
    return Row(
        "publish one new article", f"{taken:.2f} s", f"{limit:.2f} s, copying the index", f"{taken / limit:.1f} ×"
    )


def opening_time(path: Path, library: Library) -> Row:
    """Opening and a first search with imports and model ready, against reading the index's files."""
    with stopwatch() as seconds:
        opened = Library.open(path, library.config, library.embedder)
        opened.search("Who announced the visit?")
        taken = seconds()
    with stopwatch() as seconds:
        for file in (path / "index").rglob("*"):
            if file.is_file():
                file.read_bytes()
        limit = seconds()
    return Row(
        "open, and a first search", f"{taken:.2f} s", f"{limit:.2f} s, reading the index", f"{taken / limit:.1f} ×"
    )


def memory() -> Row:
    """Resident memory of this process, which holds the model and one open library."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return Row("memory, library open", f"{pages * os.sysconf('SC_PAGE_SIZE') / 1e6:.0f} MB", "–", "–")


@click.command()
@click.option("--data", type=click.Path(path_type=Path, exists=True), help="Folder of the public news set.")
@click.option("--library", type=click.Path(path_type=Path), help="A library that already holds it.")
@click.option("--ingest/--no-ingest", "with_ingest", default=True, help="Measure the ingest rate too.")
def main(data: Path | None, library: Path | None, with_ingest: bool) -> None:
    """Prints the table of figures."""
    suite = load_suite("rtqa_news", data) if data else load_suite("sample", None)
    if not isinstance(suite.articles, Path):
        raise click.ClickException(f"The articles of {suite.name} are not in a file.")
    path = library or Path(".bench") / suite.name
    opened = Library.create(path, Config())
    ingest(opened, [str(suite.articles)])
    questions = [case.question for case in suite.cases][:QUESTIONS]
    passages = Catalog(path).counts().passages
    rows = question_times(opened, questions, passages)
    rows += [memory(), opening_time(path, opened), publish_time(opened)]
    if with_ingest:
        rows.append(ingest_rate(suite.articles, INGEST_ARTICLES))
    lines = ["| what | measured | limit in the same run | ratio |", "| --- | --- | --- | --- |"]
    lines += [f"| {row.what} | {row.measured} | {row.limit} | {row.ratio} |" for row in rows]
    click.echo("\n".join(lines))


def first_articles(articles: Path, count: int, folder: Path) -> Path:
    """The first so many of a file of articles, in a file in `folder`; a folder of articles is taken whole."""
    if articles.is_dir():
        return articles
    import gzip

    with gzip.open(articles, "rt", encoding="utf-8") as file:
        lines = [line for _, line in zip(range(count), file, strict=False)]
    target = folder / "articles.jsonl"
    target.write_text("".join(lines), encoding="utf-8")
    return target


def embedded_texts(source: Path, embedder: Embedder) -> list[str]:
    """The very texts that an ingest will embed."""
    from ingest.extract import extract
    from ingest.sources import find

    texts: list[str] = []
    for found in find([str(source)]):
        if isinstance(found, Document):
            extracted = extract(found)
            metadata: Metadata = extracted.metadata
            cuts = cut(metadata.title or "", extracted.text, embedder.count_tokens, embedder.max_tokens)
            texts += [one.embedded for one in cuts]
    return texts


def _encoding_rate(library: Library, texts: list[str]) -> float:
    with stopwatch() as seconds:
        library.embedder.encode(texts)
        return len(texts) / seconds()


def _bare(library: Library, question: str) -> None:
    vector = library.embedder.encode([question])[0]
    library.searcher.dense(vector, library.config.candidates, Filters())
    lexicon = library.searcher.lexicon
    if lexicon:
        lexicon.search(lexicon.terms(question), library.config.candidates, Filters())


def _milliseconds(work: Callable[[], object]) -> float:
    with stopwatch() as seconds:
        work()
        return seconds() * 1000


_NEW_ARTICLE = """Harbour crane named after its oldest driver

Published: 2 September 2025

The port of Port Ansel has named its tallest crane after Wilma Askerod, who drove it for 31 years, the port said.
"""

if __name__ == "__main__":
    sys.exit(main())
