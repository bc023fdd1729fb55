"""About how many articles there are, before any is read: for the time left."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Sequence

from ingest.sources import JSONL_SUFFIXES, TABLE_SUFFIXES, kind_of_file, parts_of_page

_PIECE_BYTES = 1_000_000


def estimate(arguments: Sequence[str]) -> int:
    """Files of a kind that is read count one, JSONL files and tables their lines, addresses one (a feed may hold more).

    What cannot be read counts nothing; it is named later, when it is its turn.
    """
    return sum(_count(argument) for argument in arguments)


def _count(argument: str) -> int:
    if "://" in argument:
        return 1
    if not os.path.isdir(argument):
        return _count_file(argument)
    count = 0
    for folder, folders, names in os.walk(argument):
        folders[:] = [inside for inside in folders if not parts_of_page(inside, names)]
        if "catalog.sqlite" not in names:
            count += sum(_count_file(os.path.join(folder, name)) for name in names)
    return count


def _count_file(path: str) -> int:
    kind = kind_of_file(path)
    if kind is None or not os.path.isfile(path):
        return 0
    if kind not in (*JSONL_SUFFIXES, *TABLE_SUFFIXES):
        return 1
    lines = 0
    try:
        with gzip.open(path, "rb") if kind.endswith(".gz") else open(path, "rb") as file:
            while piece := file.read(_PIECE_BYTES):
                lines += piece.count(b"\n")
    except (OSError, EOFError, zlib.error):
        return lines
    return lines
