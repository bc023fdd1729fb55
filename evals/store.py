"""Runs on disk: one folder per run, one line per case, written as it comes, so that a kill costs at most one case."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from pydantic import ValidationError

from evals.measures import Estimate
from evals.records import Outcome, Record, Result, RunInfo
from evals.rows import CaseError
from evals.scoring import score
from rag.errors import LibraryLocked
from rag.store.disk import storage_errors, write_atomically, writers_lock

LATEST = "latest"
REPORT = "report.json"
_INFO, _RECORDS = "run.json", "records.jsonl"
_OF_ONE_RUN = {"id", "started", "finished", "library_version"}
"""May differ between two runs of the same thing; the library's version also counts ingests that changed nothing."""


class RunFolder:
    """One run: `run.json` describes it, `records.jsonl` has a line for each finished case."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def create(cls, runs: Path, info: RunInfo) -> RunFolder:
        """A new run. Raises `StorageFull`, `LibraryReadOnly`."""
        folder = cls(runs / info.id)
        with storage_errors():
            folder.path.mkdir(parents=True)
        folder.write_info(info)
        return folder

    def info(self) -> RunInfo:
        """The description of the run. Raises `CaseError` if it cannot be read."""
        try:
            return RunInfo.from_json((self.path / _INFO).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, ValidationError) as error:
            raise CaseError(f"'{self.path}' is not a run of this version; run the suite again.") from error

    def write_info(self, info: RunInfo) -> None:
        self.write(_INFO, info.to_json(indent=1))

    def records(self) -> list[Record]:
        """The finished cases; a last line cut short by a kill does not count. Raises `CaseError` at another bad line."""
        try:
            lines = (self.path / _RECORDS).read_bytes().split(b"\n")
        except FileNotFoundError:
            return []
        records = []
        for number, line in enumerate(lines[:-1], start=1):  # anything after the last line end is incomplete
            try:
                records.append(Record.from_json(line.decode()))
            except ValueError as error:
                raise CaseError(f"'{self.path / _RECORDS}', line {number} is damaged; run the suite again.") from error
        return records

    @contextlib.contextmanager
    def writing(self) -> Iterator[Callable[[Record], None]]:
        """Adds records. Raises `CaseError` while another process does, and `StorageFull`, `LibraryReadOnly`."""
        try:
            with writers_lock(self.path, 0), storage_errors(), (self.path / _RECORDS).open("a+b") as file:
                whole = (self.path / _RECORDS).read_bytes().rfind(b"\n") + 1
                file.truncate(whole)

                def add(record: Record) -> None:
                    file.write(record.to_json().encode() + b"\n")
                    file.flush()

                yield add
                os.fsync(file.fileno())
        except LibraryLocked as error:
            raise CaseError(f"Another process is at the run {self.path.name}; wait for it, or use --fresh.") from error

    def write(self, name: str, content: str) -> Path:
        """Writes a file beside the records. Raises `StorageFull`, `LibraryReadOnly`."""
        write_atomically(self.path / name, content.encode())
        return self.path / name

    def figures(self) -> dict[str, Estimate]:
        """The figures from when the run was last scored; empty if it never was."""
        try:
            figures = json.loads((self.path / REPORT).read_bytes())["figures"]
            return {name: Estimate.model_validate(figure) for name, figure in figures.items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}

    def result(self) -> Result:
        """The run with its scores. Raises `CaseError`."""
        return Result(self.info(), tuple(Outcome(record, score(record)) for record in self.records()))


def unfinished(runs: Path, info: RunInfo) -> RunFolder | None:
    """The newest unfinished run of exactly the same thing."""
    wanted = info.model_dump(exclude=_OF_ONE_RUN)
    stopped = ((folder, other) for folder, other in all_runs(runs) if other.finished is None)
    return next((folder for folder, other in stopped if other.model_dump(exclude=_OF_ONE_RUN) == wanted), None)


def all_runs(runs: Path) -> Iterator[tuple[RunFolder, RunInfo]]:
    """Every run in a folder, newest first; other folders are skipped."""
    found = []
    for path in runs.glob(f"*/{_INFO}"):
        folder = RunFolder(path.parent)
        with contextlib.suppress(CaseError):
            found.append((folder, folder.info()))
    yield from sorted(found, key=lambda one: one[1].started, reverse=True)


def find_run(runs: Path, name: str) -> RunFolder:
    """A run by its id or the beginning of it, by its folder, or as "latest". Raises `CaseError` unless there is one."""
    if (Path(name) / _INFO).is_file():
        return RunFolder(Path(name))
    known = {info.id: folder for folder, info in all_runs(runs)}
    if not known:
        raise CaseError(f"There are no runs in '{runs}'; 'dateline eval run sample' makes one.")
    if name == LATEST or name in known:
        return known.get(name) or next(iter(known.values()))
    fitting = [folder for run_id, folder in known.items() if run_id.startswith(name)]
    if len(fitting) != 1:
        many = "More than one run begins" if fitting else "No run begins"
        raise CaseError(f"{many} with '{name}'; 'dateline eval list' shows their ids.")
    return fitting[0]


def fresh_id(runs: Path, wanted: str) -> str:
    """`wanted`, with a number appended if a run already has that id."""
    names = itertools.chain([wanted], (f"{wanted}-{number}" for number in itertools.count(2)))
    return next(name for name in names if not (runs / name).exists())


def result_json(result: Result) -> dict[str, object]:
    """A run with its figures and the scores of each case, as JSON types."""

    def figures(of: Result) -> dict[str, object]:
        return {name: one.model_dump(mode="json") for name, one in of.figures().items()}

    def told(one: Outcome) -> dict[str, object]:
        record, case, answer = one.record, one.record.case, one.record.answer
        return {
            "id": case.id, "type": case.type, "question": case.question, "answer": answer.text if answer else "",
            "status": answer.status.value if answer else "failed", "confidence": answer.confidence if answer else None,
            "milliseconds": record.milliseconds, "error": record.error, "scores": one.scores,
        }  # fmt: skip

    return {
        "run": result.info.model_dump(mode="json"),
        "figures": figures(result),
        "by_type": {kind: figures(result.of_type(kind)) for kind in result.types()},
        "cases": [told(one) for one in result.outcomes],
    }
