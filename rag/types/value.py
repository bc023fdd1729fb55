"""What all values share: frozen, validated when built, JSON both ways."""

from __future__ import annotations

from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict


def _followable(url: str | None) -> str | None:
    """The address if it is safe to follow: http(s), a host, no user name posing as one, a single line.

    The one check for every way an address comes in or goes out, be it a feed, the head of a file, or a library.
    """
    try:
        parts = urlsplit(url or "")
        plain = parts.scheme in ("http", "https") and bool(parts.hostname) and not {"@", " "} & set(parts.netloc)
        plain = plain and parts.port != 0  # also raises if it is not a number
    except ValueError:
        return None
    return url if plain and url and url.isprintable() else None


Link = Annotated[str | None, AfterValidator(_followable)]
"""An article's address; None for one that no reader should follow."""


class Value(BaseModel):
    """A frozen value; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def to_json(self, indent: int | None = None) -> str:
        """This value as JSON text; dates in ISO 8601."""
        return self.model_dump_json(indent=indent)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Reads what `to_json` wrote. Raises `pydantic.ValidationError` if it is something else."""
        return cls.model_validate_json(text)

    @classmethod
    def like(cls, other: Value, **given: Any) -> Self:
        """A value with the fields it shares with `other` copied from there, and the given ones."""
        shared = cls.model_fields.keys() & type(other).model_fields.keys()
        return cls(**{name: getattr(other, name) for name in shared} | given)


class Span(Value):
    """Characters `start` to `end` of a text; an article's unless stated otherwise."""

    start: int
    end: int
