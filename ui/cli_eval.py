"""The command that measures whether the answers are right."""

from __future__ import annotations

from pathlib import Path

import click

from ui.cli_options import Settings, json_option, print_json
from ui.progress import Progress


@click.command("eval")
@click.argument("suite", default="sample")
@click.option("--data", type=click.Path(path_type=Path), metavar="FOLDER", help="Folder of a public suite.")
@click.option("--limit", type=click.IntRange(min=1), help="Ask only the first cases.")
@click.option("--as-of/--no-as-of", default=True, show_default=True, help="Ask each question as on its own day.")
@json_option
@click.pass_obj
def evaluate(
    settings: Settings, /, suite: str, data: Path | None, limit: int | None, as_of: bool, as_json: bool
) -> None:
    """Ask the questions of SUITE and count what was right.

    With --library before the command it asks over that library; otherwise over one that is kept in a cache folder.
    """
    library = settings.library if settings.library_named else None
    with Progress("loading the embedding model") as progress:
        from evals.report import terminal_table
        from evals.run import run_suite

        result = run_suite(suite, data, library, limit, as_of, progress)
    if as_json:
        print_json(result.to_dict())
    else:
        click.echo(terminal_table(result))


COMMANDS = (evaluate,)
