"""The result of an ingest, as a value; showing it is left to the user interfaces."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields

from ingest.addresses import display
from ingest.sources import collection_of

NAMED_OF_A_FILE = 3  # Articles of one file that are listed individually; more are summed up in one sentence.
REASONS_MOST = 3
_OWN = re.compile(r"^\w+ \d+ was left out: |\([^()]*\)|'[^']*'|\"[^\"]*\"|\d[\d,.]*")
"""The parts in which otherwise identical reasons differ."""


@dataclass(frozen=True)
class Named:
    """One source, with the reason why it is not in the library."""

    source: str
    reason: str
    count: int = 1  # articles that it covers


class Names:
    """Collects sources with their reasons; many from one file become one sentence, in bounded memory."""

    def __init__(self) -> None:
        self._single: list[Named] = []
        self._of_files: defaultdict[str, _OfFile] = defaultdict(_OfFile)

    def add(self, source: str, reason: str) -> None:
        named = Named(display(source), reason)
        if file := collection_of(source):
            self._of_files[file].add(named)
        else:
            self._single.append(named)

    def told(self) -> list[Named]:
        """The list to show: single files and pages first, then files that hold many."""
        return self._single + [named for file, found in self._of_files.items() for named in found.told(display(file))]


@dataclass
class _OfFile:
    first: list[Named] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def add(self, named: Named) -> None:
        if len(self.first) < NAMED_OF_A_FILE:
            self.first.append(named)
        kind = _OWN.sub("", named.reason)
        if kind not in self.examples and len(self.examples) >= 100:
            kind = ""
        self.kinds[kind] += 1
        self.examples.setdefault(kind, named.reason)

    def told(self, file: str) -> Sequence[Named]:
        count = self.kinds.total()
        if count <= NAMED_OF_A_FILE:
            return self.first
        reasons = [f"{many:,} like this: {self.examples[kind]}" for kind, many in self.kinds.most_common(REASONS_MOST)]
        more = f" And {len(self.kinds) - REASONS_MOST} other reasons." if len(self.kinds) > REASONS_MOST else ""
        return [Named(file, f"{count:,} of its articles were left out. {' '.join(reasons)}{more}", count)]


@dataclass
class Report:
    """Counts of articles unless stated otherwise; filled while an ingest runs."""

    stored: int = 0
    changed: int = 0
    unchanged: int = 0
    duplicates: int = 0
    removed: int = 0
    passages: int = 0
    failed: list[Named] = field(default_factory=list)
    skipped: list[Named] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        return not self.failed

    def add(self, other: Report) -> None:
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))

    def to_dict(self) -> dict[str, object]:
        return {**asdict(self), "ok": self.ok, "seconds": round(self.seconds, 3)}

    def sentence(self) -> str:
        parts = [
            f"{self.stored} new",
            f"{self.changed} changed",
            f"{self.unchanged} unchanged",
            f"{self.duplicates} duplicates" if self.duplicates else "",
            f"{self.removed} removed" if self.removed else "",
            f"{sum(one.count for one in self.skipped)} skipped" if self.skipped else "",
            f"{sum(one.count for one in self.failed)} failed" if self.failed else "",
        ]
        return ", ".join(part for part in parts if part) + f" ({self.passages} passages, {self.seconds:.1f} s)"
