"""Reads one PDF in its own process: bytes on stdin, JSON on stdout.

Started by `ingest.pdf` as a script, so that it imports nothing but the standard library and pypdf. Its limits
hold whatever the file does: memory, processor time, no core file, no new files.
"""

from __future__ import annotations

import io
import json
import logging
import resource
import sys
from typing import Any

MEMORY_BYTES = 1_000_000_000
PROCESSOR_SECONDS = 20
MAX_PAGES = 2_000
MAX_CHARACTERS = 5_000_000


def main() -> None:
    """Writes {"pages": [...], "metadata": {...}} or {"error": kind}: encrypted, damaged, memory, too long."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    logging.disable(logging.CRITICAL)
    sys.stdout.write(json.dumps(read(sys.stdin.buffer.read())))
    sys.stdout.flush()


def read(content: bytes) -> dict[str, Any]:
    """The text of each page and the metadata of a PDF, or what is wrong with it."""
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            return {"error": "encrypted"}
        return _contents(reader)
    except (FileNotDecryptedError, DependencyError, NotImplementedError):
        return {"error": "encrypted"}
    except MemoryError:
        return {"error": "memory"}
    except (
        PyPdfError,
        RecursionError,
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
        ArithmeticError,
        AssertionError,
        OSError,
    ):
        return {"error": "damaged"}  # pypdf raises whatever a broken object led it to


def _contents(reader: Any) -> dict[str, Any]:
    pages: list[str] = []
    characters = 0
    for page in reader.pages:
        pages.append(page.extract_text())
        characters += len(pages[-1])
        if characters > MAX_CHARACTERS or len(pages) > MAX_PAGES:
            return {"error": "too long"}
    return {"pages": pages, "metadata": _metadata(reader)}


def _metadata(reader: Any) -> dict[str, str]:
    information = reader.metadata or {}
    fields = {"title": "/Title", "author": "/Author", "created": "/CreationDate"}
    found = {name: information.get(key) for name, key in fields.items()}
    return {name: str(value)[:500] for name, value in found.items() if isinstance(value, str) and value}


if __name__ == "__main__":
    main()
