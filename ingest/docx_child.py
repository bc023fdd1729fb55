"""Reads one Word document, in a process of its own (`ingest.child`); so it imports nothing but lxml and mammoth."""

from __future__ import annotations

import io
import zipfile
import zlib
from xml.parsers.expat import ExpatError

from lxml import etree

MEMORY_BYTES = 1_500_000_000
PROCESSOR_SECONDS = 20
MAX_UNPACKED_BYTES = 100_000_000  # of the parts with words in them
MAX_CHARACTERS = 10_000_000
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OFF = ("0", "false", "off")
# mammoth raises whatever a broken part led it to.
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, etree.LxmlError, RuntimeError, ValueError, TypeError, LookupError),
    *(AttributeError, OSError, EOFError, ExpatError),
)


def read(content: bytes) -> dict[str, str]:
    """The document as {"html": text} without pictures and hidden words, or {"error": kind}.

    Kinds: encrypted, old, damaged, memory, too long.
    """
    import mammoth

    if content.startswith(b"\xd0\xcf\x11\xe0"):  # the container of old Word files, and of encrypted new ones
        return {"error": "encrypted" if "EncryptedPackage".encode("utf-16-le") in content else "old"}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            plain = _without_hidden(packed)
        made = mammoth.convert_to_html(plain, convert_image=mammoth.images.img_element(lambda image: {})).value
    except OverflowError:
        return {"error": "too long"}
    except MemoryError:
        return {"error": "memory"}
    except _BROKEN:
        return {"error": "damaged"}
    return {"error": "too long"} if len(made) > MAX_CHARACTERS else {"html": made}


def _without_hidden(packed: zipfile.ZipFile) -> io.BytesIO:
    """A copy of the file with its XML alone, from which the words are gone that a reader does not see.

    Raises `OverflowError` when it unpacks to more than any article.
    """
    left, copied = MAX_UNPACKED_BYTES, io.BytesIO()
    with zipfile.ZipFile(copied, "w") as copy:
        for part in packed.infolist():
            if not part.filename.endswith((".xml", ".rels")):
                continue
            with packed.open(part) as file:
                words = file.read(left + 1)
            left -= len(words)
            if left < 0:
                raise OverflowError
            copy.writestr(part.filename, _visible(words) if part.filename.startswith("word/") else words)
    copied.seek(0)
    return copied


def _visible(words: bytes) -> bytes:
    """A part without runs that are hidden, smaller than three points, or white outside of a table."""
    tree = etree.fromstring(words, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    for run in list(tree.iter(f"{_WORD}r")):
        look = run.find(f"{_WORD}rPr")
        parent = run.getparent()
        if look is not None and parent is not None and _is_hidden(look, run):
            parent.remove(run)
    visible: bytes = etree.tostring(tree)
    return visible


def _is_hidden(look: etree._Element, run: etree._Element) -> bool:
    hidden, size, color = (look.find(f"{_WORD}{name}") for name in ("vanish", "sz", "color"))
    if hidden is not None and hidden.get(f"{_WORD}val") not in _OFF:
        return True
    half_points = (size.get(f"{_WORD}val") or "") if size is not None else ""
    if half_points.isdigit() and int(half_points) < 6:
        return True
    white = color is not None and (color.get(f"{_WORD}val") or "").upper() == "FFFFFF"
    # White on a colour is how heads of tables and boxes look; a table's style may give the colour.
    shaded = (f"{_WORD}shd", f"{_WORD}highlight")
    return white and not any(
        above.tag == f"{_WORD}tbl" or any(part.tag in shaded for part in above.iterdescendants(*shaded))
        for above in (run, *run.iterancestors(f"{_WORD}p", f"{_WORD}tbl"))
    )
