"""What a suite is, and how adapters read the files of a public set."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.cases import Case, CaseError


@dataclass(frozen=True)
class Suite:
    """What to ingest and what to ask.

    `articles` is a file or folder that `dateline ingest` reads as it is, or rows of JSONL articles (`id`, `text`, and
    `title`, `outlet`, `published`, `authors` where the set has them); empty where nothing is searched.
    """

    name: str
    articles: Path | tuple[dict[str, Any], ...]
    cases: tuple[Case, ...]


@dataclass(frozen=True)
class Adapter:
    """How one public set is read.

    Attributes:
        read: makes the suite of a folder; raises `CaseError`, naming the file (and line) that is missing or bad.
        published: where the set is published, with its paper.
        licence: of the data.
        expects: files of the folder.
        measures: what the set is good for, in a few words.
    """

    name: str
    read: Callable[[Path], Suite]
    published: str
    licence: str
    expects: str
    measures: str


class Row(dict[str, Any]):
    """A JSON object of a set; reading a key that it does not have raises `CaseError`, naming file and line."""

    def __init__(self, values: dict[str, Any], where: str) -> None:
        super().__init__(values)
        self._where = where

    def __missing__(self, key: str) -> Any:
        raise CaseError(f"{self._where} has no '{key}'.")


def one_of(folder: Path, *names: str) -> Path:
    """The first of these files that is in the folder. Raises `CaseError`, naming them all, when none is."""
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise CaseError(f"There is no {' or '.join(names)} in '{folder}'.")


def lines_of(path: Path) -> Iterator[tuple[str, str]]:
    """The lines of a text file, gzipped or not, that are not blank, each after its place ("topics.tsv, line 3").

    Raises `CaseError`, naming the file.
    """
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield f"{path.name}, line {number}", line
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise CaseError(f"'{path.name}' of the suite cannot be read: {error}.") from error


def rows_of(path: Path) -> Iterator[Row]:
    """JSON objects of a `.jsonl` or `.jsonl.gz` file. Raises `CaseError`, naming file and line."""
    for where, line in lines_of(path):
        row = _parsed(line, where)
        if not isinstance(row, Row):
            raise CaseError(f"{where} is not a JSON object.")
        yield row


def json_of(path: Path) -> Any:
    """One JSON document, every object in it a `Row`. Raises `CaseError`, naming the file."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"'{path.name}' of the suite cannot be read: {error}.") from error
    return _parsed(text, path.name)


def _parsed(text: str, where: str) -> Any:
    try:
        return json.loads(text, object_hook=lambda values: Row(values, where))
    except ValueError as error:
        raise CaseError(f"{where} is not JSON: {error}.") from error
