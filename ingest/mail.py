"""Emails, mostly newsletters (.eml, .mbox), and pages saved as one file (.mhtml), read by the standard library."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from email import policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.utils import parseaddr
from pathlib import Path
from typing import BinaryIO

from ingest.day_reading import given_day
from ingest.document import Document, Failure, Metadata
from ingest.extract_html import read_html
from ingest.jsonl import open_plain
from ingest.normalise import MAX_CONTENT_BYTES, check_text, decode, pasted_lines
from rag.errors import SourceError

_HEAD_BYTES = 65_536  # searched for header fields; also the longest line
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_HEAD = re.compile(rb"(?im)^(?:from|subject|date|message-id|received|mime-version):")
_QUOTED_FROM = re.compile(rb"(?m)^>(>*From )")  # how a mailbox escapes what would look like a new mail
_ID = re.compile(rb"(?im)^message-id:\s*<([^<>\s]{1,300})>")
_ADDRESS = re.compile(r"<\s*(https?://[^<>\s]+)\s*>|^\s*(https?://\S+)\s*$")
_FIELD = re.compile(r"[>*\s]*(?P<name>[^\W\d_]+(?: [^\W\d_]+)?)\*?\s?:\*?\s*(?P<value>\S.*)")
_DATE_NAMES = frozenset("date sent datum gesendet envoyé fecha enviado data inviato verzonden дата".split())
_FIELDS_LEAST, _INNER_LINES = 3, 20  # Fields in the head of a forwarded mail; lines among which it is.
_PASSED_ON = re.compile(r"(?i)^(?:\s*(?:fwd?|re|aw|wg|tr|rv)\s*:)+\s*")
# What malformed mails make `email` raise.
_BROKEN = (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
_ENCRYPTED = ("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime")


def read_mailbox(path: Path, source: str) -> Iterator[Document | Failure]:
    """The mails of an mbox file, each with the source `source#message id`, or its number if it has none.

    Raises `OSError` if the file cannot be opened, `SourceError` if it is not a mailbox. `mailbox` is not used, because
    it opens files for writing, reads lines of any length, and takes a sentence beginning with "From " for a new mail.
    """
    used: set[str] = set()
    with open_plain(path) as file:
        for number, content in enumerate(_mails(_pieces(file)), start=1):
            found = _ID.search(content[:_HEAD_BYTES])
            own = found[1].decode("ascii", "replace") if found else str(number)
            key = own if own not in used else f"{own} ({number})"
            used.add(key)
            if len(content) > MAX_CONTENT_BYTES:
                yield Failure(f"{source}#{key}", f"Mail {number} is larger than any article.", f"{source}#{key}")
            else:
                yield Document(f"{source}#{key}", _QUOTED_FROM.sub(rb"\1", content), "mail")
    if not used:
        raise SourceError("There is no mail in this mailbox.")


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    """The text from one line that begins with "From " after a blank one to the next; a piece too long is cut."""
    piece, blank = bytearray(), True
    while line := file.readline(_HEAD_BYTES):
        if blank and line.startswith(b"From ") and piece:
            yield bytes(piece)
            piece.clear()
        blank = not line.strip()
        if len(piece) <= MAX_CONTENT_BYTES:
            piece += line
    yield bytes(piece)


def _mails(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The mails one by one; a piece without mail headers belongs to the mail before."""
    waiting = b""
    for piece in pieces:
        first, _, mail = piece.partition(b"\n")
        if first.startswith(b"From ") and _HEAD.search(_BLANK_LINE.split(mail[:_HEAD_BYTES].lstrip(), 1)[0]):
            if waiting:
                yield waiting
            waiting = mail
        elif waiting and len(waiting) <= MAX_CONTENT_BYTES:
            waiting += piece
    if waiting:
        yield waiting


def read_mail(content: bytes) -> tuple[list[str], Metadata]:
    """The lines of a mail, one per paragraph, and what its headers say: from its HTML if any, otherwise plain text.

    The sender is the outlet of a newsletter, the author of any other mail, and neither for a forwarded one. Raises
    SourceError if it is not a mail, or is encrypted.
    """
    if not _HEAD.search(content[:_HEAD_BYTES]):
        raise SourceError("not a mail, although it is named like one: it has no sender, subject or date")
    try:
        message = BytesParser(policy=policy.compat32).parsebytes(content)
        if message.get_content_type() in _ENCRYPTED:
            raise SourceError("the mail is encrypted; save it from the mail program as it is read there")
        parts = {part.get_content_type(): part for part in reversed(list(message.walk())) if not part.get_filename()}
        page = _page(message)
        known = page or _known(message)
        html, plain = (_text(parts[kind]) if kind in parts else "" for kind in ("text/html", "text/plain"))
    except _BROKEN as error:
        raise SourceError("the mail is damaged and cannot be read; save it again from the mail program") from error
    if "-----BEGIN PGP MESSAGE-----" in plain[:500]:
        raise SourceError("the mail is encrypted; save it from the mail program as it is read there")
    lines, found = read_html(html.encode("utf-8", "replace"), known.url) if html.strip() else ([], Metadata())
    if page:  # it says more about itself than the surrounding mail
        return lines, replace(found, title=found.title or page.title, url=page.url or found.url)
    lines = lines or pasted_lines(check_text(plain))[0]
    if _PASSED_ON.match(_header(message, "Subject")):
        lines, written = _without_inner_head(lines)
        known = replace(known, published=written or known.published)
    return lines, replace(known, language=found.language, url=known.url or found.url)


def _without_inner_head(lines: list[str]) -> tuple[list[str], dt.date | None]:
    """The lines below the head of a forwarded mail, and its day; all of them if there is none."""
    fields = [(i, match) for i, line in enumerate(lines[:_INNER_LINES]) if (match := _FIELD.fullmatch(line))]
    dates = ((i, given_day(one["value"])) for i, one in fields if one["name"].casefold() in _DATE_NAMES)
    last, day = next((date for date in dates if date[1]), (0, None))
    while any(i == last + 1 for i, _ in fields):
        last += 1
    head = [i for i, _ in fields if i <= last]
    return (lines[last + 1 :], day) if day and len(head) >= _FIELDS_LEAST else (lines, None)


def _page(message: Message) -> Metadata | None:
    """Metadata of a page that a browser saved as a mail; None for a mail. Its day is the day of saving."""
    if "<saved by" not in _header(message, "From").lower() and "Snapshot-Content-Location" not in message:
        return None
    title, url = (_header(message, name) or None for name in ("Subject", "Snapshot-Content-Location"))
    return Metadata(title=title, url=url)


def _known(message: Message) -> Metadata:
    name, address = parseaddr(_header(message, "From"))
    subject = _header(message, "Subject")
    sender = name.strip(" \"'") or address
    passed_on = _PASSED_ON.match(subject) is not None
    by_list = any(header in message for header in ("List-Id", "List-Unsubscribe", "List-Post"))
    urls = [_ADDRESS.search(_header(message, header)) for header in ("Archived-At", "List-Post")]
    return Metadata(
        title=_PASSED_ON.sub("", subject) or None,
        outlet=sender if by_list and not passed_on else None,
        authors=(sender,) if sender and not by_list and not passed_on else (),
        published=given_day(_header(message, "Date")),
        url=next((found[1] or found[2] for found in urls if found), None),
    )


def _header(message: Message, name: str) -> str:
    written = str(message.get(name) or "")[:2_000]
    try:
        return " ".join(str(make_header(decode_header(written))).split())
    except _BROKEN:
        return " ".join(written.split())


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return decode(payload, part.get_content_charset()) if isinstance(payload, bytes) and payload else ""
