"""Commands that open the chat page and fetch the language models it can use."""

from __future__ import annotations

import json

import click

from ui.cli.options import Said, Settings, command
from ui.cli.progress import Progress
from ui.format import one_line

MEGABYTE = 1_000_000


@click.command()
@click.option("--host", help="Address to listen on; DATELINE_HOST or 127.0.0.1 when not given.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port; DATELINE_PORT or 7860 when not given.")
@click.option("--json", "as_json", is_flag=True, help='Print {"address": "…"} once the page can be opened.')
@click.pass_obj
def chat(settings: Settings, /, host: str | None, port: int | None, as_json: bool) -> None:
    """Open the chat page of the library, until Ctrl-C. Articles can be added there, even to a new library."""
    with Progress("opening the library and the chat page"):
        from rag.library import Library
        from rag.store.engine import engine_at

        new = not engine_at(settings.library).exists()
        library = Library.create(settings.library, settings.config())
        from ui.web.server import READY, serve
    if new:
        click.echo(f"There was no library at '{one_line(library.catalog.name)}'; an empty one was made.", err=True)
    ready = json.dumps({"address": "%s"}) if as_json else READY
    serve(library, host=host or library.config.host, port=port or library.config.port, ready=ready)


@click.group(short_help="Models to fetch: one that writes answers, one that reads and checks.")
def model() -> None:
    """Models that are fetched: those that write answers, and the one that reads passages again and checks what is written."""


@command("list", of=model)
def list_models(_: Settings, /) -> Said:
    """Show the models that can be fetched, with memory and licence."""
    from rag.language.known import ENCODER, LARGER, SMALL, file_of

    rows, lines = [], []
    fits = "two processor cores", "reading again and checking", "a graphics card with 8 GB"
    for one, fit in zip((SMALL, ENCODER, LARGER), fits, strict=True):
        here = file_of(one).is_file()
        rows.append(
            {"name": one.name, "file": one.file, "bytes": one.size, "memory_gb": one.memory, "licence": one.licence,
             "sha256": one.sha256 or None, "here": here}
        )  # fmt: skip
        size = f"{one.size / 1e9:.1f} GB, {one.memory:.1f} GB of memory, {one.licence}, for {fit}"
        lines += [one.name, f"  {size}; {'here' if here else 'not fetched'}"]
        lines.append(f"  sha256 {one.sha256}" if one.sha256 else "  no hash is pinned for it")
    return Said({"models": rows}, "\n".join([*lines, "\nAny other file on the hub: gguf:hub:OWNER/REPOSITORY/FILE"]))


@command("get", of=model)
@click.argument("name", default="small")
def get_model(_: Settings, /, name: str) -> Said:
    """Fetch the model NAME: small, encoder, or gguf:hub:OWNER/REPOSITORY/FILE. Resumes where it stopped."""
    from ingest.model_files import fetch, model_of

    wanted = model_of(name)
    with Progress(f"fetching {wanted.file}") as progress:
        file = fetch(wanted, lambda done, total: progress("fetch", done // MEGABYTE, total // MEGABYTE))
    reads = "From the next start on it reads the likeliest passages again, and checks what a language model writes."
    use = f"Use it with: {wanted.use}" if wanted.use else reads
    return Said({"file": str(file), "setting": wanted.name}, f"The model is in {file}\n{use}")


COMMANDS = (chat, model)
