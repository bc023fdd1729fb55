"""What commands share: options, opening the library, and printing their output."""

from __future__ import annotations

import datetime as dt
import functools
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from rag.config import Config
from ui.format import one_line, sendable

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.library import Library

Function = Callable[..., Any]
FOLDER = click.Path(path_type=Path)
JSON_HELP = 'Print one JSON document; an error is {"error": "…"}.'


@dataclass(frozen=True)
class Settings:
    """Options given before the command. `library_named`: on the command line, not by default or environment."""

    library: Path | str
    library_named: bool

    def config(self) -> Config:
        return Config.from_environment(library=self.library)

    def open(self) -> Library:
        """The library, which must exist. Raises what `Library.open` raises."""
        from rag.library import Library

        return Library.open(self.library, self.config())

    def assistant(self) -> Assistant:
        from rag.assistant import Assistant

        return Assistant(self.open())


class Said(NamedTuple):
    """The output of a command: a document for programs, or text for people with notices on stderr."""

    document: object
    text: str | bytes | Callable[[], str] = ""  # Bytes whatever the terminal's encoding; a function if it takes long.
    notices: Sequence[str] = ()
    code: int = 0


def command(name: str | None = None, of: click.Group | None = None, **attributes: Any) -> Callable[[Function], Any]:
    """A command with --json, in the group `of`. It takes the `Settings` and its options, and returns its output."""

    def made(function: Function) -> click.Command:
        @functools.wraps(function)
        def run(settings: Settings, /, as_json: bool, **options: Any) -> int:
            since, until = options.get("since"), options.get("until")
            if since and until and since > until:
                raise click.UsageError(f"--since {since} and --until {until} are the wrong way round.")
            return _printed(function(settings, **options), as_json)

        make: Callable[[Function], click.Command] = click.command(name, **attributes)
        whole = make(click.pass_obj(run))
        whole.params.append(click.Option(["--json", "as_json"], is_flag=True, help=JSON_HELP))
        if of is not None:
            of.add_command(whole)
        return whole

    return made


def _printed(said: Said, as_json: bool) -> int:
    if as_json:
        # UTF-8 whatever the terminal's encoding; a lone surrogate stays a JSON escape.
        text = json.dumps(said.document, ensure_ascii=False, indent=2, default=_in_json)
        click.echo(text.encode("utf-8", "backslashreplace"))
    else:
        if shown := said.text() if callable(said.text) else said.text:
            click.echo(shown)
        print_notices(said.notices)
    return said.code


def _in_json(value: Any) -> object:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value.model_dump(mode="json")


def print_notices(notices: Sequence[str]) -> None:
    for notice in notices:
        click.echo(f"dateline: {one_line(notice)}", err=True)


def address(value: str | Path) -> Path | str:
    """A folder, or a database address unchanged."""
    scheme, _, rest = str(value).partition("://")
    return f"postgresql://{rest}" if scheme in ("postgresql", "postgres") else Path(value)


def a_day(value: str) -> dt.date:
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"'{one_line(value)[:40]}' is not a date; write it as 2025-08-13.") from None


def day_option(name: str, told: str, **attributes: Any) -> Callable[[Function], Function]:
    return click.option(name, type=a_day, metavar="YYYY-MM-DD", help=told, **attributes)


private_option = click.option("--allow-private", is_flag=True, help="Let addresses of one's own network be fetched.")
outlet_option = click.option(
    "--outlet", "outlets", type=sendable, metavar="NAME", multiple=True, help="Only this outlet; may be repeated."
)


def filter_options(function: Function) -> Function:
    """Adds --as-of, --since, --until, --outlet and --author, as `ask` and `search` name them."""
    author = "Only this author; may be repeated."
    function = click.option("--author", "authors", type=sendable, metavar="NAME", multiple=True, help=author)(function)
    function = day_option("--until", "Last day of publication.")(outlet_option(function))
    function = day_option("--since", "First day of publication.")(function)
    return day_option("--as-of", "See nothing published later than this day.")(function)


def width() -> int:
    """Characters in a line of this terminal; 80 when unknown."""
    return shutil.get_terminal_size((80, 24)).columns
