"""A command of `python -m evals.NAME`: what is wrong with its input is one sentence."""

from __future__ import annotations

from typing import Any

import click

from rag.errors import DatelineError


class Command(click.Command):
    """Tells errors of the library, of its cases and of missing files without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except DatelineError as error:
            raise click.ClickException(str(error)) from error
        except FileNotFoundError as error:
            raise click.ClickException(f"There is no '{error.filename}'; name another folder or file.") from error
