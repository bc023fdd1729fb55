"""Web archives (.warc, .warc.gz): the pages in them, as sent to a crawler or a browser."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from warcio.archiveiterator import WARCIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParserException

from ingest.addresses import canonical_url, read_address
from ingest.document import Document, Failure, Found, Metadata, Skipped
from ingest.fetch import Fetched, content_type, decompressed
from ingest.jsonl import open_plain
from ingest.normalise import MAX_CONTENT_BYTES, is_utf8
from ingest.web import MEDIA_OF_TYPE, page_document
from rag.errors import SourceError

MAX_UNPACKED_BYTES = 20_000_000_000  # a large crawl's archive has 5 GB
MAX_LINE_BYTES = 32_000_000
_BROKEN = (
    *(ArchiveLoadFailed, StatusAndHeadersParserException),
    *(EOFError, zlib.error, OSError, ValueError, LookupError, TypeError, AttributeError),
)
_UNREADABLE = "This page of the archive is damaged, too large, or packed in a way that is not read."


class _Bounded:
    """Input for warcio: decompressed by the standard library, and never more than allowed."""

    def __init__(self, file: Any, total_limit: int) -> None:
        self._file, self._most, self._line, self._place = file, total_limit, 0, 0
        self.end = b""  # the last bytes read

    def tell(self) -> int:
        return self._place

    def read(self, size: int) -> bytes:
        """The next bytes. Raises `SourceError` beyond the limits, and whatever `gzip` raises."""
        piece: bytes = self._file.read1(size)  # not `read`: if gzip breaks off, it loses what came before
        self._place += len(piece)
        self.end = (self.end + piece)[-4:]
        last = piece.rfind(b"\n")
        self._line = self._line + len(piece) if last < 0 else len(piece) - last
        if self._place > self._most or self._line > MAX_LINE_BYTES:  # warcio would hold a line of any length
            raise SourceError("Reading stopped: the archive is larger than what is read at once; split it.")
        return piece


def read_warc(path: Path, source: str, *, total_limit: int = MAX_UNPACKED_BYTES) -> Iterator[Found]:
    """The pages of an archive, in order, each with the source `source#address`; anything else in it is counted. Their
    address is the one requested. Raises `OSError`, and `SourceError` if it is damaged or no archive."""
    pages: dict[str, int] = {}
    others = 0
    with open_plain(path) as file:
        bounded = _Bounded(file, total_limit)
        records = WARCIterator(bounded)
        records.INC_RECORD = ""  # suppresses output to the terminal for a record of the wrong length
        try:
            for record in records:
                address = _page_address(record)
                if address is None:
                    others += record.rec_type == "response"
                    continue
                pages[address] = pages.get(address, 0) + 1
                own = address if pages[address] == 1 else f"{address} ({pages[address]})"
                yield _page(record, address, f"{source}#{own}")
            if not bounded.end.endswith(b"\n\r\n"):  # what ends every record; warcio does not report half a header
                raise EOFError
        except _BROKEN as error:
            where = f"at or after {next(reversed(pages))}" if pages else "before the first page"
            raise SourceError(f"Reading stopped {where}: the archive is damaged or cut off there.") from error
    if not pages:
        raise SourceError("There is no page in this archive.")
    if others:
        yield Skipped(source, f"{others:,} of its answers are no pages (pictures, scripts, redirections, errors).")


def _page_address(record: Any) -> str | None:
    """The address of a page; None for any other record."""
    address: str = record.rec_headers.get_header("WARC-Target-URI") or ""
    address = address.strip("<>")
    if record.rec_type not in ("response", "resource") or canonical_url(address) is None:
        return None
    headers = record.http_headers
    if record.rec_type == "response" and (headers is None or headers.get_statuscode() != "200"):
        return None
    return address if _kind(record)[0] in MEDIA_OF_TYPE else None


def _kind(record: Any) -> tuple[str, str | None]:
    headers = record.http_headers or record.rec_headers
    return content_type((headers.get_header("Content-Type") or "").encode("latin-1", "replace"))


def _page(record: Any, address: str, source: str) -> Document | Failure:
    try:
        return page_document(_fetched(record, address), source, Metadata())
    except SourceError:
        return Failure(source, _UNREADABLE, source)


def _fetched(record: Any, address: str) -> Fetched:
    headers, stream = record.http_headers, record.raw_stream
    packing = ""
    if headers is not None:
        packing = headers.get_header("Content-Encoding") or ""
        if (headers.get_header("Transfer-Encoding") or "").lower() == "chunked":
            stream = ChunkedDataReader(stream)
    content = stream.read(MAX_CONTENT_BYTES)
    if len(content) >= MAX_CONTENT_BYTES:
        raise SourceError("too large")
    if record.raw_stream.limit > 0 and not record.raw_stream.read(1):
        raise EOFError
    if content.startswith(b"\x1f\x8b"):
        packing = "gzip"
    elif is_utf8(content) or b"<" in content[:1_024]:
        packing = ""  # many crawlers store decompressed content under the original headers
    content = decompressed([content], packing.encode("latin-1", "replace"), MAX_CONTENT_BYTES, read_address(address))
    return Fetched(address, content, *_kind(record))
