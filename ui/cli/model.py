"""Commands for language models: which there are, and fetching one."""

from __future__ import annotations

import click

from ui.cli.options import json_option, print_json
from ui.cli.progress import Progress

MEGABYTE = 1_000_000


@click.group(short_help="Language models that write answers.")
def model() -> None:
    """Language models that write answers: which there are, and fetching one. DATELINE_LLM names the one to use."""


@model.command("list")
@json_option
def list_models(as_json: bool) -> None:
    """Show the models that can be fetched, with memory and licence."""
    from rag.language.known import LARGER, SMALL, file_of

    rows = [
        {
            "name": one.name,
            "file": one.file,
            "bytes": one.size,
            "memory_gb": one.memory,
            "licence": one.licence,
            "sha256": one.sha256 or None,
            "here": file_of(one).is_file(),
        }
        for one in (SMALL, LARGER)
    ]
    if as_json:
        print_json({"models": rows})
        return
    for one, fit in ((SMALL, "two processor cores"), (LARGER, "a graphics card with 8 GB")):
        here = "here" if file_of(one).is_file() else "not fetched"
        click.echo(
            f"{one.name}\n  {one.size / 1e9:.1f} GB, {one.memory:.1f} GB of memory, {one.licence}, for {fit}; {here}"
        )
        click.echo(f"  sha256 {one.sha256}" if one.sha256 else "  no hash is pinned for it")
    click.echo("\nAny other file on the hub: gguf:hub:OWNER/REPOSITORY/FILE")


@model.command("get")
@click.argument("name", default="small")
@json_option
def get_model(name: str, as_json: bool) -> None:
    """Fetch the model NAME: small, or gguf:hub:OWNER/REPOSITORY/FILE. Goes on where it was stopped."""
    from ingest.model_files import fetch, model_of

    wanted = model_of(name)
    with Progress(f"fetching {wanted.file}") as progress:
        file = fetch(wanted, lambda done, total: progress("fetch", done // MEGABYTE, total // MEGABYTE))
    if as_json:
        print_json({"file": str(file), "setting": wanted.name})
    else:
        click.echo(f"The model is in {file}\nUse it with: DATELINE_LLM={wanted.name}")


COMMANDS = [model]
