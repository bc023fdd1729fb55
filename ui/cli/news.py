"""Commands about what is new: digest, keep."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ui.cli import tell
from ui.cli.options import Settings, a_day, json_option, print_bytes, print_json, print_notices, width, words
from ui.cli.progress import told

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.store.kept import KeptQuestion

_SPANS = {"h": 1 / 24, "d": 1.0, "w": 7.0}


def a_span(value: str) -> dt.date:
    """The first day of a span that ends today: `1d`, `12h`, `2w`, or a day as 2025-08-13."""
    unit, number = value[-1:].lower(), value[:-1]
    if unit in _SPANS and number.isascii() and number.isdigit() and len(number) < 5:
        from rag.question.window import today

        return today() - dt.timedelta(days=-(-int(number) * _SPANS[unit] // 1))
    return a_day(value)


@click.command(short_help="Tell what is new.")
@click.option(
    "--since", type=a_span, default="1d", show_default=True, metavar="SPAN|DAY", help="1d, 12h, 2w, or a day."
)
@click.option("--until", type=a_day, metavar="YYYY-MM-DD", help="Last day; today when not given.")
@click.option("--topic", type=words, default="", metavar="WORDS", help="Only what is about this.")
@click.option("--most", type=click.IntRange(min=1), default=20, show_default=True, help="Stories that are told.")
@click.option(
    "--to", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write it to a .md or .html file."
)
@json_option
@click.pass_obj
def digest(
    settings: Settings, /, since: dt.date, until: dt.date | None, topic: str, most: int, to: Path | None, as_json: bool
) -> None:
    """Tell what is new: the stories of the days, by how many independent outlets tell them, in cited sentences."""
    from ui import digests

    if to is not None and to.suffix.lower() not in (".md", ".html"):
        raise click.UsageError("A digest is written to a file that ends in .md or .html.")
    with told("reading what is new"):
        assistant = _assistant(settings)
        value = assistant.digest(since, until, topic=topic, most=most)
        kept = [one for one in assistant.library.kept.all() if one.changes and one.changes[0].at.date() >= since]
    if to is not None:
        text = digests.as_html(value, kept) if to.suffix.lower() == ".html" else digests.as_markdown(value, kept)
        try:
            to.write_text(text, encoding="utf-8", errors="replace")
        except OSError as error:
            raise click.ClickException(f"'{tell.one_line(str(to))}' cannot be written; choose another file.") from error
    if as_json:
        print_bytes(value.to_json(indent=2))
    elif to is None:
        click.echo(tell.wrapped(digests.as_text(value, kept), width()))
    else:
        click.echo(f"Written to {tell.one_line(str(to))}: {digests.heading(value)}")


@click.command(short_help="Keep questions that are asked again after each fetch.")
@click.argument("question", type=words, required=False)
@click.option("--drop", type=int, metavar="NUMBER", help="Keep this one no more.")
@json_option
@click.pass_obj
def keep(settings: Settings, /, question: str | None, drop: int | None, as_json: bool) -> None:
    """Keep QUESTION: it is asked again after each fetch, and marked when its answer changes. Without one, list them."""
    if question and drop is not None:
        raise click.UsageError("Keep a question or drop one, not both at once.")
    found: tuple[KeptQuestion, ...] = ()
    if drop is not None:
        settings.open().kept.drop(drop)
    elif question:
        with told("loading the embedding model"):
            from rag.keeping import keep as run

            found = (run(_assistant(settings), question, dt.datetime.now(dt.UTC)),)
    else:
        found = settings.open().kept.all()
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
    elif found:
        click.echo("\n".join(tell.kept(one) for one in found))
    elif drop is not None:
        click.echo(f"Question {drop} is kept no more.")
    else:
        print_notices(["No question is kept; keep one with 'dateline keep \"QUESTION\"'."])


def _assistant(settings: Settings) -> Assistant:
    from rag.assistant import Assistant

    return Assistant(settings.open())


COMMANDS = (digest, keep)
