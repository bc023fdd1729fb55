"""What commands share: options, the library that they open, and JSON on stdout."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ui.cli.tell import one_line

if TYPE_CHECKING:
    from rag.config import Config
    from rag.library import Library

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class Settings:
    """What was said before the command. `library_named`: on the command line, not by default or environment."""

    library: Path | str
    library_named: bool

    def config(self) -> Config:
        """Settings from the environment. Raises `ConfigError`."""
        from rag.config import Config

        return Config.from_environment(library=self.library)

    def open(self) -> Library:
        """The library, which must exist. Raises what `Library.open` raises."""
        from rag.library import Library

        return Library.open(self.library, self.config())


def address(value: str | Path) -> Path | str:
    """A folder, or the address of a database as it is."""
    scheme, _, rest = str(value).partition("://")
    return f"postgresql://{rest}" if scheme in ("postgresql", "postgres") else Path(value)


def a_day(value: str) -> dt.date:
    """A day as 2025-08-13, or a usage error that shows how to write one."""
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"'{one_line(value)[:40]}' is not a day; write it as 2025-08-13.") from None


def words(value: str) -> str:
    """What a person typed, without the lone surrogates by which Python marks bytes that are not UTF-8."""
    return value.encode("utf-8", "replace").decode("utf-8")


@dataclass(frozen=True)
class Chosen:
    """The filters of one command line; nothing chosen means everything."""

    as_of: dt.date | None
    since: dt.date | None
    until: dt.date | None
    outlets: tuple[str, ...]
    authors: tuple[str, ...]

    def as_arguments(self) -> dict[str, Any]:
        """As `ask` and `search` take them."""
        return {
            "as_of": self.as_of,
            "since": self.since,
            "until": self.until,
            "outlets": self.outlets or None,
            "authors": self.authors or None,
        }


json_option = click.option(
    "--json", "as_json", is_flag=True, help='Print one JSON document; an error is {"error": "…"}.'
)


def filter_options(function: Function) -> Function:
    """Adds --as-of, --since, --until, --outlet and --author."""
    options = [
        click.option("--as-of", type=a_day, metavar="YYYY-MM-DD", help="See nothing published later than this day."),
        click.option("--since", type=a_day, metavar="YYYY-MM-DD", help="First day of publication."),
        click.option("--until", type=a_day, metavar="YYYY-MM-DD", help="Last day of publication."),
        click.option(
            "--outlet", "outlets", type=words, metavar="NAME", multiple=True, help="Only this outlet; may be repeated."
        ),
        click.option(
            "--author", "authors", type=words, metavar="NAME", multiple=True, help="Only this author; may be repeated."
        ),
    ]
    for option in reversed(options):
        function = option(function)
    return function


def print_json(value: object) -> None:
    """One document on stdout."""
    print_bytes(json.dumps(value, ensure_ascii=False, indent=2))


def print_bytes(text: str) -> None:
    """JSON text as UTF-8, whatever the terminal speaks; a lone surrogate stays the escape that JSON knows."""
    click.echo(text.encode("utf-8", "backslashreplace"))


def print_notices(notices: Sequence[str]) -> None:
    """What the reader should know, on stderr."""
    for notice in notices:
        click.echo(f"dateline: {one_line(notice)}", err=True)


def width() -> int:
    """Characters in a line of this terminal; 80 when unknown."""
    return shutil.get_terminal_size((80, 24)).columns
