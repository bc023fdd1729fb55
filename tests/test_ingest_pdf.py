"""PDF through its child process: what is read, and what a broken or hostile file can do (nothing)."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import sys
import time
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.document import Document, Extracted
from ingest.extract import extract
from ingest.pdf import paragraphs, read_pdf
from rag.errors import SourceError
from rag.types import DateSource

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits on a process are a matter of POSIX")


def make_pdf(
    pages: list[list[str]], information: str = "", filters: str = "", streams: list[bytes] | None = None
) -> bytes:
    """A PDF by hand: one text line per line. `streams` replaces the content of the pages."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{' '.join(f'{4 + 2 * n} 0 R' for n in range(len(pages)))}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, lines in enumerate(pages):
        shown = " ".join(f"({line}) Tj T*" for line in lines)
        stream = streams[number] if streams else f"BT /F1 11 Tf 14 TL 50 780 Td {shown} ET".encode("cp1252")
        resources = "/Resources << /Font << /F1 3 0 R >> >>" if lines or streams else ""
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] {resources} /Contents {5 + 2 * number} 0 R >>".encode()
        )
        objects.append(f"<< /Length {len(stream)} {filters} >>\nstream\n".encode() + stream + b"\nendstream")
    objects.append(f"<< {information} >>".encode())
    content, offsets = b"%PDF-1.4\n", []
    for number, entry in enumerate(objects, start=1):
        offsets.append(len(content))
        content += f"{number} 0 obj\n".encode() + entry + b"\nendobj\n"
    table = b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
    trailer = (
        f"trailer << /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R >>\nstartxref\n{len(content)}\n%%EOF"
    )
    return content + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode() + table + trailer.encode()


ARTICLE = [
    ["Harbour Ledger 1", "Harbour tunnel to close for a month of repairs", "By Jane Doe",
     "The city will close the harbour tunnel for four weeks from 3 March so that the light-",
     "ing and the pumps can be renewed, the transport office said on Monday.",
     "Drivers will be sent over the old bridge, and buses will run twice as often as they do",
     "now."],
    ["Harbour Ledger 2", "The work costs 12 million crowns and is paid by the port, which has owned the tunnel",
     "since 1994."],
    ["Harbour Ledger 3", "The tunnel was opened in 1961."],
]  # fmt: skip


def read(content: bytes) -> Extracted:
    return extract(Document("test", content, "pdf"))


def refusal(content: bytes, seconds: float = 60) -> str:
    start = time.perf_counter()
    with pytest.raises(SourceError) as caught:
        read(content)
    assert time.perf_counter() - start < seconds
    return str(caught.value)


def test_text_and_metadata() -> None:
    information = (
        "/Title (Harbour tunnel to close for a month of repairs) /Author (Jane Doe) /CreationDate (D:20250301120000Z)"
    )
    found = read(make_pdf(ARTICLE, information))
    assert found.text.split("\n\n") == [
        "The city will close the harbour tunnel for four weeks from 3 March so that the lighting and the pumps can be "
        "renewed, the transport office said on Monday.",
        "Drivers will be sent over the old bridge, and buses will run twice as often as they do now.",
        "The work costs 12 million crowns and is paid by the port, which has owned the tunnel since 1994.",
        "The tunnel was opened in 1961.",
    ]
    metadata = found.metadata
    assert metadata.title == "Harbour tunnel to close for a month of repairs"
    assert metadata.authors == ("Jane Doe",)
    assert metadata.published is None  # the day on which a file was made is not that of publication


def test_title_from_the_first_line_and_no_day_when_none_is_said() -> None:
    metadata = read(make_pdf(ARTICLE, "/Title (Microsoft Word - tunnel.docx)")).metadata
    assert metadata.title == "Harbour tunnel to close for a month of repairs"
    assert metadata.published is None


def test_day_in_the_text_comes_before_the_day_of_the_file() -> None:
    pages = [[*ARTICLE[0][:3], "Published 28 February 2025", *ARTICLE[0][3:]]]
    metadata = read(make_pdf(pages, "/CreationDate (D:20250301120000Z)")).metadata
    assert (metadata.published, metadata.published_source) == (dt.date(2025, 2, 28), DateSource.TEXT)


def test_words_are_made_whole_and_lines_joined() -> None:
    lines = ["A line that is as long as the others are here and ends with a hy-", "phen, as lines do. And then it",
             "Goes on after a short one."]  # fmt: skip
    assert paragraphs([lines]) == [
        "A line that is as long as the others are here and ends with a hyphen, as lines do. And then it",
        "Goes on after a short one.",
    ]
    assert paragraphs([]) == []
    assert paragraphs([["1"], ["2"], ["3"]]) == []


def test_pages_without_text() -> None:
    assert "OCR" in refusal(make_pdf([[], []]))


@pytest.mark.parametrize(
    "content",
    [b"hello", b"\x00\x01\x02", b"PK\x03\x04 zip", b"<html>%PDF</html>"],
    ids=["text", "bytes", "zip", "html"],
)
def test_what_is_no_pdf(content: bytes) -> None:
    assert refusal(content, 1).startswith("not a PDF")


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.4\n" + b"x" * 100,
        make_pdf(ARTICLE)[:600],
        make_pdf(ARTICLE).replace(b"/Kids [4 0 R", b"/Kids [2 0 R"),  # the page tree is its own child
    ],
    ids=["rubbish", "cut short", "loop"],
)
def test_damaged_files(content: bytes) -> None:
    assert refusal(content).startswith("the PDF ")


def test_encrypted_file() -> None:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(make_pdf(ARTICLE))))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    assert "password" in refusal(out.getvalue())


def test_a_bomb_is_refused() -> None:
    packed = zlib.compress(zlib.compress(b" " * 300_000_000, 9), 9)
    content = make_pdf([["x"]], filters="/Filter [/FlateDecode /FlateDecode]", streams=[packed])
    assert refusal(content).startswith("the PDF ")


def test_a_file_that_keeps_the_processor_busy_is_stopped() -> None:
    stream = b"BT /F1 11 Tf " + b"(a) Tj T* " * 1_500_000 + b"ET"
    start = time.perf_counter()
    with pytest.raises(SourceError, match="takes too long"):
        read_pdf(make_pdf([["x"]], streams=[stream]), wall_seconds=2.0)
    assert time.perf_counter() - start < 10


@settings(max_examples=15, deadline=None)
@given(content=st.binary(max_size=300), whole=st.booleans(), cut=st.integers(0, 2_000))
def test_any_bytes_are_read_or_refused(content: bytes, whole: bool, cut: int) -> None:
    sound = make_pdf(ARTICLE)
    changed = b"%PDF-1.4\n" + content if whole else sound[:cut] + content + sound[cut + len(content) :]
    with contextlib.suppress(SourceError):
        assert isinstance(read(changed).text, str)
