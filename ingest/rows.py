"""Tables (CSV, TSV) with one article per row, and JSON files with a list of articles."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from ingest.document import Document, Failure, Skipped
from ingest.jsonl import MAX_LINE_BYTES, TEXT_KEYS, bounded_lines, fields_of, open_plain, read_records
from ingest.normalise import decode, encoding_of
from rag.errors import SourceError

_SAMPLE_BYTES = 1_000_000  # used to determine encoding, delimiter and columns
_JSON = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\r\n]*")
_NO_TABLE = "It is not a table of articles: none of its columns is called 'text', 'body', 'content' or 'article'."
_NO_LIST = "It is not a list of articles: give a list of objects with a 'text' or 'body' each."
_TOO_DEEP = "it is nested too deeply to be a list of articles"


def read_table(path: Path, source: str) -> Iterator[Document | Failure | Skipped]:
    """The articles of a CSV or TSV file, whose first line names the columns like the keys of a JSONL line. The limits
    count characters here. Raises `OSError` if the file cannot be opened, `SourceError` if it is not text."""
    with open_plain(path) as file:
        sample = file.read(_SAMPLE_BYTES)
    encoding = encoding_of(sample[: sample.rfind(b"\n") + 1] or sample)
    csv.field_size_limit(MAX_LINE_BYTES)
    with io.TextIOWrapper(open_plain(path), encoding, errors="replace", newline="") as text:
        lines = _lines(text)
        head, delimiter = _head(next(lines, ""))
        if not head:
            yield Skipped(source, _NO_TABLE)
            return
        yield from read_records(source, "Line", _rows(lines, head, delimiter))


def _head(line: str) -> tuple[list[str], str]:
    """The column names and their delimiter; no names if none is for an article's text."""
    for delimiter in ",;\t|":
        names = [name.strip(' "').lower() for name in line.strip("\r\n").split(delimiter)]
        if set(TEXT_KEYS) & set(names):
            return names, delimiter
    return [], ""


def _lines(file: TextIO) -> Iterator[str]:
    for number, line in bounded_lines(file):
        if line is None:
            raise SourceError(f"Reading stopped at line {number}, which is longer than any article; split the file.")
        yield line


def _rows(lines: Iterator[str], head: list[str], delimiter: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Rows with the number of their first line, or what is wrong with one. Raises `SourceError`."""
    # Strict, because otherwise an unclosed quotation mark makes one article of many rows.
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        number = reader.line_num + 2
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "unexpected end" in str(error) or "field larger" in str(error):
                raise SourceError(
                    f"Reading stopped at line {number}: a quotation mark is opened there and not closed."
                ) from None
            yield number, f"its quotation marks do not match ({error})"
        else:
            if len(row) > len(head) and any(cell.strip() for cell in row):
                yield number, f"it has {len(row)} columns, and the first line names {len(head)}"
            elif any(cell.strip() for cell in row):
                yield number, {name: cell or None for name, cell in zip(head, row, strict=False)}


def read_list(content: bytes, source: str) -> Iterator[Document | Failure | Skipped]:
    """The articles of a JSON file: a list, an object with one list of objects in it, or one article. Raises
    `SourceError` if it is not JSON; if a list breaks off, everything before that is read."""
    text = decode(content).strip()
    problem = None
    try:
        if text.startswith("["):
            items, problem = _items(text)
        else:
            items = _listed(json.loads(text))
    except RecursionError:
        raise SourceError(f"The file cannot be read: {_TOO_DEEP}.") from None
    except ValueError as error:
        raise SourceError(
            f"The file is not JSON ({error}); one article a line goes into a file named .jsonl."
        ) from None
    if not problem and not any(_is_article(item) for item in items):
        yield Skipped(source, _NO_LIST)
        return
    yield from read_records(source, "Entry", enumerate(map(fields_of, items), start=1))
    if problem:
        yield Failure(source, problem, source)


def _items(text: str) -> tuple[list[Any], str | None]:
    """The entries of a list one by one, and why it ends early, if it does."""
    items: list[Any] = []
    place = _after_space(text, 1)
    while text[place : place + 1] != "]":
        try:
            item, place = _JSON.raw_decode(text, place)
        except RecursionError:
            return items, f"Reading stopped after entry {len(items)}: {_TOO_DEEP}."
        except ValueError as error:
            return items, f"Reading stopped after entry {len(items)}: it is not JSON from there on ({error})."
        items.append(item)
        place = _after_space(text, place)
        if text[place : place + 1] == ",":
            place = _after_space(text, place + 1)
    return items, None


def _after_space(text: str, place: int) -> int:
    return _SPACE.match(text, place).end()  # type: ignore[union-attr]


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, dict) or _is_article(value):
        return [value]
    lists = [one for one in value.values() if isinstance(one, list) and any(_is_article(item) for item in one)]
    return lists[0] if len(lists) == 1 else []


def _is_article(value: Any) -> bool:
    return isinstance(value, dict) and any(isinstance(value.get(key), str) for key in TEXT_KEYS)
