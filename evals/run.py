"""Runs a suite: brings its library up to date, asks every case once and writes down what comes back."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals import fingerprints
from evals.answerers import SETTINGS, Answerer, LibraryAnswerer, check_claim, control, settings_of
from evals.cases import Case
from evals.records import Options, Record, RunInfo
from evals.rows import CaseError
from evals.store import RunFolder, fresh_id, unfinished
from evals.suites import Suite, load_suite
from ingest.run import Progress, ingest
from rag.config import Config
from rag.library import Library
from rag.store.disk import storage_errors, write_atomically

Judge = Callable[[Record], Record]
NO_LIBRARY = "none"


@dataclass(frozen=True)
class RunPaths:
    """Where a run finds its library and leaves its records.

    `library` already holds the suite's articles; when None, one is kept in the user's cache folder.
    """

    runs: Path
    library: Path | str | None = None
    fresh: bool = False
    """Begin anew even where an unfinished run of the same thing could be continued."""


def run_suite(
    options: Options, paths: RunPaths, config: Config, progress: Progress, judge: Judge | None = None
) -> RunFolder:
    """Asks the cases of a suite that `options` choose; continues where the same run was stopped.

    Raises:
        CaseError: the suite is unknown or cannot be read, or no case is left to ask.
        DatelineError: its library cannot be built or opened. What goes wrong with one case is written down instead.
    """
    suite = load_suite(options.suite, Path(options.data) if options.data else None)
    cases = chosen(suite.cases, options)
    config = settings_of(options.answerer, config)
    library = _library_for(suite, options, paths, config, progress)
    info = _info(options, cases, config, library, paths.runs)
    folder = None if paths.fresh else unfinished(paths.runs, info)
    folder = folder or RunFolder.create(paths.runs, info)
    with _answering(options, suite.cases, library) as answerer:
        _ask_all(folder, cases, answerer, judge, progress)
    folder.write_info(folder.info().model_copy(update={"finished": dt.datetime.now(dt.UTC)}))
    return folder


def chosen(cases: Sequence[Case], options: Options) -> list[Case]:
    """The cases that the options name, or as many of them as are drawn at random, in the suite's order.

    Raises:
        CaseError: an id or a type is unknown, or none is left.
    """
    for wanted, known, what in (
        (options.ids, {case.id for case in cases}, "case"),
        (options.types, {case.type for case in cases}, "type of case"),
    ):
        for name in wanted:
            if name not in known:
                some = ", ".join(sorted(known)[:20])
                raise CaseError(f"The suite {options.suite} has no {what} '{name}'; it has {some}.")
    kept = [
        case
        for case in cases
        if (not options.ids or case.id in options.ids) and (not options.types or case.type in options.types)
    ][: options.limit]
    if options.sample and options.sample < len(kept):
        drawn = set(random.Random(options.seed).sample(range(len(kept)), options.sample))  # noqa: S311 (no secret)
        kept = [case for place, case in enumerate(kept) if place in drawn]
    if not kept:
        raise CaseError(f"The suite {options.suite} has no case that fits these options.")
    return kept


@contextlib.contextmanager
def _answering(options: Options, cases: Sequence[Case], library: Library | None) -> Iterator[Answerer]:
    """Who answers; its copy of the index is given up at the end."""
    if options.answerer not in SETTINGS:
        yield control(options.answerer, cases)
    elif library is None:
        yield check_claim
    else:
        answerer = LibraryAnswerer(library, options.with_as_of)
        try:
            yield answerer
        finally:
            answerer.close()


def _ask_all(
    folder: RunFolder, cases: Sequence[Case], answerer: Answerer, judge: Judge | None, progress: Progress
) -> None:
    with folder.writing() as write:
        done = {record.case.id for record in folder.records()}
        left = [case for case in cases if case.id not in done]
        if left:
            answerer(left[0])  # the first one loads the models, which is no part of answering time
        progress("ask", 0, len(left))
        for number, case in enumerate(left, start=1):
            record = answerer(case)
            write(judge(record) if judge else record)
            progress("ask", number, len(left))


def _library_for(suite: Suite, options: Options, paths: RunPaths, config: Config, progress: Progress) -> Library | None:
    if options.answerer not in SETTINGS or all(case.evidence for case in suite.cases):
        return None
    if paths.library:
        return Library.open(paths.library, config)
    if not suite.articles:
        raise CaseError(
            f"The cases of {options.suite} bring no articles; name a library: dateline --library PATH eval …"
        )
    folder = _cache(options)
    articles = _written(suite, folder)
    library = Library.create(folder / "library", config)
    report = ingest(library, [str(articles)], sync=True, progress=progress)
    if not library.catalog.counts().articles:
        first = f": {report.failed[0].reason}" if report.failed else "."
        raise CaseError(f"No article of {suite.name} could be read{first}")
    return library


def _written(suite: Suite, folder: Path) -> Path:
    """The articles of a suite as a file or folder; rows become one JSONL file, left alone when it has not changed."""
    if isinstance(suite.articles, Path):
        return suite.articles
    path = folder / "articles.jsonl"
    content = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in suite.articles).encode()
    if not path.is_file() or path.read_bytes() != content:
        with storage_errors():
            folder.mkdir(parents=True, exist_ok=True)
        write_atomically(path, content)
    return path


def _cache(options: Options) -> Path:
    """A folder of the user's cache for this suite, read from that folder."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dateline"
    named = str(Path(options.data).resolve()) if options.data else ""
    return cache / f"{Path(options.suite).stem}-{hashlib.sha256(named.encode()).hexdigest()[:8]}"


def _info(options: Options, cases: Sequence[Case], config: Config, library: Library | None, runs: Path) -> RunInfo:
    started = dt.datetime.now(dt.UTC)
    suffix = "" if options.answerer == "default" else f"-{options.answerer}"
    counts = library.catalog.counts() if library else None
    return RunInfo(
        id=fresh_id(runs, f"{started:%Y%m%d-%H%M%S}-{Path(options.suite).stem}{suffix}"),
        options=options,
        settings={name: str(value) for name, value in config.model_dump(exclude={"library", "host", "port"}).items()},
        versions=fingerprints.versions(),
        code=fingerprints.of_code(),
        cases=fingerprints.of_cases(cases),
        case_count=len(cases),
        corpus=fingerprints.of_corpus(library) if library else NO_LIBRARY,
        index=fingerprints.of_index(library) if library else NO_LIBRARY,
        library=str(library.path) if library else NO_LIBRARY,
        library_version=library.version if library else NO_LIBRARY,
        articles=counts.articles if counts else 0,
        passages=counts.passages if counts else 0,
        machine=fingerprints.this_machine(),
        started=started,
    )
