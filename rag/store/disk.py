"""The few things that must be right on disk: the writer's lock, atomic writes, and reporting a full disk as such."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from rag.config import Address
from rag.errors import LibraryLocked, LibraryReadOnly, StorageFull

_SQLITE_FULL = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR_WRITE,  # SQLite's error for a file-size limit
    sqlite3.SQLITE_IOERR_TRUNCATE,
    sqlite3.SQLITE_IOERR_SHMSIZE,
}

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EROFS, errno.EACCES, errno.EPERM}
CANNOT_WRITE = _FULL | _FORBIDDEN
"""System error numbers that mean a file cannot be written here."""
ROOM_BYTES = 4_000_000
"""With less than this free, a disk counts as full if an engine fails without a clear reason."""
FULL = "The disk is full (or a file-size limit was reached); what was stored before is safe. Free some space and run the same command again."


@contextlib.contextmanager
def writers_lock(folder: Path, wait_seconds: float) -> Iterator[None]:
    """Holds `folder/lock` so that one process writes at a time; released by the system if the process dies.

    Raises `LibraryLocked` if another process, named in the message, still holds it after `wait_seconds`.
    """
    path = folder / "lock"
    with storage_errors():
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _acquire(descriptor, wait_seconds)
        os.ftruncate(descriptor, 0)
        with contextlib.suppress(OSError):  # a note for the other writer; a full disk must not prevent a removal
            os.pwrite(descriptor, f"process {os.getpid()} since {time.strftime('%H:%M:%S')}".encode(), 0)
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def alone_in(address: Address, wait_seconds: float) -> Iterator[None]:
    """Holds the lock of a library's folder, creating the folder if needed; a database has its own locks."""
    if not isinstance(address, Path):
        yield
        return
    try:
        with storage_errors():
            address.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or "it is no folder").lower()
        raise LibraryReadOnly(f"No library can be made at '{address}' ({reason}); name another folder.") from error
    with writers_lock(address, wait_seconds):
        yield


def _acquire(descriptor: int, wait_seconds: float) -> None:
    deadline = time.monotonic() + wait_seconds
    while True:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        if time.monotonic() >= deadline:
            holder = os.pread(descriptor, 200, 0).decode("ascii", "replace").strip() or "another process"
            raise LibraryLocked(f"The library is being written by {holder}; wait until it is done and run this again.")
        time.sleep(0.05)


@contextlib.contextmanager
def storage_errors() -> Iterator[None]:
    """Turns "disk full" and "read-only" errors of Python and SQLite into `StorageFull` and `LibraryReadOnly`."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        if isinstance(error, OSError):
            full, forbidden = error.errno in _FULL, error.errno in _FORBIDDEN
        else:
            full = error.sqlite_errorcode in _SQLITE_FULL
            forbidden = error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}
        if full:
            raise StorageFull(FULL) from error
        if forbidden:
            raise LibraryReadOnly("The library cannot be written here: the folder is read-only.") from error
        raise


def refuse_full_disk(folder: Path) -> None:
    """Raises `StorageFull` if `ROOM_BYTES` do not fit into `folder`."""
    with storage_errors(), tempfile.TemporaryFile(dir=folder) as file:
        os.posix_fallocate(file.fileno(), 0, ROOM_BYTES)


def write_atomically(path: Path, content: bytes) -> None:
    """Replaces the file atomically: a reader sees the old or the new content, even after a power cut."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with storage_errors():
        try:
            with temporary.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Makes renames and new files in `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def copy_folder(source: Path, target: Path) -> None:
    """Copies all files, stopping at the first failure with the system's own error (`shutil.copytree` hides it)."""
    with storage_errors():
        target.mkdir(parents=True)
        for path in sorted(source.rglob("*")):
            copy = target / path.relative_to(source)
            if path.is_dir():
                copy.mkdir()
            else:
                shutil.copyfile(path, copy)
