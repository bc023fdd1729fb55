"""What commands share: options, the library that they open, and how what they say is printed."""

from __future__ import annotations

import datetime as dt
import functools
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ui.format import one_line

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.config import Config
    from rag.library import Library

Function = Callable[..., Any]
FOLDER = click.Path(path_type=Path)
JSON_HELP = 'Print one JSON document; an error is {"error": "…"}.'


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

    def assistant(self) -> Assistant:
        """The assistant over the library. Raises what `open` raises."""
        from rag.assistant import Assistant

        return Assistant(self.open())


@dataclass(frozen=True)
class Said:
    """What a command says: a document for programs, or a text for people with notices on stderr.

    `text` in bytes is printed as it is, whatever the terminal speaks; one that takes a while is a function.
    """

    document: object
    text: str | bytes | Callable[[], str] = ""
    notices: Sequence[str] = ()
    code: int = 0


def command(name: str | None = None, of: click.Group | None = None, **attributes: Any) -> Callable[[Function], Any]:
    """A command with --json. It is called with the `Settings` and its options, and returns what it has to say.

    Args:
        of: the group that it belongs to.
    """

    def made(function: Function) -> click.Command:
        @functools.wraps(function)
        def run(settings: Settings, /, as_json: bool, **options: Any) -> int:
            _refuse_days_the_wrong_way_round(options.get("since"), options.get("until"))
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
        print_json(said.document)
    else:
        if text := said.text() if callable(said.text) else said.text:
            click.echo(text)
        print_notices(said.notices)
    return said.code


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


def _refuse_days_the_wrong_way_round(since: dt.date | None, until: dt.date | None) -> None:
    if since and until and since > until:
        from rag.errors import ConfigError
        from rag.question.filters import make_filters

        try:
            make_filters(since=since, until=until)
        except ConfigError as error:
            raise click.UsageError(str(error)) from None


def words(value: str) -> str:
    """What a person typed, without the lone surrogates by which Python marks bytes that are not UTF-8."""
    return value.encode("utf-8", "replace").decode("utf-8")


outlet_option = click.option(
    "--outlet", "outlets", type=words, metavar="NAME", multiple=True, help="Only this outlet; may be repeated."
)
private_option = click.option("--allow-private", is_flag=True, help="Let addresses of one's own network be fetched.")


def filter_options(function: Function) -> Function:
    """Adds --as-of, --since, --until, --outlet and --author, in the words of `ask` and `search`."""
    options = [
        click.option("--as-of", type=a_day, metavar="YYYY-MM-DD", help="See nothing published later than this day."),
        click.option("--since", type=a_day, metavar="YYYY-MM-DD", help="First day of publication."),
        click.option("--until", type=a_day, metavar="YYYY-MM-DD", help="Last day of publication."),
        outlet_option,
        click.option(
            "--author", "authors", type=words, metavar="NAME", multiple=True, help="Only this author; may be repeated."
        ),
    ]
    for option in reversed(options):
        function = option(function)
    return function


def print_json(value: object) -> None:
    """One document on stdout, as UTF-8 whatever the terminal speaks; a lone surrogate stays the escape that JSON knows."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=_in_json)
    click.echo(text.encode("utf-8", "backslashreplace"))


def _in_json(value: Any) -> object:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value.model_dump(mode="json")


def print_notices(notices: Sequence[str]) -> None:
    """What the reader should know, on stderr."""
    for notice in notices:
        click.echo(f"dateline: {one_line(notice)}", err=True)


def width() -> int:
    """Characters in a line of this terminal; 80 when unknown."""
    return shutil.get_terminal_size((80, 24)).columns
