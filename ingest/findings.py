"""What the lines around an article say, collected while they are taken off."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from ingest.clutter import is_sentence
from ingest.datelines import Dateline
from ingest.masthead import Masthead

_WORDS = re.compile(r"\w+")


@dataclass
class Findings:
    """Collects what the lines say; the first to say a thing is believed."""

    authors: tuple[str, ...] = ()
    outlet: str | None = None
    rights: str | None = None
    agency: str | None = None
    days: tuple[dt.date, ...] = ()
    updated: dt.date | None = None
    title: str | None = None
    dateline: Dateline | None = None
    mastheads: int = 0

    def add(self, found: Masthead) -> None:
        self.mastheads += 1
        self.authors = self.authors or found.authors
        self.outlet = self.outlet or found.outlet
        self.agency = self.agency or found.agency
        self.days = self.days or found.days
        self.updated = self.updated or found.updated


def same_words(line: str, title: str) -> bool:
    """Whether a line repeats a title, which may be cut short by "..." or carry the outlet behind it."""
    left, right = (" ".join(_WORDS.findall(text.casefold())) for text in (line[:400], title[:400]))
    if not left or not right:
        return False
    if left == right:
        return True
    cut = 20 if title.rstrip().endswith(("...", "…")) else 40  # a file's name may cut it without a sign
    if len(right) >= cut and left.startswith(right) and not is_sentence(line):
        return True
    longer, shorter, written = (left, right, line) if len(left) > len(right) else (right, left, title)
    with_outlet = len(shorter) >= 20 and bool(re.search(r" [-–—|] [^–—|]{2,40}$", written))
    return with_outlet and longer.startswith(shorter + " ")
