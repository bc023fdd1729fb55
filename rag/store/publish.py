"""Publishing: a new generation of the index is made from the current catalog, checked, and swapped in."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from rag.errors import IndexUnavailable
from rag.models import sha256_of
from rag.store import index
from rag.store.catalog import Catalog, Numbers
from rag.store.disk import refuse_full_disk, storage_errors, write_atomically
from rag.store.engine import Address
from rag.store.generations import GenerationManifest, current, damaged_files, read_manifest
from rag.store.index import Progress
from rag.text.stems import WORDS_VERSION

VERIFY_SECONDS = 120
REBUILD_SHARE = 0.1
"""With more changes than this share of the passages, rebuilding is quicker than replaying them at each opening."""


def publish(
    library: Path, catalog: Catalog, progress: Progress, anew: bool = False, engines: Sequence[str] | None = None
) -> str | None:
    """Makes a generation from the current catalog, checks it in a fresh process, and swaps it in.

    `engines` default to those of the live one. The caller holds the writer's lock. Returns the name; None if the live
    one is up to date. Raises `StorageFull`, `IndexUnavailable`: the old one stays.
    """
    folder, name, manifest = library / "index", current(library), None
    live, nothing = catalog.numbers(), np.zeros(0, dtype=np.int64)
    if name:
        with contextlib.suppress(IndexUnavailable):
            manifest = read_manifest(folder / name)
    engines = engines or (manifest.engines if manifest else ()) or index.ENGINES
    base = None if anew or not manifest else _usable(folder / str(name), manifest, engines)
    known, replayed = (nothing, 0) if base is None or not manifest else (base, manifest.replayed)
    added, removed = np.setdiff1d(live, known), np.setdiff1d(known, live)
    changes = replayed + len(added) + len(removed)
    with storage_errors():
        folder.mkdir(exist_ok=True)
        # A killed publish's leftovers go now, even if there is nothing to do: they may be as large as the library.
        _remove_unreferenced(folder, name)
    if base is not None and changes == replayed:
        return None
    rebuilt = base is None or changes > max(REBUILD_SHARE * len(live), 10)
    if rebuilt:
        added, removed, changes = live, nothing, 0
    with storage_errors():
        new = folder / _next_name(folder)
        with _removed_unless_live(library, new):
            new.mkdir()
            if not rebuilt and name:
                index.copy_index(folder / name, new)
            index.build(new, catalog, added, removed, progress, engines)
            _seal(new, live, changes)
            progress("check", 0, 1)
            verify_in_fresh_process(catalog.address, new)
            write_atomically(folder / "CURRENT", new.name.encode())
        _remove_unreferenced(folder, new.name)
    return new.name


@contextlib.contextmanager
def _removed_unless_live(library: Path, new: Path) -> Iterator[None]:
    try:
        yield
    except BaseException as error:
        try:
            if isinstance(error, IndexUnavailable):
                refuse_full_disk(new)  # the engines do not always say why they failed
        finally:
            if current(library) != new.name:
                shutil.rmtree(new, ignore_errors=True)
        raise


def _usable(folder: Path, manifest: GenerationManifest, engines: Sequence[str]) -> Numbers | None:
    """Passage numbers of a generation that can be built on."""
    if manifest.words != WORDS_VERSION or manifest.engines != tuple(engines) or damaged_files(folder):
        return None
    numbers: Numbers = np.load(folder / "passages.npy", allow_pickle=False)  # intact, by its checksum
    return numbers


def _seal(new: Path, live: Numbers, replayed: int) -> None:
    np.save(new / "passages.npy", live, allow_pickle=False)
    files = sorted(path for path in new.rglob("*") if path.is_file())
    manifest = GenerationManifest(
        passages=len(live),
        highest_number=int(live[-1]) if len(live) else 0,
        replayed=replayed,
        words=WORDS_VERSION,
        checksums={str(path.relative_to(new)): sha256_of(path) for path in files},
    )
    write_atomically(new / "manifest.json", manifest.to_json().encode())


def verify_in_fresh_process(library: Address, folder: Path) -> None:
    """Asks the generation sample questions in a separate process, since damage may crash it. Raises `IndexUnavailable`."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "rag.store.selfcheck", str(folder)],
            env={**os.environ, "DATELINE_LIBRARY": str(library)},  # not as an argument: it may contain a password
            capture_output=True,
            text=True,
            timeout=VERIFY_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise IndexUnavailable(f"The index {folder.name} did not answer its check in time.") from error
    if done.returncode:
        why = done.stdout.strip() or done.stderr.strip()[-300:] or f"exit code {done.returncode}"
        raise IndexUnavailable(f"The index {folder.name} did not pass its check: {why}.")


def _remove_unreferenced(folder: Path, name: str | None) -> None:
    for path in folder.glob("gen-*"):
        if path.name != name:
            shutil.rmtree(path, ignore_errors=True)
    for path in folder.glob(".CURRENT.*"):
        path.unlink(missing_ok=True)


def _next_name(folder: Path) -> str:
    numbers = [int(path.name[4:]) for path in folder.glob("gen-*") if path.name[4:].isdigit()]
    with contextlib.suppress(OSError, ValueError):
        numbers.append(int((folder / "CURRENT").read_text(encoding="ascii").strip()[4:]))
    return f"gen-{max(numbers, default=0) + 1:06d}"
