"""The command that opens the chat page."""

from __future__ import annotations

import click

from ui.cli.options import Settings
from ui.cli.progress import told
from ui.format import one_line


@click.command()
@click.option("--host", help="Address to listen on; DATELINE_HOST or 127.0.0.1 when not given.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port; DATELINE_PORT or 7860 when not given.")
@click.pass_obj
def chat(settings: Settings, /, host: str | None, port: int | None) -> None:
    """Open the chat page over the library, until Ctrl-C. Articles can be added there, also to a library that is new."""
    with told("opening the library and the chat page"):
        from rag.library import Library
        from rag.store.engine import engine_at

        new = not engine_at(settings.library).exists()
        library = Library.create(settings.library, settings.config())
        from ui.web.server import serve
    if new:
        click.echo(f"There was no library at '{one_line(library.catalog.name)}'; an empty one was made.", err=True)
    serve(library, host=host or library.config.host, port=port or library.config.port)


COMMANDS = (chat,)
