"""Commands about what is new: digest, keep."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from ui.cli import tell
from ui.cli.options import Said, Settings, a_day, command, width, words
from ui.cli.progress import told
from ui.format import one_line

_SPANS = {"h": 1 / 24, "d": 1.0, "w": 7.0}


def a_span(value: str) -> dt.date:
    """The first day of a span that ends today: `1d`, `12h`, `2w`, or a day as 2025-08-13."""
    unit, number = value[-1:].lower(), value[:-1]
    if unit in _SPANS and number.isascii() and number.isdigit() and len(number) < 5:
        from rag.question.window import today

        return today() - dt.timedelta(days=-(-int(number) * _SPANS[unit] // 1))
    return a_day(value)


@command(short_help="Tell what is new.")
@click.option(
    "--since", type=a_span, default="1d", show_default=True, metavar="SPAN|DAY", help="1d, 12h, 2w, or a day."
)
@click.option("--until", type=a_day, metavar="YYYY-MM-DD", help="Last day; today when not given.")
@click.option("--topic", type=words, default="", metavar="WORDS", help="Only what is about this.")
@click.option("--most", type=click.IntRange(min=1), default=20, show_default=True, help="Stories that are told.")
@click.option(
    "--to", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write it to a .md or .html file."
)
def digest(
    settings: Settings, /, since: dt.date, until: dt.date | None, topic: str, most: int, to: Path | None
) -> Said:
    """Tell what is new: the stories of the days, by how many independent outlets tell them, in cited sentences."""
    from ui import digests

    if to is not None and to.suffix.lower() not in (".md", ".html"):
        raise click.UsageError("A digest is written to a file that ends in .md or .html.")
    with told("reading what is new"):
        assistant = settings.assistant()
        value = assistant.digest(since, until, topic=topic, most=most)
        kept = [one for one in assistant.library.kept.all() if one.changes and one.changes[0].at.date() >= since]
    if to is None:
        return Said(value, tell.wrapped(digests.as_text(value, kept), width()))
    text = digests.as_html(value, kept) if to.suffix.lower() == ".html" else digests.as_markdown(value, kept)
    try:
        to.write_text(text, encoding="utf-8", errors="replace")
    except OSError as error:
        raise click.ClickException(f"'{one_line(str(to))}' cannot be written; choose another file.") from error
    return Said(value, f"Written to {one_line(str(to))}: {digests.heading(value)}")


@command(short_help="Keep questions that are asked again after each fetch.")
@click.argument("question", type=words, required=False)
@click.option("--drop", type=int, metavar="NUMBER", help="Keep this one no more.")
def keep(settings: Settings, /, question: str | None, drop: int | None) -> Said:
    """Keep QUESTION: it is asked again after each fetch, and marked when its answer changes. Without one, list them."""
    if question and drop is not None:
        raise click.UsageError("Keep a question or drop one, not both at once.")
    if drop is not None:
        settings.open().kept.drop(drop)
        return Said([], f"Question {drop} is kept no more.")
    if question:
        with told("loading the embedding model"):
            from rag.keeping import keep as run

            kept = run(settings.assistant(), question, dt.datetime.now(dt.UTC))
        return Said([kept], tell.kept(kept))
    found = settings.open().kept.all()
    nothing = [] if found else ["No question is kept; keep one with 'dateline keep \"QUESTION\"'."]
    return Said(found, "\n".join(tell.kept(one) for one in found), nothing)


COMMANDS = (digest, keep)
