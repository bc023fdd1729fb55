"""Rows of files: reads every question set, file of cases and folder of marks."""

from __future__ import annotations

import contextlib
import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rag.errors import DatelineError


class CaseError(DatelineError):
    """A case or a suite cannot be read; the message names file and line."""


class Row(dict[str, Any]):
    """A JSON object of a set; reading a key it does not have raises `CaseError`, naming file and line."""

    def __init__(self, values: dict[str, Any], where: str) -> None:
        super().__init__(values)
        self.where = where

    def __missing__(self, key: str) -> Any:
        raise CaseError(f"{self.where} has no '{key}'.")


def one_of(folder: Path, *names: str) -> Path:
    """The first of these files present in the folder. Raises `CaseError`, naming them all, if none is."""
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise CaseError(f"There is no {' or '.join(names)} in '{folder}'.")


def lines_of(path: Path) -> Iterator[tuple[str, str]]:
    """The non-blank lines of a file, gzipped or not, each after its place ("a.jsonl, line 3"). Raises `CaseError`."""
    opener = gzip.open if path.suffix == ".gz" else open
    with _reading(path), opener(path, "rt", encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield f"{path.name}, line {number}", line


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise CaseError(f"'{path}' cannot be read ({why}); name another file.") from error


def rows_of(path: Path) -> Iterator[Row]:
    """JSON objects of a `.jsonl` or `.jsonl.gz` file. Raises `CaseError`, naming file and line."""
    for where, line in lines_of(path):
        row = _parsed(line, where)
        if not isinstance(row, Row):
            raise CaseError(f"{where} is not a JSON object.")
        yield row


def json_of(path: Path) -> Any:
    """One JSON document, every object in it a `Row`. Raises `CaseError`, naming the file."""
    with _reading(path):
        text = path.read_text(encoding="utf-8")
    return _parsed(text, path.name)


def _parsed(text: str, where: str) -> Any:
    try:
        return json.loads(text, object_hook=lambda values: Row(values, where))
    except ValueError as error:
        raise CaseError(f"{where} is not JSON: {error}.") from error
