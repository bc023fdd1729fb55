"""The command line: `dateline [--library PATH] COMMAND`.

Nothing heavy is imported until a command runs, so that `--help` is instant. Every error ends up in the handler here.
"""

from __future__ import annotations

import contextlib
import gc
import json
import logging
import os
import signal
import sys
import traceback
import warnings
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import click

from rag.errors import DatelineError
from ui.cli import change, chat, evaluate, feedback, follow, read
from ui.cli.options import Settings, address
from ui.format import one_line

STOPPED_BY_SIGTERM, STOPPED_BY_INTERRUPT = 128 + signal.SIGTERM, 130
STOPPED = "stopped; what was stored is safe"
OBJECTS_BETWEEN_COLLECTIONS = 100_000  # With Python's default, collecting while torch is imported takes 0.2 s.


class Terminated(BaseException):
    """The process was asked to end. Like `KeyboardInterrupt`, it passes every `except Exception`."""


@contextlib.contextmanager
def termination_raised() -> Iterator[None]:
    """Inside, SIGTERM raises `Terminated`, so open work is rolled back. A second one ends the process at once."""
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _terminate(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    raise Terminated


class Door(click.Group):
    """Commands that return their exit code; every error becomes one line on stderr (or JSON on stdout) and a code."""

    def main(self, args: Sequence[str] | None = None, *more: Any, standalone_mode: bool = True, **extra: Any) -> Any:
        arguments = list(sys.argv[1:] if args is None else args)
        extra.setdefault("prog_name", "dateline")
        run = partial(super().main, arguments, *more, standalone_mode=False, **extra)
        if not standalone_mode:
            return run()
        for stream in (sys.stdout, sys.stderr):
            # A terminal that cannot show a character gets a question mark, never an exception.
            getattr(stream, "reconfigure", lambda **_: None)(errors="replace")
        try:
            with termination_raised():
                code: int = run() or 0
        except SystemExit:
            raise
        except BaseException as error:  # noqa: BLE001 (the one catch of this surface)
            code = _told(error, arguments)
        gc.freeze()  # scanning everything once more on the way out takes a tenth of a second
        sys.exit(code)


def _told(error: BaseException, arguments: Sequence[str]) -> int:
    """Tells a person, or a script that asked for JSON; returns the exit code."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return error.exit_code
    message, code = _message_and_code(error)
    if "--debug" in options:
        traceback.print_exception(error)
    if "--json" in options:
        click.echo(json.dumps({"error": message}))
    else:
        click.echo(f"dateline: {one_line(message)}", err=True)
    return code


def _message_and_code(error: BaseException) -> tuple[str, int]:
    if isinstance(error, DatelineError):
        return str(error), 1
    if isinstance(error, click.UsageError):
        command = error.ctx.command_path if error.ctx else "dateline"
        return f"{error.format_message()} See '{command} --help'.", error.exit_code
    if isinstance(error, click.ClickException):
        return error.format_message(), error.exit_code
    if isinstance(error, Terminated):
        return STOPPED, STOPPED_BY_SIGTERM
    if isinstance(error, click.Abort | KeyboardInterrupt):
        return STOPPED, STOPPED_BY_INTERRUPT
    return f"unexpected error ({type(error).__name__}: {error}); 'dateline --debug …' shows where it comes from.", 1


@click.group("dateline", cls=Door, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--library",
    type=address,
    envvar="DATELINE_LIBRARY",
    default=Path("library"),
    show_envvar=True,
    show_default=True,
    metavar="PATH",
    help="Folder of the library, or postgresql://USER@HOST/DATABASE.",
)
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.version_option(package_name="dateline", message="dateline %(version)s")
@click.pass_context
def cli(context: click.Context, library: Path | str, debug: bool) -> None:
    """Answers questions about a library of news articles; every sentence is tied to a checked passage.

    Exit codes: 0 done; 1 failed, partly or completely; 2 wrong usage; 3 no answer in the library (ask);
    130 and 143 stopped.
    """
    named = context.get_parameter_source("library") is click.core.ParameterSource.COMMANDLINE
    context.obj = Settings(library, named)


for module in (change, follow, read, chat, evaluate, feedback):
    for command in module.COMMANDS:
        cli.add_command(command)


def main() -> None:
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    if "--debug" not in sys.argv:
        _quieten()
    cli()


def _quieten() -> None:
    """Keeps messages meant for developers off the terminal. Must run before the libraries are imported."""
    quiet = {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_VERBOSITY": "error"}
    # Set explicitly: tokenizers then keeps its threads and does not warn when a process is started later.
    quiet |= {"TRANSFORMERS_VERBOSITY": "error", "TOKENIZERS_PARALLELISM": "true"}
    if not os.environ.get("DATELINE_EMBEDDING_MODEL", "").startswith("hub:"):
        quiet["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"  # downloads take long, so they keep their progress bar
    os.environ |= {**quiet, **os.environ}
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    # Not a root handler: with one in place, the chat page's log would never be set up.
    logging.lastResort = logging.NullHandler()
