"""Generations of the index as readers see them: opened as a private copy, checked byte by byte.

Chroma writes into a folder even when only reading, Tantivy maps its files into memory, and damage to either kills the
process; a private copy with verified checksums cannot change or be damaged underneath the reader, and also works for a
library on a read-only disk.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import weakref
from pathlib import Path

from pydantic import ConfigDict

from rag.config import Address, cache_folder
from rag.errors import IndexUnavailable
from rag.models import sha256_of
from rag.store.disk import CANNOT_WRITE, storage_errors
from rag.store.index import DENSE, ENGINES, LEXICAL, DenseIndex, LexicalIndex
from rag.types import Value


class GenerationManifest(Value):
    """What a generation holds. `checksums` maps each file to its SHA-256."""

    model_config = ConfigDict(extra="ignore")

    passages: int
    highest_number: int
    replayed: int
    checksums: dict[str, str]
    words: str = ""
    """How its words were made (`stems.WORDS_VERSION`); empty in generations older than this field."""

    @property
    def engines(self) -> tuple[str, ...]:
        """The engines it has files for."""
        folders = {Path(name).parts[0] for name in self.checksums}
        return tuple(engine for engine in ENGINES if engine in folders)


class Generation:
    """A private, verified copy of one generation; `problems` says which engines could not be opened, and why."""

    def __init__(self, source: Path) -> None:
        self.name = source.name
        self.dense: DenseIndex | None = None
        self.lexical: LexicalIndex | None = None
        manifest = read_manifest(source)
        self.highest_number, self.passages = manifest.highest_number, manifest.passages
        folder, self.problems = _copy(source, manifest)
        self._finalizer = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        for engine in ENGINES:
            if (folder / engine).is_dir():
                try:
                    if engine == LEXICAL:
                        self.lexical = LexicalIndex(folder / engine)
                    else:
                        self.dense = DenseIndex(folder / engine, self.highest_number)
                        # Registered after the folder's removal, so called before it.
                        weakref.finalize(self, self.dense.close)
                except IndexUnavailable as error:
                    self.problems.append(str(error))
        if self.dense is None and self.lexical is None:
            self._finalizer()
            raise IndexUnavailable(" ".join(self.problems))

    def close(self) -> None:
        """Releases the copy now; otherwise it goes when no longer used."""
        if self.dense is not None:
            self.dense.close()
        self._finalizer()


def index_folder(address: Address) -> Path:
    """Where a library's index is on this machine: beside its catalog, or in the user's cache for a shared one."""
    if isinstance(address, Path):
        return address
    folder = cache_folder() / "libraries" / hashlib.sha256(address.encode()).hexdigest()[:16]
    with storage_errors():
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def current(library: Path) -> str | None:
    """Name of the live generation; None if nothing was published or its folder is gone."""
    try:
        name = (library / "index" / "CURRENT").read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return name if name.startswith("gen-") and "/" not in name and (library / "index" / name).is_dir() else None


def forget(library: Path) -> None:
    """Makes no generation live: one that outlived its catalog holds another library's passages."""
    with storage_errors():
        (library / "index" / "CURRENT").unlink(missing_ok=True)


def open_current(library: Path) -> Generation:
    """The live generation. Raises `IndexUnavailable` if there is none, or it is damaged."""
    while name := current(library):
        try:
            generation = Generation(library / "index" / name)
            if not generation.problems or current(library) == name:
                return generation
            generation.close()
        except IndexUnavailable:
            if current(library) == name:
                raise
        # A newer one replaced it, and its files were removed, while they were being copied.
    raise IndexUnavailable("The index is missing; run 'dateline rebuild'.")


def read_manifest(folder: Path) -> GenerationManifest:
    """The manifest of a generation. Raises `IndexUnavailable`."""
    try:
        return GenerationManifest.model_validate_json((folder / "manifest.json").read_bytes())
    except (OSError, ValueError) as error:
        raise IndexUnavailable("The index is damaged (its manifest cannot be read); run 'dateline rebuild'.") from error


def damaged_files(folder: Path) -> list[str]:
    """Names of a generation's files that are missing or changed."""
    manifest = read_manifest(folder)
    return [name for name, wanted in manifest.checksums.items() if not _is_whole(folder / name, wanted)]


def _is_whole(path: Path, checksum: str) -> bool:
    try:
        return sha256_of(path) == checksum
    except OSError:
        return False


def _copy(source: Path, manifest: GenerationManifest) -> tuple[Path, list[str]]:
    """A private folder with the intact engines, and what is wrong with the others.

    It is on the library's disk, or in the system's temporary folder if that disk is read-only or full.
    """
    for parent in (source.parents[1] / ".copies", Path(tempfile.gettempdir()) / f"dateline-{os.getuid()}"):
        folder = None
        try:
            parent.mkdir(mode=0o700, exist_ok=True)
            _remove_copies_of_the_dead(parent)
            folder = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=parent))
            problems = [_copy_checked(source, folder, engine, manifest) for engine in ENGINES]
            return folder, [problem for problem in problems if problem]
        except OSError as error:
            reason = error.strerror
            if folder:
                shutil.rmtree(folder, ignore_errors=True)
    raise IndexUnavailable(f"There is no room for a reader's copy of the index ({reason}).")


def _copy_checked(source: Path, folder: Path, engine: str, manifest: GenerationManifest) -> str | None:
    """Copies one engine; if it is damaged, leaves no copy and returns what is wrong with it."""
    names = [name for name in manifest.checksums if Path(name).parts[0] == engine]
    try:
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, folder / name)
        if all(_is_whole(folder / name, manifest.checksums[name]) for name in names):
            return None
    except OSError as error:
        if error.errno in CANNOT_WRITE:
            raise
    shutil.rmtree(folder / engine, ignore_errors=True)
    return f"The {'dense' if engine == DENSE else 'lexical'} index is damaged; run 'dateline rebuild'."


def _remove_copies_of_the_dead(parent: Path) -> None:
    for path in parent.glob("*/"):
        owner = path.name.split("-", 1)[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            shutil.rmtree(path, ignore_errors=True)
