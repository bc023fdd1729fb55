"""The command that opens the chat page."""

from __future__ import annotations

import click

from ui.cli.options import Settings
from ui.cli.progress import told


@click.command()
@click.option("--host", help="Address to listen on; DATELINE_HOST or 127.0.0.1 when not given.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port; DATELINE_PORT or 7860 when not given.")
@click.pass_obj
def chat(settings: Settings, /, host: str | None, port: int | None) -> None:
    """Open the chat page over the library, until Ctrl-C."""
    with told("opening the library and the chat page"):
        library = settings.open()
        from ui.web.server import serve
    serve(library, host=host or library.config.host, port=port or library.config.port)


COMMANDS = (chat,)
