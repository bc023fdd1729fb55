"""Commands of a library that keeps itself fresh: follow, unfollow, sources, fetch."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import click

from ui.cli import tell
from ui.cli.options import Said, Settings, command, private_option, words
from ui.cli.progress import Progress, told
from ui.format import moment, one_line

if TYPE_CHECKING:
    from rag.store.followed import Source


@command(short_help="Follow feeds, news sitemaps, pages and folders.")
@click.argument("sources", nargs=-1, required=True, type=words, metavar="URL|PATH...")
@private_option
def follow(settings: Settings, /, sources: tuple[str, ...], allow_private: bool) -> Said:
    """Follow feeds, news sitemaps, pages, folders, and the feeds of an OPML file: what is new in them is fetched by 'dateline fetch', and while the chat page is open.

    A page that names its feed stands for the feed. What cannot be read now is named and not followed.
    """
    with told("asking"):
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
    notices = [f"not followed: {one.source}: {one.reason}" for one in problems]
    followed = [one.source for one in added]
    return Said({"followed": followed, "failed": failed}, "\n".join(lines), notices, 1 if problems else 0)


@command(short_help="Follow a source no more.")
@click.argument("source", type=words, metavar="URL|PATH")
def unfollow(settings: Settings, /, source: str) -> Said:
    """Follow a source no more. Its articles stay."""
    from ingest.follow import name_of

    settings.open().sources.unfollow(name_of(source))
    return Said({"unfollowed": source}, f"Not followed any more: {one_line(source)}; its articles stay.")


@command(short_help="List what is followed, and how it goes.")
def sources(settings: Settings, /) -> Said:
    """List what is followed: how many articles each source gave, when it was last read, and what is wrong with it."""
    found = settings.open().sources.all()
    nothing = [] if found else ["Nothing is followed; follow a feed with 'dateline follow URL'."]
    return Said(found, "\n".join(_source(one) for one in found), nothing)


@command(short_help="Fetch what is new in the followed sources.")
@click.argument("sources", nargs=-1, type=words, metavar="[URL|PATH]...")
@private_option
def fetch(settings: Settings, /, sources: tuple[str, ...], allow_private: bool) -> Said:
    """Fetch what is new in the followed sources whose time has come, or in SOURCES now, also where they are paused.

    For cron: as often as you like, each source is asked no more often than is polite. Kept questions are asked again.
    """
    with told("opening the library"):
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
            unfinished = [
                one.source for one in more.sources if one.left and one.next_at <= (one.tried_at or one.next_at)
            ]
    changed = ask_again(settings.assistant(), dt.datetime.now(dt.UTC)) if done.brought else []
    failed = [one for one in done.sources if one.problem]
    kept = [one.model_dump(mode="json", exclude={"answer"}) for one in changed]
    lines = [f"{len(done.sources)} asked: {tell.report(done.report)}", *map(_source, failed), *map(tell.kept, changed)]
    document = {"sources": done.sources, "report": done.report.to_dict(), "kept": kept}
    return Said(document, "\n".join(lines), code=1 if failed else 0)


def _source(one: Source) -> str:
    """`paused  12 articles  last read 13 Aug 2025 08:10  https://…: what is wrong`."""
    state = "paused" if one.paused else "failing" if one.failures else "well"
    counted = f"{one.articles:,} article{'' if one.articles == 1 else 's'}"
    when = f"last read {moment(one.last_success)}" if one.last_success else "never read"
    line = f"{state:<8}{counted:>15}  {when}  {one_line(one.source)}"
    if one.problem:
        line += f"\n{tell.INDENT}{one_line(one.problem)}"
    if one.paused:
        line += f" It is asked no more; 'dateline fetch {one_line(one.source)}' tries it again."
    return line


COMMANDS = (follow, unfollow, sources, fetch)
