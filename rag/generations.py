"""Generations of the index: published by an atomic swap, opened as a private copy, checked byte by byte.

    index/CURRENT       name of the live generation, replaced atomically
    index/gen-000042/   chroma/, lexical/, passages.npy, manifest.json: never written again

A reader copies a generation before it opens it. Chroma writes into a folder that it only reads from, Tantivy
maps its files into memory, and damage to either kills the process; a private copy whose checksums were right
can neither change nor be damaged underneath, and works for a library on a read-only disk too.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from rag import index
from rag.catalog import Catalog, Numbers
from rag.disk import CANNOT_WRITE, refuse_full_disk, storage_errors, write_atomically
from rag.errors import IndexUnavailable
from rag.passage_feed import indexed_passages

VERIFY_SECONDS = 120
REBUILD_SHARE = 0.1
"""More changes than this share of the passages, and building anew is quicker than replaying them at each opening."""
ENGINES = ("chroma", "lexical")
_COPIES = ".copies"

Progress = Callable[[str, int, int], None]
"""Called with the name of the step, how many are done, and how many there are."""


@dataclass(frozen=True)
class GenerationManifest:
    """What a generation holds. `checksums` maps each file to its SHA-256."""

    passages: int
    highest_number: int
    replayed: int
    checksums: dict[str, str]


@dataclass(frozen=True)
class Published:
    """What a publish did."""

    name: str
    added: int
    removed: int
    rebuilt: bool


class Generation:
    """A private, verified copy of one generation, with both engines open.

    Either engine may be None when it could not be opened; `problems` says why.
    """

    def __init__(self, source: Path, copies: Path) -> None:
        self.name = source.name
        self.dense: index.DenseIndex | None = None
        self.lexical: index.LexicalIndex | None = None
        manifest = read_manifest(source)
        self.highest_number = manifest.highest_number
        self.passages = manifest.passages
        folder, self.problems = _copy(source, copies, manifest)
        self._finalizer = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        for engine in ENGINES:
            if (folder / engine).is_dir():
                try:
                    self._open(engine, folder)
                except IndexUnavailable as error:
                    self.problems.append(str(error))
        if self.dense is None and self.lexical is None:
            self._finalizer()
            raise IndexUnavailable(" ".join(self.problems))

    def _open(self, engine: str, folder: Path) -> None:
        if engine == "lexical":
            self.lexical = index.LexicalIndex(folder / "lexical")
        else:
            dense = index.DenseIndex(folder / "chroma")
            self.dense = dense
            # Registered later than the removal of the folder, so called before it.
            weakref.finalize(self, dense.close)

    def close(self) -> None:
        """Gives up the copy now; it goes by itself when nobody uses it any more."""
        if self.dense is not None:
            self.dense.close()
        self._finalizer()


def current(library: Path) -> str | None:
    """Name of the live generation; None when nothing was published or its folder is gone."""
    try:
        name = (library / "index" / "CURRENT").read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return name if name.startswith("gen-") and "/" not in name and (library / "index" / name).is_dir() else None


def open_current(library: Path) -> Generation:
    """The live generation.

    Raises:
        IndexUnavailable: there is none, or it is damaged.
    """
    while True:
        name = current(library)
        if name is None:
            raise IndexUnavailable("The index is missing; run 'dateline rebuild'.")
        try:
            generation = Generation(library / "index" / name, library / _COPIES)
        except IndexUnavailable:
            if current(library) == name:
                raise
        else:
            if not generation.problems or current(library) == name:
                return generation
            generation.close()
        # A newer one took its place, and its files went, while they were being copied.


def publish(library: Path, catalog: Catalog, progress: Progress, anew: bool = False) -> Published | None:
    """Makes a generation of what is in the catalog now, checks it in a fresh process, and swaps it in.

    The caller holds the writer's lock. Returns None when the live generation is up to date.

    Raises:
        StorageFull: no space; the old generation stays.
        IndexUnavailable: the new generation did not pass its check; the old one stays.
    """
    folder = library / "index"
    live = catalog.numbers()
    name = current(library)
    base = None if anew or name is None else _usable_base(folder / name)
    known, replayed = base or (np.zeros(0, dtype=np.int64), 0)
    added, removed = np.setdiff1d(live, known), np.setdiff1d(known, live)
    with storage_errors():
        folder.mkdir(exist_ok=True)
        # What a killed publish left goes now, also where nothing is left to do: it may be as large as the library.
        _remove_unreferenced(folder, name)
    if base and not len(added) and not len(removed):
        return None
    rebuilt = base is None or replayed + len(added) + len(removed) > max(REBUILD_SHARE * len(live), 10)
    if rebuilt:
        added, removed, replayed = live, np.zeros(0, dtype=np.int64), 0
    with storage_errors():
        new = folder / _next_name(folder)
        with _removed_unless_live(library, new):
            new.mkdir()
            if not rebuilt and name:
                index.copy_index(folder / name, new)
            _fill(new, catalog, added, removed, progress)
            _seal(new, live, 0 if rebuilt else replayed + len(added) + len(removed))
            progress("check", 0, 1)
            verify_in_fresh_process(library, new)
            write_atomically(folder / "CURRENT", new.name.encode())
        _remove_unreferenced(folder, new.name)
    return Published(new.name, len(added), len(removed), rebuilt)


@contextlib.contextmanager
def _removed_unless_live(library: Path, new: Path) -> Iterator[None]:
    try:
        yield
    except BaseException as error:
        try:
            if isinstance(error, IndexUnavailable):
                refuse_full_disk(new)  # the engines do not always say what they failed of
        finally:
            if current(library) != new.name:
                shutil.rmtree(new, ignore_errors=True)
        raise


def read_manifest(folder: Path) -> GenerationManifest:
    """The manifest of a generation.

    Raises:
        IndexUnavailable: it is missing or not readable.
    """
    try:
        return GenerationManifest(**json.loads((folder / "manifest.json").read_bytes()))
    except (OSError, ValueError, TypeError) as error:
        raise IndexUnavailable("The index is damaged (its manifest cannot be read); run 'dateline rebuild'.") from error


def damaged_files(folder: Path) -> list[str]:
    """Names of the files of a generation that are missing or changed."""
    manifest = read_manifest(folder)
    return [name for name, wanted in manifest.checksums.items() if _checksum(folder / name) != wanted]


def _usable_base(folder: Path) -> tuple[Numbers, int] | None:
    try:
        if damaged_files(folder):
            return None
        manifest = read_manifest(folder)
        return np.load(folder / "passages.npy", allow_pickle=False), manifest.replayed
    except (IndexUnavailable, OSError, ValueError):
        return None


def _fill(new: Path, catalog: Catalog, added: Numbers, removed: Numbers, progress: Progress) -> None:
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        progress("publish", done, len(added))

    progress("publish", 0, len(added))
    index.build(new, indexed_passages(catalog, added), catalog.vectors, removed.tolist(), len(added), advance)


def _seal(new: Path, live: Numbers, replayed: int) -> None:
    np.save(new / "passages.npy", live, allow_pickle=False)
    files = sorted(path for path in new.rglob("*") if path.is_file())
    manifest = GenerationManifest(
        passages=len(live),
        highest_number=int(live[-1]) if len(live) else 0,
        replayed=replayed,
        checksums={str(path.relative_to(new)): _checksum(path) or "" for path in files},
    )
    write_atomically(new / "manifest.json", json.dumps(asdict(manifest)).encode())


def verify_in_fresh_process(library: Path, folder: Path) -> None:
    """Asks the generation a sample of questions in a process of its own, which damage may take down.

    Raises:
        IndexUnavailable: it does not answer, or wrongly.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", "rag.selfcheck", str(library), folder.name],
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


def _copy(source: Path, copies: Path, manifest: GenerationManifest) -> tuple[Path, list[str]]:
    """A private folder with the engines that are whole, and what is wrong with the others.

    It lies on the library's disk, or in the system's temporary folder where that is read-only or full.
    """
    for parent in (copies, Path(tempfile.gettempdir()) / f"dateline-{os.getuid()}"):
        folder = None
        try:
            folder = _make_copy_folder(parent)
            problems = [_copy_checked(source, folder, engine, manifest) for engine in ENGINES]
            return folder, [problem for problem in problems if problem]
        except OSError as error:
            reason = error.strerror
            if folder:
                shutil.rmtree(folder, ignore_errors=True)
    raise IndexUnavailable(f"There is no room for a reader's copy of the index ({reason}).")


def _copy_checked(source: Path, folder: Path, engine: str, manifest: GenerationManifest) -> str | None:
    """Copies one engine; when it is not whole, no copy is left, and what is wrong with it is returned."""
    for name, wanted in manifest.checksums.items():
        if Path(name).parts[0] != engine:
            continue
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(source / name, target)
            whole = _checksum(target) == wanted
        except OSError as error:
            if error.errno in CANNOT_WRITE:
                raise
            whole = False
        if not whole:
            shutil.rmtree(folder / engine, ignore_errors=True)
            side = "dense" if engine == "chroma" else "lexical"
            return f"The {side} index is damaged; run 'dateline rebuild'."
    return None


def _checksum(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def _make_copy_folder(parent: Path) -> Path:
    parent.mkdir(mode=0o700, exist_ok=True)
    _remove_copies_of_the_dead(parent)
    return Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=parent))


def _remove_copies_of_the_dead(parent: Path) -> None:
    for path in _folders(parent):
        owner = path.name.split("-", 1)[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            shutil.rmtree(path, ignore_errors=True)


def _folders(parent: Path) -> Iterator[Path]:
    yield from (path for path in parent.iterdir() if path.is_dir())


def sample_of(numbers: Numbers, most: int) -> Sequence[int]:
    """At most `most` numbers, evenly spread."""
    step = max(len(numbers) // most, 1)
    return [int(number) for number in numbers[::step][:most]]
