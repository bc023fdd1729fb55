"""Turns what a user names (files, folders, JSONL, feeds, web addresses) into documents, one by one."""

from __future__ import annotations

import contextlib
import os
import re
import stat
import zlib
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from pkgutil import resolve_name

from ingest.document import Document, Failure, Fetch, Found, Media, Skipped
from ingest.jsonl import open_plain
from ingest.web import find_web, usual_fetch
from rag.errors import SourceError

MAX_FILE_BYTES = 50_000_000

MEDIA_OF_SUFFIX: dict[str, Media] = {
    ".txt": "text", ".text": "text", ".md": "markdown", ".markdown": "markdown", ".html": "html", ".htm": "html",
    ".xhtml": "html", ".mhtml": "mail", ".mht": "mail", ".pdf": "pdf", ".docx": "docx", ".eml": "mail",
}  # fmt: skip
# Readers, imported only for their kind of file: those that stream one, because it may be larger than memory,
_STREAMS = {
    **dict.fromkeys((".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz"), "ingest.jsonl:read_jsonl"),
    **dict.fromkeys((".csv", ".tsv", ".csv.gz", ".tsv.gz"), "ingest.rows:read_table"),
    **dict.fromkeys((".warc", ".warc.gz"), "ingest.warc:read_warc"),
    ".mbox": "ingest.mail:read_mailbox",
}
# and readers of a file with many articles that fits into memory.
_WHOLE = {
    **dict.fromkeys((".xml", ".rss", ".atom"), "ingest.feeds:read_feed_file"),
    **{".json": "ingest.rows:read_list", ".epub": "ingest.epub:read_epub"},
}
_COUNTED = ("ingest.jsonl:read_jsonl", "ingest.rows:read_table")  # about one article per line
COLLECTION_SUFFIXES = (*_STREAMS, *_WHOLE)  # of files that hold many articles, each with its own source, `path#id`
KINDS = ".txt .md .html .mhtml .pdf .docx .epub .eml .mbox .jsonl .json .csv .tsv .warc .xml .rss .atom"
_NOT_ARTICLES = frozenset({"readme", "license", "licence", "copying"})  # files about their folder
# What browsers call the folder beside a saved page: "Title_files", and the same in other languages.
_PARTS_OF_PAGE = re.compile(
    r"(.+)(?:_(?:files|fichiers|bestanden|file|archivos|ficheros|arquivos|ficheiros|pliki|soubory|tiedostot|fitxers|dosyalar)"
    r"|-(?:Dateien|filer))",
    re.IGNORECASE,
)
_LIBRARY = "A library of Dateline; keep articles in another folder than the library."
_LEADS_OUT = "A link that leads out of the folder is not followed; name what it points to instead."
_PIECE_BYTES = 1_000_000
_ADDRESS = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*)://")


def find(arguments: Sequence[str], *, allow_private: bool = False, fetch: Fetch | None = None) -> Iterator[Found]:
    """Everything the arguments name, in order; folders sorted by name, files before folders, no hidden files.

    An argument is a file, a folder, or an http(s) address of a page or a feed. The source of a file is its absolute
    path, of one article in a file `path#id`, of a page its address. `fetch` replaces how addresses are fetched;
    `allow_private` allows the default one to read addresses on one's own network. Nothing is raised for what is found.
    """
    for argument in arguments:
        if _ADDRESS.match(argument):
            yield from find_web(argument.strip(), fetch or usual_fetch(allow_private))
        else:
            yield from _find_local(argument)


def covers(argument: str, source: str) -> bool:
    """Whether a stored source belongs under an argument of `find` by its name, and so is gone if not found again. Not
    the articles of a feed on the web: it lists the last few dozen, and what it no longer lists is not gone."""
    if _ADDRESS.match(argument):
        return re.fullmatch(rf"{re.escape(argument.strip())}(?:#\d{{4}}-\d\d-\d\d)?", source) is not None
    path = _source_of(argument)
    if source == path or source.startswith(path.rstrip(os.sep) + os.sep):
        return True
    parted = (*COLLECTION_SUFFIXES, ".html", ".htm")  # a page may be a live blog, one article per day
    return path.lower().endswith(parted) and source.startswith(f"{path}#")


def collection_of(source: str) -> str | None:
    """The file or feed that an article's source belongs to; None for a separate one."""
    before = [source[: mark.start()] for mark in re.finditer("#", source)]
    kept = (part for part in before if _ADDRESS.match(part) or part.lower().endswith(COLLECTION_SUFFIXES))
    return next(kept, None)


def _find_local(argument: str) -> Iterator[Found]:
    source = _source_of(argument)
    if not argument:
        yield Failure("", "An empty name was given; name a file, a folder or an address.", "")
        return
    try:
        # The user named this very path, so a link is followed here; links inside a folder are not.
        path = os.path.abspath(argument)
        mode = os.stat(path).st_mode
    except (OSError, ValueError) as error:
        yield Failure(source, _why(error), source)
        return
    if stat.S_ISDIR(mode):
        yield from _find_in_folder(path)
    elif kind_of_file(path) is None:
        yield Failure(source, f"This is not a kind of file that is read; give one of {KINDS}.", source)
    else:
        for place, found in enumerate(_read_file(path)):
            # Named explicitly, so it is a failure if it holds no articles at all.
            yield Failure(source, found.reason, source) if place == 0 and isinstance(found, Skipped) else found


def parts_of_page(folder: str, beside: Collection[str]) -> bool:
    """Whether a folder holds the pictures, scripts and frames of a page saved beside it."""
    match = _PARTS_OF_PAGE.fullmatch(folder)
    return match is not None and any(f"{match[1]}{suffix}" in beside for suffix in (".html", ".htm", ".xhtml"))


def _find_in_folder(root: str) -> Iterator[Found]:
    real_root = os.path.realpath(root)
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as scan:
                entries = sorted((one for one in scan if not one.name.startswith(".")), key=lambda one: one.name)
            folders = {entry.path: None for entry in entries if entry.is_dir(follow_symlinks=False)}
        except OSError as error:
            yield Failure(_source_of(folder), _why(error), _source_of(folder))
            continue
        names = {entry.name for entry in entries}
        if "catalog.sqlite" in names:
            # Perhaps the very one being written; if it was named, somebody took it for their articles.
            source = _source_of(folder)
            yield Failure(source, _LIBRARY, source) if folder == root else Skipped(source, _LIBRARY)
            continue
        parts = [path for path in folders if parts_of_page(os.path.basename(path), names)]
        waiting.extend(path for path in reversed(folders) if path not in parts)
        for path in parts:
            yield Skipped(_source_of(path), "The pictures and frames of a saved page, no articles.")
        for entry in entries:
            if entry.path not in folders:
                yield from _find_file(entry, real_root)


def _find_file(entry: os.DirEntry[str], real_root: str) -> Iterator[Found]:
    """One entry of a folder that is not a folder. A link's target is either found on its own, or not in there."""
    source = _source_of(entry.path)
    if entry.is_symlink():
        if os.path.commonpath([real_root, os.path.realpath(entry.path)]) == real_root:
            yield Skipped(source, "A link to something in the same folder.")
        else:
            yield Failure(source, _LEADS_OUT, source)
    elif not entry.is_file(follow_symlinks=False):
        yield Skipped(source, "Not a regular file (a pipe, socket or device).")
    elif kind_of_file(entry.path) is None:
        yield Skipped(source, "Not a kind of article file.")
    elif entry.name.partition(".")[0].lower() in _NOT_ARTICLES:
        yield Skipped(source, "It describes the folder and is not an article.")
    else:
        yield from _read_file(entry.path, follow=False)


def kind_of_file(path: str) -> str | None:
    """The suffix that says what a file is; None if it is not a known one."""
    name = os.path.basename(path).lower()
    known = (*MEDIA_OF_SUFFIX, *COLLECTION_SUFFIXES)
    return next((suffix for suffix in known if name.endswith(suffix)), None)


def estimate(arguments: Sequence[str]) -> int:
    """Estimates the number of articles before reading: a readable file counts one, JSONL files and tables count their
    lines, addresses one (a feed may hold more). Anything unreadable counts nothing."""
    return sum(1 if "://" in argument else sum(map(_count, _files(argument))) for argument in arguments)


def _files(argument: str) -> Iterator[str]:
    if not os.path.isdir(argument):
        yield argument
    for folder, folders, names in os.walk(argument):
        folders[:] = [inside for inside in folders if not parts_of_page(inside, names)]
        yield from (os.path.join(folder, name) for name in names if "catalog.sqlite" not in names)


def _count(path: str) -> int:
    kind, lines = kind_of_file(path), 0
    if kind is None or not os.path.isfile(path):
        return 0
    if _STREAMS.get(kind) not in _COUNTED:
        return 1
    with contextlib.suppress(OSError, EOFError, zlib.error), open_plain(Path(path)) as file:
        while piece := file.read(_PIECE_BYTES):
            lines += piece.count(b"\n")
    return lines


def _read_file(path: str, *, follow: bool = True) -> Iterator[Found]:
    source, suffix = _source_of(path), kind_of_file(path) or ""
    try:
        if reader := _STREAMS.get(suffix):
            if not stat.S_ISREG(os.stat(path, follow_symlinks=follow).st_mode):
                raise SourceError("This is not a regular file.")
            yield from resolve_name(reader)(Path(path), source)
            return
        content = _read_bytes(path, follow=follow)
        if suffix in MEDIA_OF_SUFFIX:
            yield Document(source, content, MEDIA_OF_SUFFIX[suffix])
        else:
            yield from resolve_name(_WHOLE[suffix])(content, source)
    except (OSError, SourceError) as error:
        yield Failure(source, _why(error), source)


def _read_bytes(path: str, *, follow: bool) -> bytes:
    """The whole of a regular file. Raises `OSError`, and `SourceError` if it is too large or not a file."""
    # Non-blocking, so that a pipe put in a file's place in the meantime cannot hold everything up.
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if follow else os.O_NOFOLLOW)
    with os.fdopen(os.open(path, flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise SourceError("This is not a regular file.")
        content = file.read(MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        raise SourceError(f"The file is larger than {MAX_FILE_BYTES // 1_000_000} MB, which no article is; split it.")
    return content


def _source_of(path: str) -> str:
    """The absolute path as a storable key: non-UTF-8 bytes in a name are escaped."""
    try:
        absolute = os.path.abspath(path)
    except ValueError:
        absolute = path
    return absolute.encode("utf-8", "backslashreplace").decode("utf-8")


def _why(error: OSError | ValueError | SourceError) -> str:
    """The reason in words for the user, without the path, which is shown beside it anyway."""
    if isinstance(error, SourceError):
        return str(error)
    if isinstance(error, FileNotFoundError):
        return "There is no such file or folder; check the name."
    if isinstance(error, PermissionError):
        return "It may not be read; give yourself permission to read it."
    if isinstance(error, OSError):
        return f"It cannot be read ({(error.strerror or 'unknown reason').lower()})."
    return "This name cannot be a file; check how it is written."
