"""Files that a browser sent: taken out of the page's upload folder at once, under names of our own."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ingest.document import Document, Failure, Found
from ingest.sources import find, kind_of_file
from ui.web.guard import UPLOAD_FILE_BYTES

NAME_CHARACTERS = 150
"""Longest name of a file that is kept whole; the beginning goes first, the suffix says what it is."""


@dataclass(frozen=True)
class Arrived:
    """An uploaded file: where it lies now, and its own name."""

    path: Path
    name: str


def take(files: Sequence[Any], folder: Path) -> tuple[Arrived, ...]:
    """Moves uploaded files into `folder`, numbered. One that is gone meanwhile is told of when it is read.

    Args:
        files: what Gradio says of each: `path` in its upload folder, `orig_name` as the reader's machine called it.
    """
    return tuple(_taken(Path(file["path"]), _name(file), folder, number) for number, file in enumerate(files))


def throw_away(files: Sequence[Any]) -> None:
    """Removes uploaded files that nobody will read."""
    for file in files:
        _clear(Path(file["path"]))


def read(arrived: Arrived, known: Collection[str]) -> Iterator[Found]:
    """What is in a file, with its own name as the source.

    Another file of that name may have been added before, by somebody else: neither replaces the other, so the second
    one's name is followed by some digits of its content.
    """
    if not arrived.path.is_file():
        yield Failure(arrived.name, "It did not arrive whole; choose it again.", arrived.name)
        return
    if arrived.path.stat().st_size > UPLOAD_FILE_BYTES:
        reason = f"It is larger than {UPLOAD_FILE_BYTES // 1_000_000} MB; split it, or use 'dateline ingest'."
        yield Failure(arrived.name, reason, arrived.name)
        return
    source = arrived.name
    if any(other == source or other.startswith(f"{source}#") for other in known):
        source = f"{source} ({hashlib.sha256(arrived.path.read_bytes()).hexdigest()[:6]})"
    for found in find([str(arrived.path)]):
        yield _named(found, str(arrived.path), source)


def _named(found: Found, path: str, source: str) -> Found:
    """The same with the file's own name wherever its place on this machine stood."""
    own = found.source.replace(path, source, 1)
    if isinstance(found, Document):
        return replace(found, source=own)
    if isinstance(found, Failure):
        return Failure(own, found.reason.replace(path, source), found.origin.replace(path, source, 1))
    return replace(found, source=own, reason=found.reason.replace(path, source))


def _name(file: Any) -> str:
    """The last part of the name, printable, not too long."""
    given = str(file.get("orig_name") or Path(file["path"]).name).encode("utf-8", "replace").decode()
    last = given.replace("\\", "/").rpartition("/")[2]
    printable = "".join(character for character in last if character.isprintable()).strip()
    return printable[-NAME_CHARACTERS:] or "file"


def _taken(path: Path, name: str, folder: Path, number: int) -> Arrived:
    # Its suffix is all that reading needs of a name.
    place = folder / f"{number}{kind_of_file(name) or ''}"
    with contextlib.suppress(OSError):
        shutil.move(path, place)
    _clear(path)
    return Arrived(place, name)


def _clear(path: Path) -> None:
    """Gradio gives each file a folder of its own."""
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
        path.parent.rmdir()
