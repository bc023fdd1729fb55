"""Bytes to text, and text to its normal form and lines: pure functions, bounded in time by the size limits."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from rag.errors import SourceError

MAX_CONTENT_BYTES = 40_000_000
MAX_TEXT_CHARACTERS = 5_000_000
MAX_LINES = 200_000
MAX_RUN_CHARACTERS = 100_000  # Longest run without white space: real writing breaks lines sooner in any script.
_SAMPLE_BYTES = 32_768  # Used to guess the encoding.
_MAX_FOREIGN_SHARE = 0.3  # Share of bytes above ASCII up to which an unknown encoding is taken for cp1252.
_MAX_DAMAGED_SHARE = 0.005  # Share of replaced or control characters above which a file is not text.

_WIDE = {"shift_jis", "cp932", "euc_jp", "gb18030", "big5", "cp949"}  # more than one byte per character

# Encodings found in news files; without a list EBCDIC and the like win on short samples.
_ENCODINGS = (
    "cp1252 latin_1 iso8859_15 cp1250 iso8859_2 cp1251 koi8_r cp1253 cp1254 cp1255 cp1256 cp1257 cp874"
    " shift_jis cp932 euc_jp gb18030 big5 cp949"
).split()
_BYTE_ORDER_MARKS = {
    b"\xff\xfe\x00\x00": "utf-32", b"\x00\x00\xfe\xff": "utf-32", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16",
    b"\xef\xbb\xbf": "utf-8-sig", b"<\x00?\x00": "utf-16-le", b"\x00<\x00?": "utf-16-be",  # XML needs no mark
}  # fmt: skip
_WRITTEN = re.compile(
    r"(?i)(?:utf|iso|latin|windows|cp|koi8|gb|big5|s(?:hift)?[-_]?jis|euc|ks|ascii|us-ascii|mac|tis)[-_a-z0-9]*"
)  # names declared by pages and servers; Python knows others that do not encode writing

_LINE_BREAK = re.compile("[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_OTHER_SPACE = re.compile("[\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_SPACES = re.compile("  +")
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # control characters
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0"  # soft hyphen, fillers, selectors
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb"  # zero width, direction, annotation
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"  # lone surrogates, noncharacters
    "\U000e0000-\U000e0fff]+"  # tags and variation selectors, which can carry a hidden message
)
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_LIGATURE = re.compile("[ﬀ-ﬆ]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffd]")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_LONG_RUN = re.compile(rf"\S{{{MAX_RUN_CHARACTERS + 1}}}")
_MAYBE_MARKS = re.compile("[\u0300-\U0001e94b]{31}")  # a cheap first test, also true for Chinese

_NARROW = 100  # Characters: wider lines are paragraphs, not lines of a wrapped text.
_WRAPPED_LINES = 5  # This many lines near the same width show that a text is wrapped.
_BLANK_LINES = re.compile(r"\n[ \t]*\n")


def check_text(text: str) -> str:
    """The text itself. Raises SourceError if it is too long, or has too few spaces, to be an article."""
    if len(text) > MAX_TEXT_CHARACTERS:
        raise SourceError(
            f"the text is longer than {MAX_TEXT_CHARACTERS:,} characters, which no article is; "
            "split it into single articles"
        )
    if text.count("\n") > MAX_LINES:
        raise SourceError(f"the text has more than {MAX_LINES:,} lines, which no article has")
    if len(text) > MAX_RUN_CHARACTERS and _LONG_RUN.search(text):
        raise SourceError(f"the text runs for more than {MAX_RUN_CHARACTERS:,} characters without a space")
    return text


def decode(content: bytes, declared: str | None = None) -> str:
    """The text of bytes: by their byte order mark, as UTF-8, as declared, or by a guess. Raises SourceError."""
    declared = declared if declared and _WRITTEN.fullmatch(declared) else None
    if declared and "16" in declared and b"\0" in content[:2]:
        return _checked(content.decode("utf-16-be" if content[:1] == b"\0" else "utf-16-le", "replace"))
    encoding = encoding_of(content, declared)
    try:
        return _checked(content.decode(encoding, errors="replace"))
    except (LookupError, SourceError):
        if encoding != declared:
            raise
        return _checked(content.decode(_guess(content), errors="replace"))  # an unknown or wrong encoding name


def is_utf8(content: bytes) -> bool:
    """Whether it is UTF-8 text; UTF-16 can pass for it, but contains NUL."""
    try:
        return "\0" not in content.decode("utf-8")
    except UnicodeDecodeError:
        return False


def encoding_of(content: bytes, declared: str | None = None) -> str:
    """The encoding of a text file's beginning, or of all of it; chosen as in `decode`."""
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            return encoding
    if b"\x00" in content:
        raise SourceError("not a text file: it holds NUL bytes; save it as plain UTF-8 text")
    return "utf-8" if is_utf8(content) else declared or _guess(content)


def _checked(text: str) -> str:
    damaged = sum(1 for _ in _CONTROL.finditer(text[: 4 * _SAMPLE_BYTES]))
    if damaged > _MAX_DAMAGED_SHARE * min(len(text), 4 * _SAMPLE_BYTES):
        raise SourceError("not a text file: too many of its characters cannot be read; save it as UTF-8")
    return text


def _guess(content: bytes) -> str:
    from charset_normalizer import from_bytes

    sample = content[:_SAMPLE_BYTES]
    cut = max(sample.rfind(b"\n"), sample.rfind(b" ")) if len(content) > len(sample) else 0  # never inside a character
    found = list(from_bytes(sample[:cut] if cut > 0 else sample, cp_isolation=_ENCODINGS))
    if not found and sum(byte > 0x7F for byte in sample) > _MAX_FOREIGN_SHARE * len(sample):
        raise SourceError("not a text file: its encoding is not known; save it as UTF-8")
    likely = "cp1252"  # also for a short text with a few curly quotes, too little to guess from
    if found:
        best = found[0]
        western = next((match for match in found if match.encoding == "cp1252"), best)
        # Several code pages fit a short text equally well; the Western European one is by far the most frequent.
        common = western.coherence >= best.coherence and western.chaos <= best.chaos + 0.02
        likely = western.encoding if common else best.encoding
    if likely in _WIDE:
        return likely
    # Mac Roman, if detected with the others, would claim their texts: it decodes to letters, but in the wrong places.
    return min(likely, "cp1252", "mac_roman", key=lambda encoding: _misplaced(sample.decode(encoding, "replace")))


def _misplaced(text: str) -> int:
    """Non-ASCII characters where no writing has them: capitals after lower-case letters, symbols in words."""
    count = 0
    for match in _BEYOND_ASCII.finditer(text):
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        if match[0].isupper():
            count += before.islower() or not (before.isalpha() or after.isalpha())
        elif not match[0].isalpha() and match[0] not in "’–—":
            count += before.isalpha() and after.isalpha()
    return count


def normalise(text: str) -> str:
    """NFC, one kind of line break and space, nothing invisible; paragraphs are lines separated by one blank line.
    Idempotent. A reader sees no difference, but orders hidden in zero-width or tag characters are removed."""
    return "\n\n".join(filter(None, normal_lines(text)))


def normal_lines(text: str) -> list[str]:
    """The lines of a text in its normal form, including the empty ones between them."""
    text = _LINE_BREAK.sub("\n", text.replace("\r\n", "\n"))
    text = _UNSEEN.sub("", text)
    if not text.isascii():
        # Most texts have none, and searching is ten times as fast as translating.
        text = compose(text.translate(_LIGATURES) if _LIGATURE.search(text) else text)
    text = _SPACES.sub(" ", _OTHER_SPACE.sub(" ", text))
    return [line.strip(" ") for line in text.split("\n")]


def compose(text: str) -> str:
    """NFC, with at most 30 marks per character, as in UAX #15: sorting a million takes quadratic time."""
    if _MAYBE_MARKS.search(text):
        text = _mark_runs().sub(r"\1", text)
    return unicodedata.normalize("NFC", text)


@cache
def _mark_runs() -> re.Pattern[str]:
    marks = "".join(chr(code) for code in range(0x300, 0x1E94B) if unicodedata.combining(chr(code)))
    return re.compile(f"([{marks}]{{30}})[{marks}]+")


def pasted_lines(text: str) -> tuple[list[str], list[bool]]:
    """The non-empty lines of a plain text, wrapped ones joined, and whether a blank line precedes each."""
    lines: list[str] = []
    blank_before: list[bool] = []
    blank = True
    for line in normal_lines(unwrap(text)):
        if line:
            lines.append(line)
            blank_before.append(blank)
        blank = not line
    return lines, blank_before


def unwrap(text: str) -> str:
    """Joins the lines of each block if the text is wrapped at a fixed width; otherwise returns it unchanged."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    widths = [len(line.rstrip()) for line in text.split("\n")]
    width = max(widths, default=0)
    if width > _NARROW or sum(w >= 0.75 * width for w in widths) < _WRAPPED_LINES or width < 40:
        return text
    return "\n\n".join(_joined(block.split("\n"), 0.6 * width) for block in _BLANK_LINES.split(text))


def _joined(lines: list[str], wide: float) -> str:
    joined = ""
    for line, before in zip(lines, ["", *lines], strict=False):
        joined += (" " if len(before.rstrip()) >= wide else "\n") + line.strip() if joined else line.strip()
    return joined
