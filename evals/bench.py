"""Speed, compared with the best that this machine can do in the same run.

    python -m evals.bench [--data FOLDER] [--library FOLDER]

With `--data` (a folder with the rtqa_news files) it measures 5,032 articles, about 50,000 passages, kept in
`.bench/` between runs; without it, the sample articles. It prints a Markdown table; nothing here is a test.
"""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path

import click

from evals.articles import articles_in
from evals.command import Command
from evals.figures import percentile, seconds, table, times_of
from evals.rows import lines_of
from evals.suites import load_suite
from ingest.chunk import cut
from ingest.run import ingest
from rag.assistant import Assistant
from rag.config import Config
from rag.library import Library
from rag.store import generations
from rag.store.catalog import Catalog
from rag.store.index import copy_index
from rag.types import Filters

QUESTIONS = 200
INGEST_ARTICLES = 250
"""Enough for half a minute of embedding, so that start-up, publishing and embedding each take a visible share."""
Row = tuple[str, str, str, str]  # What, the measured figure, the limit in the same run, their ratio.
NEW_ARTICLE = """Harbour crane named after {name}

Published: 2 September 2025

The port of Port Ansel has named its tallest crane after {name}, who drove it for 31 years, the port said on Tuesday.
"""


def ingest_rate(articles: Path, count: int, address: str = "", config: Config | None = None) -> Row:
    """The whole ingest, against encoding the same passages here in one call; that is timed before and after.

    `address`: an empty library elsewhere, instead of a folder; RAY_ADDRESS decides where an ingest embeds.
    """
    with tempfile.TemporaryDirectory() as name:
        source = articles  # a folder of articles is used whole
        if not articles.is_dir():
            source = Path(name) / "articles.jsonl"
            source.write_text("".join(line for _, line in islice(lines_of(articles), count)), encoding="utf-8")
        library = Library.create(address or Path(name) / "library", config or Config())
        encode = library.embedder.encode
        count_tokens, most = library.embedder.count_tokens, library.embedder.max_tokens
        cuts = (cut(read.metadata.title or "", read.text, count_tokens, most) for _, read in articles_in(source))
        texts = [one.embedded for own in cuts for one in own]  # exactly the texts that an ingest will embed
        encode(texts[:64])
        before = seconds(lambda: encode(texts))
        taken = seconds(lambda: ingest(library, [str(source)]))
        after = seconds(lambda: encode(texts))
        passages = library.catalog.counts().passages
    rate, limit = passages / taken, statistics.mean(len(texts) / one for one in (before, after))
    return (
        f"ingest, everything included ({passages} passages)",
        f"{rate:.1f} passages/s",
        f"{limit:.1f} passages/s, plainly encoding them (bf16 where the processor has it)",
        f"{100 * rate / limit:.0f} %",
    )


def question_times(library: Library, questions: list[str], passages: int) -> Iterator[Row]:
    """`search` and `ask`, against embedding the question and querying the two engines once."""
    assistant = Assistant(library)
    assistant.ask(questions[0])
    floor = percentile([1000 * seconds(partial(_bare, library, question)) for question in questions], 50)
    for name, work in (("search", library.search), ("ask", assistant.ask)):
        times = [1000 * seconds(partial(work, question)) for question in questions]
        yield (
            f"`{name}`, {passages} passages",
            times_of(times),
            f"p50 {floor:.1f} ms, embedding the question and asking both engines once",
            f"{percentile(times, 50) / floor:.1f} ×",
        )


def _bare(library: Library, question: str) -> None:
    vector = library.embedder.encode([question])[0]
    library.searcher.dense(vector, library.config.candidates, Filters())
    if lexicon := library.searcher.lexicon:
        lexicon.search(lexicon.terms(question), library.config.candidates, Filters())


def publish_time(library: Library) -> Row:
    """Publishing one new article to a copy of the library, against copying the index's files."""
    with tempfile.TemporaryDirectory(dir=library.path.parent) as name:
        folder, copy, new = Path(name), Path(name) / "library", Path(name) / "new.txt"
        shutil.copytree(library.path, copy, ignore=shutil.ignore_patterns(".copies", "lock"))
        other = Library.open(copy, library.config, library.embedder)
        new.write_text(NEW_ARTICLE.format(name="Wilma Askerod"), encoding="utf-8")
        taken = seconds(lambda: ingest(other, [str(new)]))
        live = copy / "index" / str(generations.current(copy))
        limit = seconds(lambda: copy_index(live, folder / "files"))
    return "publish one new article", f"{taken:.2f} s", f"{limit:.2f} s, copying the index", f"{taken / limit:.1f} ×"


def opening_time(path: Path, library: Library) -> Row:
    """Opening and a first search, with imports and model ready, against reading the index's files."""
    question = "Who announced the visit?"
    taken = seconds(lambda: Library.open(path, library.config, library.embedder).search(question))
    limit = seconds(lambda: [file.read_bytes() for file in (path / "index").rglob("*") if file.is_file()])
    return "open, and a first search", f"{taken:.2f} s", f"{limit:.2f} s, reading the index", f"{taken / limit:.1f} ×"


def memory() -> Row:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return "memory, library open", f"{pages * os.sysconf('SC_PAGE_SIZE') / 1e6:.0f} MB", "–", "–"


@click.command(cls=Command)
@click.option("--data", type=click.Path(path_type=Path, exists=True), help="Folder of the public news set.")
@click.option("--library", type=click.Path(path_type=Path), help="A library that already holds it.")
def main(data: Path | None, library: Path | None) -> None:
    """Prints the table of figures."""
    suite = load_suite("rtqa_news" if data else "sample", data)
    assert isinstance(suite.articles, Path)
    path = library or Path(".bench") / suite.name
    opened = Library.create(path, Config())
    ingest(opened, [str(suite.articles)])
    questions = [case.question for case in suite.cases][:QUESTIONS]
    rows = [*question_times(opened, questions, Catalog(path).counts().passages)]
    rows += [memory(), opening_time(path, opened), publish_time(opened), ingest_rate(suite.articles, INGEST_ARTICLES)]
    click.echo(table(("what", "measured", "limit in the same run", "ratio"), rows))


if __name__ == "__main__":
    main()
