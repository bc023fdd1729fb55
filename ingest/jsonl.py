"""JSONL files, one article per line, read as a stream: a bad line is reported and the others go on."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, AnyStr, BinaryIO, cast

from ingest.addresses import display, outlet_of
from ingest.day_reading import given_day
from ingest.document import Document, Failure, Metadata
from rag.errors import SourceError

MAX_LINE_BYTES = 16_000_000
MAX_TOTAL_BYTES = 4_000_000_000  # after decompression
MAX_ID_LENGTH = 500  # characters

TEXT_KEYS = ("text", "body", "content", "article")
"""Keys and columns for an article's text, the first one with words; the last two are other tools' names."""

Fields = dict[str, Any]  # The keys and values of one article.


def read_jsonl(path: Path, source: str | None = None) -> Iterator[Document | Failure]:
    """The articles of a `.jsonl`, `.ndjson` or gzipped file, in order; blank lines are skipped.

    `text` or `body` is required; `id, url, title, outlet or source, published or published_at or date, updated,
    authors or author, language` (or other tools' names for them) are optional. A document's source is `source#id`, or
    `source#line number`; `source` defaults to the path. Raises `OSError` if it cannot be opened.
    """
    with open_plain(path) as file:
        records = ((n, _fields(line, n)) for n, line in bounded_lines(file) if line is None or line.strip())
        yield from read_records(source or str(path), "Line", records)


def read_records(source: str, word: str, records: Iterator[tuple[int, Fields | str]]) -> Iterator[Document | Failure]:
    """The articles in numbered records, in order; a bad one is reported and the others go on.

    `word` is the name for a record, "Line" or "Entry". A record is its fields, or the reason why it has none; `records`
    raises `SourceError` if reading ends early.
    """
    used: dict[str, int] = {}  # ids, and the records they are in
    try:
        for number, fields in records:
            key, origin = str(number), source  # before it is read, its article is unknown
            try:
                if isinstance(fields, str):
                    raise SourceError(fields)
                given_id = _id(fields.get("id"))
                key = given_id or key
                origin = f"{source}#{key}"
                if key in used:
                    raise SourceError(f"the id {display(key)!r} is on {word.lower()} {used[key]} already")
                document = _document(fields, given_id, origin)
            except SourceError as error:
                yield Failure(f"{source}#{key}", f"{word} {number} was left out: {error}.", origin)
            else:
                used[key] = number
                yield document
    except SourceError as error:
        yield Failure(source, str(error), source)


def whole_text(text: str) -> str:
    """The text with lone surrogates replaced by U+FFFD: JSON allows them, UTF-8 does not."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def open_plain(path: Path) -> BinaryIO:
    """The bytes of a file, decompressed if its name ends in .gz. Raises `OSError`."""
    if path.name.lower().endswith(".gz"):
        return cast(BinaryIO, gzip.open(path, "rb"))
    return path.open("rb")


def bounded_lines(file: IO[AnyStr]) -> Iterator[tuple[int, AnyStr | None]]:
    """Lines numbered from 1; None for one that is too long. Raises `SourceError` if reading ends early."""
    number = total = 0
    try:
        while line := file.readline(MAX_LINE_BYTES + 1):
            number, total, too_long = number + 1, total + len(line), len(line) > MAX_LINE_BYTES
            while len(line) > MAX_LINE_BYTES and line[-1:] not in (b"\n", "\n") and total <= MAX_TOTAL_BYTES:
                line = file.readline(MAX_LINE_BYTES + 1)
                total += len(line)
            if total > MAX_TOTAL_BYTES:
                limit = f"{MAX_TOTAL_BYTES / 1_000_000_000:g} GB"
                raise SourceError(f"Reading stopped at line {number}: the file holds more than {limit}; split it.")
            yield number, None if too_long else line
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(
            f"Reading stopped after line {number}: the file is damaged or cannot be read ({error})."
        ) from error


def _fields(line: bytes | None, number: int) -> Fields | str:
    if line is None:
        return "it is too long for one article"
    try:
        return fields_of(json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8")))
    except UnicodeDecodeError:
        return "it is not UTF-8 text"
    except RecursionError:
        return "it is nested too deeply"
    except ValueError as error:
        return f"it is not JSON ({display(str(error))})"


def fields_of(value: Any) -> Fields | str:
    """A JSON value as the fields of an article, or why it has none."""
    return value if isinstance(value, dict) else "it is not a JSON object with an article in it"


def _document(fields: Fields, given_id: str | None, source: str) -> Document:
    text = _text(fields, *TEXT_KEYS)
    if text is None:
        raise SourceError("it has no 'text' or 'body'")
    url = _text(fields, "url", "link")
    known = Metadata(
        given_id=given_id,
        title=_text(fields, "title", "headline"),
        outlet=_text(fields, "outlet", "source", "publication", "publisher") or (outlet_of(url) if url else None),
        authors=_authors(fields),
        published=_day(fields, "published", "published_at", "publishedAt", "publishedat", "publish_date", "date"),
        updated=_day(fields, "updated"),
        language=_text(fields, "language"),
        url=url,
    )
    return Document(source, text.encode(), "text", known)


def _text(fields: Fields, *names: str) -> str | None:
    """The first of these keys with words; "" only if the article's text key is blank."""
    found: str | None = None
    for name in names:
        value = fields.get(name)
        if value is None:
            continue
        if isinstance(value, dict):
            value = value.get("name", value)  # {"id": null, "name": "The Herald"}
        if not isinstance(value, str):
            raise SourceError(f"{name!r} should be text and is {_kind(value)}")
        if value.strip():
            return whole_text(value if name in TEXT_KEYS else value.strip())
        found = "" if name in TEXT_KEYS else None
    return found


def _id(value: object) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise SourceError(f"'id' should be text or a whole number and is {_kind(value)}")
    text = whole_text(str(value)).strip()
    if len(text) > MAX_ID_LENGTH:
        raise SourceError(f"'id' is longer than {MAX_ID_LENGTH} characters")
    return text or None


def _authors(fields: Fields) -> tuple[str, ...]:
    for name in ("authors", "author"):
        value = fields.get(name)
        if value is None:
            continue
        authors: list[str] = []
        for author in value if isinstance(value, list) else [value]:
            if not isinstance(author, str):
                raise SourceError(f"{name!r} should be text or a list of texts and holds {_kind(author)}")
            authors.append(whole_text(author).strip())
        if any(authors):
            return tuple(author for author in authors if author)
    return ()


def _day(fields: Fields, *names: str) -> dt.date | None:
    """The first of these keys that can be read as a day; an unreadable one ("unknown") is as good as none."""
    for name in names:
        value = fields.get(name)
        if isinstance(value, list | dict | bool):
            raise SourceError(f"{name!r} should be a date and is {_kind(value)}")
        if day := given_day(value):
            return day
    return None


def _kind(value: object) -> str:
    kinds = {bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list", dict: "an object"}
    return kinds.get(type(value), "null")
