"""Commands for followed sources (follow, unfollow, sources, fetch) and for what is new (digest, keep)."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rag.question.window import today
from ui.cli import tell
from ui.cli.options import Said, Settings, a_day, command, day_option, private_option, width
from ui.cli.progress import Progress
from ui.format import moment, of_source, one_line, sendable, state
from ui.web.texts import counted

if TYPE_CHECKING:
    from rag.store.followed import Source

_SPANS = {"h": "hours", "d": "days", "w": "weeks"}


def a_span(context: click.Context, _: click.Parameter, value: str) -> dt.date:
    """When a span ending today, or on `--until`, begins: `1d`, `2w`, the moment `12h` ago, or a day such as 2025-08-13."""
    unit, number = value[-1:].lower(), value[:-1]
    if unit in _SPANS and number.isascii() and number.isdigit() and len(number) < 5:
        span, last = dt.timedelta(**{_SPANS[unit]: int(number)}), context.params.get("until")
        if unit == "h" and last is None:
            return dt.datetime.now().astimezone() - span
        return (last or today()) - dt.timedelta(days=math.ceil(span / dt.timedelta(days=1)))
    try:
        return a_day(value)
    except click.BadParameter as error:
        raise click.BadParameter(f"{error.message.removesuffix('.')}, or a span as 1d, 12h or 2w.") from None


@command(short_help="Follow feeds, news sitemaps, pages and folders.")
@click.argument("sources", nargs=-1, required=True, type=sendable, metavar="URL|PATH...")
@private_option
def follow(settings: Settings, /, sources: tuple[str, ...], allow_private: bool) -> Said:
    """Follow feeds, news sitemaps, pages, folders, and the feeds of an OPML file. 'dateline fetch' fetches what is new in them, and so does the open chat page.

    A page that names its feed stands for the feed. Sources that cannot be read now are named and not followed.
    """
    with Progress("asking"):
        from ingest.follow import follow as run
        from rag.library import Library

        library = Library.create(settings.library, settings.config())
        added, problems = run(library, sources, allow_private=allow_private or library.config.allow_private)
    lines = [f"Followed: {one_line(one.source)}" for one in added]
    if added:
        lines.append("Fetch what they have with 'dateline fetch', now and from cron.")
    elif not problems:
        lines.append("All of them are followed already.")
    failed = [{"source": one.source, "reason": one.reason} for one in problems]
    notices = [f"not followed: {of_source(one.source, one.reason)}" for one in problems]
    document = {"followed": [one.source for one in added], "failed": failed}
    return Said(document, "\n".join(lines), notices, 1 if problems else 0)


@command(short_help="Follow a source no more.")
@click.argument("source", type=sendable, metavar="URL|PATH")
def unfollow(settings: Settings, /, source: str) -> Said:
    """Stop following a source. Its articles stay."""
    from ingest.follow import name_of

    settings.open().sources.unfollow(name_of(source))
    return Said({"unfollowed": source}, f"Not followed any more: {one_line(source)}; its articles stay.")


@command(short_help="List what is followed, and how it goes.")
def sources(settings: Settings, /) -> Said:
    """List the followed sources: articles brought by each, when it was last read, and any problem with it."""
    found = settings.open().sources.all()
    nothing = [] if found else ["Nothing is followed; follow a feed with 'dateline follow URL'."]
    return Said(found, "\n".join(_source(one) for one in found), nothing)


@command(short_help="Fetch what is new in the followed sources.")
@click.argument("sources", nargs=-1, type=sendable, metavar="[URL|PATH]...")
@private_option
def fetch(settings: Settings, /, sources: tuple[str, ...], allow_private: bool) -> Said:
    """Fetch what is new in the followed sources that are due, or in SOURCES now, even paused ones.

    For cron: run it as often as you like; no source is asked more often than is polite. Kept questions are asked again.
    """
    with Progress("opening the library"):
        from ingest.follow import fetch_due
        from rag.keeping import ask_again

        library = settings.open()
    private = allow_private or library.config.allow_private
    with Progress("fetching") as progress:
        done = fetch_due(library, sources, allow_private=private, progress=progress)
        unfinished = [one.source for one in done.sources if one.left]
        while unfinished:
            more = fetch_due(library, unfinished, allow_private=private, progress=progress)
            done.report.add(more.report)
            now = {one.source: one for one in more.sources}
            done.sources = [now.get(one.source, one) for one in done.sources]
            left = (one for one in more.sources if one.left)
            unfinished = [one.source for one in left if one.next_at <= (one.tried_at or one.next_at)]
    changed = ask_again(settings.assistant(), dt.datetime.now(dt.UTC)) if done.brought else []
    failed = [one for one in done.sources if one.problem]
    asked = {one.source for one in done.sources}
    paused = sum(one.paused and one.failures > 0 and one.source not in asked for one in library.sources.all())
    told = f"Paused after failures and not asked: {paused}; 'dateline sources' says why."
    kept = [one.model_dump(mode="json", exclude={"answer"}) for one in changed]
    lines = [f"{len(done.sources)} asked: {tell.report(done.report)}", *map(_source, failed), *map(tell.kept, changed)]
    document = {"sources": done.sources, "report": done.report.to_dict(), "kept": kept}
    return Said(document, "\n".join(lines), [told] if paused else [], code=1 if failed else 0)


def _source(one: Source) -> str:
    """`paused  12 articles  last read 13 Aug 2025 08:10  https://…: what is wrong`."""
    when = f"last read {moment(one.last_success)}" if one.last_success else "never read"
    line = f"{state(one).lower():<10}{counted(one.articles, 'article'):>15}  {when}  {one_line(one.source)}"
    if one.problem:
        line += f"\n{tell.INDENT}{one_line(one.problem)}"
    if one.paused:
        line += f" It is asked no more; 'dateline fetch {one_line(one.source)}' tries it again."
    return line


@command(short_help="Tell what is new.")
@click.option(
    "--since", callback=a_span, default="1d", show_default=True, metavar="SPAN|DAY", help="1d, 12h, 2w, or a day."
)
@day_option("--until", "Last day; today when not given.", is_eager=True)
@click.option("--topic", type=sendable, default="", metavar="WORDS", help="Only what is about this.")
@click.option("--most", type=click.IntRange(min=1), default=20, show_default=True, help="Stories that are told.")
@click.option(
    "--to", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write it to a .md or .html file."
)
def digest(
    settings: Settings, /, since: dt.date, until: dt.date | None, topic: str, most: int, to: Path | None
) -> Said:
    """Show what is new, in cited sentences: the days' stories, those told by most independent outlets first."""
    from ui import digests

    if to is not None and to.suffix.lower() not in (".md", ".html"):
        raise click.UsageError("A digest is written to a file that ends in .md or .html.")
    with Progress("reading what is new"):
        assistant = settings.assistant()
        value = assistant.digest(since, until, topic=topic, most=most)
        start = since if isinstance(since, dt.datetime) else dt.datetime.combine(since, dt.time.min)
        changed = ((one, one.changes[0].at) for one in assistant.library.kept.all() if one.changes and not topic)
        kept = [one for one, at in changed if at >= start.astimezone() and at.astimezone().date() <= value.until]
    if to is None:
        return Said(value, tell.wrapped(digests.as_text(value, kept), width()))
    text = digests.as_html(value, kept) if to.suffix.lower() == ".html" else digests.as_markdown(value, kept)
    try:
        to.write_text(text, encoding="utf-8", errors="replace")
    except OSError as error:
        raise click.ClickException(f"'{one_line(str(to))}' cannot be written; choose another file.") from error
    return Said(value, f"Written to {one_line(str(to))}: {digests.heading(value)}")


@command(short_help="Keep questions that are asked again after each fetch.")
@click.argument("question", type=sendable, required=False)
@click.option("--drop", type=int, metavar="NUMBER", help="Keep this one no more.")
def keep(settings: Settings, /, question: str | None, drop: int | None) -> Said:
    """Keep QUESTION: ask it after each fetch and mark it when its answer changes. Without QUESTION, list them."""
    if question is not None and drop is not None:
        raise click.UsageError("Keep a question or drop one, not both at once.")
    if drop is not None:
        settings.open().kept.drop(drop)
        return Said([], f"Question {drop} is kept no more.")
    if question is not None:
        with Progress("loading the embedding model"):
            from rag.keeping import keep as run

            kept = run(settings.assistant(), question, dt.datetime.now(dt.UTC))
        return Said([kept], tell.kept(kept))
    found = settings.open().kept.all()
    nothing = [] if found else ["No question is kept; keep one with 'dateline keep \"QUESTION\"'."]
    return Said(found, "\n".join(map(tell.kept, found)), nothing)


COMMANDS = (follow, unfollow, sources, fetch, digest, keep)
