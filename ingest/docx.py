"""Word documents (.docx) to the article's lines: read by mammoth in a separate process (`ingest.child`)."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from xml.parsers.expat import ExpatError

from lxml import etree, html

from ingest.child import ask_child
from ingest.document import Metadata
from ingest.html_tree import block_lines, label_facts
from ingest.normalise import check_text
from rag.errors import SourceError

MEMORY_BYTES = 1_500_000_000
MAX_UNPACKED_BYTES = 100_000_000  # of the parts containing words
MAX_CHARACTERS = 10_000_000
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
Look = dict[str, etree._Element]  # how words are shown: properties by their names
# mammoth raises whatever a broken part causes.
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, etree.LxmlError, RuntimeError, ValueError, TypeError, LookupError),
    *(AttributeError, OSError, EOFError, ExpatError),
)
_REASONS = {
    "encrypted": "the Word document is protected by a password; save a copy without one",
    "old": "this is a Word document of the old kind; save it as .docx",
    "damaged": "the Word document is damaged and cannot be read; open it in Word and save it again",
    "memory": "the Word document needs more memory to open than any article should",
    "too long": "the Word document is longer than any article; split it into single articles",
    "endless": "the Word document takes too long to read, which a sound one does not; save it again as text",
}


def read_docx(content: bytes) -> tuple[list[str], Metadata]:
    """The lines of a document, one per paragraph; its first line is its title if it is a heading. The file's own author
    and dates describe the file, so they are ignored. Raises SourceError if it cannot be read."""
    text = check_text(str(ask_child("ingest.docx", content, _REASONS)["html"]))
    if not text.strip():
        return [], Metadata()
    try:
        tree = html.document_fromstring(text)
    except (etree.LxmlError, ValueError, RecursionError) as error:
        raise SourceError(_REASONS["damaged"]) from error
    for mark in list(tree.iter("a")):
        if (mark.get("href") or "").startswith(("#footnote", "#endnote")):
            mark.drop_tree()  # "[1]" is not part of the text
    label_facts(tree)
    blocks = list(block_lines(tree))
    title = blocks[0][1][0] if blocks and blocks[0][0].tag in ("h1", "h2") else None
    return [line for _, lines in blocks for line in lines], Metadata(title=title)


def read(content: bytes) -> dict[str, str]:
    """The document as {"html": text}, without pictures and hidden words, or {"error": a key of `_REASONS`}."""
    import mammoth

    if content.startswith(b"\xd0\xcf\x11\xe0"):  # the container of old Word files, and of encrypted new ones
        return {"error": "encrypted" if "EncryptedPackage".encode("utf-16-le") in content else "old"}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            plain = _without_hidden(packed)
        no_image = mammoth.images.img_element(lambda image: {})
        titles = "p[style-name='Title'] => h1:fresh"
        made = mammoth.convert_to_html(plain, convert_image=no_image, style_map=titles).value
    except OverflowError:
        return {"error": "too long"}
    except MemoryError:
        return {"error": "memory"}
    except _BROKEN:
        return {"error": "damaged"}
    return {"error": "too long"} if len(made) > MAX_CHARACTERS else {"html": made}


def _without_hidden(packed: zipfile.ZipFile) -> io.BytesIO:
    """A copy with only its XML, without words a reader does not see. Raises `OverflowError` if it is too large."""
    left, copied = MAX_UNPACKED_BYTES, io.BytesIO()
    styles = _styles(packed)
    with zipfile.ZipFile(copied, "w") as copy:
        for part in packed.infolist():
            if not part.filename.endswith((".xml", ".rels")):
                continue
            with packed.open(part) as file:
                words = file.read(left + 1)
            left -= len(words)
            if left < 0:
                raise OverflowError
            copy.writestr(part.filename, _visible(words, styles) if part.filename.startswith("word/") else words)
    copied.seek(0)
    return copied


def _styles(packed: zipfile.ZipFile) -> dict[str, Look]:
    """How each style shows words, with what it takes over from those that it is based on. Raises `OverflowError`."""
    if "word/styles.xml" not in packed.namelist():
        return {}
    with packed.open("word/styles.xml") as file:
        words = file.read(MAX_UNPACKED_BYTES + 1)
    if len(words) > MAX_UNPACKED_BYTES:
        raise OverflowError
    known = {style.get(f"{_WORD}styleId", ""): style for style in _parsed(words).iter(f"{_WORD}style")}
    looks: dict[str, Look] = {}
    for name in known:
        chain = [name]
        while (above := _named(known[chain[-1]], "basedOn")) in known and above not in chain:
            chain.append(above)
        looks[name] = {}
        for one in reversed(chain):
            looks[name] |= _look(known[one].find(f"{_WORD}rPr"))
    return looks


def _parsed(words: bytes) -> etree._Element:
    return etree.fromstring(words, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))


def _look(properties: etree._Element | None) -> Look:
    return {} if properties is None else {str(one.tag): one for one in properties}


def _named(element: etree._Element | None, name: str) -> str:
    """The style that an element names in a child called `name`; empty if there is none."""
    child = element.find(f"{_WORD}{name}") if element is not None else None
    return "" if child is None else child.get(f"{_WORD}val", "")


def _visible(words: bytes, styles: Mapping[str, Look]) -> bytes:
    """A part without runs that are hidden, smaller than three points, or white outside a table."""
    tree = _parsed(words)
    for run in list(tree.iter(f"{_WORD}r")):
        parent, own = run.getparent(), run.find(f"{_WORD}rPr")
        paragraph = next(run.iterancestors(f"{_WORD}p"), None)
        around = paragraph.find(f"{_WORD}pPr") if paragraph is not None else None
        named = styles.get(_named(around, "pStyle"), {}) | styles.get(_named(own, "rStyle"), {})
        if parent is not None and _is_hidden(named | _look(own), run):
            parent.remove(run)
    visible: bytes = etree.tostring(tree)
    return visible


def _is_hidden(look: Look, run: etree._Element) -> bool:
    hidden, size, color = (look.get(f"{_WORD}{name}") for name in ("vanish", "sz", "color"))
    if hidden is not None and hidden.get(f"{_WORD}val") not in ("0", "false", "off"):
        return True
    half_points = (size.get(f"{_WORD}val") or "") if size is not None else ""
    if half_points.isdigit() and int(half_points) < 6:
        return True
    white = color is not None and (color.get(f"{_WORD}val") or "").upper() == "FFFFFF"
    # White on a colour is usual in heads of tables and boxes; the colour may come from a table style.
    shaded = (f"{_WORD}shd", f"{_WORD}highlight")
    return white and not any(
        above.tag == f"{_WORD}tbl" or any(part.tag in shaded for part in above.iterdescendants(*shaded))
        for above in (run, *run.iterancestors(f"{_WORD}p", f"{_WORD}tbl"))
    )
