"""Files of the kinds that people have, made as small as possible while still readable."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from email.message import EmailMessage

PARAGRAPHS = (
    "The council of Orvale agreed on Monday to repair the old harbour bridge for 2.4 million crowns after three hours.",
    "Mayor Ilse Brandt said the work would begin in April and last for nine months, while lorries take the north road.",
    "Two councillors voted against the plan because, they said, a new bridge would cost less in the long run.",
)
TEXT = "\n\n".join(PARAGRAPHS)
PAGE = (
    '<html><head><meta charset="utf-8"><title>Bridge to be repaired</title></head><body><article>'
    f"<h1>Bridge to be repaired</h1>{''.join(f'<p>{text}</p>' for text in PARAGRAPHS)}</article></body></html>"
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000)
"""The beginning of old Word files, and of encrypted new ones."""
_WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'


def zipped(files: Mapping[str, str], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", how) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return made.getvalue()


def paragraph(text: str, look: str = "", style: str = "") -> str:
    """One paragraph of a Word document; `look` goes into the properties of its run."""
    head = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{head}<w:r><w:rPr>{look}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


def docx(body: str, more_styles: str = "") -> bytes:
    """A Word document with styles named Heading1 and Title, and those given as XML."""
    names = {"Heading1": "heading 1", "Title": "Title"}
    styles = (
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/></w:style>'
        for key, name in names.items()
    )
    heading = "".join(styles)
    return zipped(
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
            "_rels/.rels": _RELATIONS.format(
                f'<Relationship Id="d" Type="{_RELATION}/officeDocument" Target="word/document.xml"/>'
            ),
            "word/_rels/document.xml.rels": _RELATIONS.format(
                f'<Relationship Id="s" Type="{_RELATION}/styles" Target="styles.xml"/>'
            ),
            "word/styles.xml": f"<w:styles {_WORD}>{heading}{more_styles}</w:styles>",
            "word/document.xml": f"<w:document {_WORD}><w:body>{body}</w:body></w:document>",
        }
    )


def epub(metadata: str, pages: Mapping[str, str], guide: str = "", more: Mapping[str, str] | None = None) -> bytes:
    """An e-book; `metadata` goes into its package, Dublin Core names with the prefix `dc:`."""
    items = "".join(
        f'<item id="{name}" href="{name}" media-type="application/xhtml+xml" properties="{"nav" * (name == "nav.xhtml")}"/>'
        for name in pages
    )
    spine = "".join(f'<itemref idref="{name}"/>' for name in pages)
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>{}</rootfiles></container>'
    )
    return zipped(
        {
            "META-INF/container.xml": container.format('<rootfile full-path="OEBPS/book.opf"/>'),
            "OEBPS/book.opf": '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<metadata>{metadata}</metadata><manifest>{items}</manifest><spine>{spine}</spine><guide>{guide}</guide></package>",
            **{f"OEBPS/{name}": page for name, page in pages.items()},
            **(more or {}),
        }
    )


def chapter(title: str) -> str:
    """A page of a book, as XHTML."""
    text = "".join(f"<p>{line}</p>" for line in PARAGRAPHS)
    return (
        '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head>'
        f'<body><a id="top"/><h1>{title}</h1>{text}</body></html>'
    )


def mail(text: str = TEXT, html: str = "", **head: str) -> bytes:
    """An e-mail; `_` in the name of a header stands for a hyphen."""
    message = EmailMessage()
    for name, value in {"From": "Anna Holm <anna@orvale.example>", "Subject": "Bridge to be repaired", **head}.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return bytes(message)


def warc_record(
    url: str, body: bytes = PAGE.encode(), kind: str = "text/html", status: str = "200 OK", head: str = ""
) -> bytes:
    """One server response, as stored in web archives."""
    answer = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{head}\r\n".encode() + body
    return (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2025-03-09T00:00:00Z\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n"
    ).encode() + answer + b"\r\n\r\n"  # fmt: skip
