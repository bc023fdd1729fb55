"""What an ingest did, as a value; how it is told is the business of the doors."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields


@dataclass(frozen=True)
class Named:
    """One source with the reason why it is not in the library."""

    source: str
    reason: str


@dataclass
class Report:
    """Counts of articles, except where said; filled while an ingest runs."""

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
        """True when everything that was asked for was done."""
        return not self.failed

    def add(self, other: Report) -> None:
        """What another ingest did besides."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))

    def to_dict(self) -> dict[str, object]:
        """Everything, in the types of JSON."""
        return {**asdict(self), "ok": self.ok, "seconds": round(self.seconds, 3)}

    def sentence(self) -> str:
        """One line for a person."""
        parts = [
            f"{self.stored} new",
            f"{self.changed} changed",
            f"{self.unchanged} unchanged",
            f"{self.duplicates} duplicates" if self.duplicates else "",
            f"{self.removed} removed" if self.removed else "",
            f"{len(self.skipped)} skipped" if self.skipped else "",
            f"{len(self.failed)} failed" if self.failed else "",
        ]
        return ", ".join(part for part in parts if part) + f" ({self.passages} passages, {self.seconds:.1f} s)"
