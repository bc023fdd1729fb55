"""Commands of a library that keeps itself fresh: follow, unfollow, sources, fetch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ui.cli import tell
from ui.cli.options import Settings, json_option, print_json, print_notices, words
from ui.cli.progress import Progress, told

if TYPE_CHECKING:
    from rag.store.followed import Source
    from rag.store.kept import KeptQuestion

private_option = click.option("--allow-private", is_flag=True, help="Let addresses of one's own network be fetched.")


@click.command(short_help="Follow feeds, news sitemaps, pages and folders.")
@click.argument("sources", nargs=-1, required=True, type=words, metavar="URL|PATH...")
@private_option
@json_option
@click.pass_obj
def follow(settings: Settings, /, sources: tuple[str, ...], allow_private: bool, as_json: bool) -> int:
    """Follow feeds, news sitemaps, pages, folders, and the feeds of an OPML file: what is new in them is fetched by 'dateline fetch', and while the chat page is open.

    A page that names its feed stands for the feed. What cannot be read now is named and not followed.
    """
    with told("asking"):
        from ingest.follow import follow as run
        from rag.library import Library

        library = Library.create(settings.library, settings.config())
        added, problems = run(library, sources, allow_private=allow_private or library.config.allow_private)
    if as_json:
        failed = [{"source": one.source, "reason": one.reason} for one in problems]
        print_json({"followed": [one.source for one in added], "failed": failed})
        return 1 if problems else 0
    for one in added:
        click.echo(f"Followed: {tell.one_line(one.source)}")
    if not added and not problems:
        click.echo("All of them are followed already.")
    print_notices([f"not followed: {one.source}: {one.reason}" for one in problems])
    if added:
        click.echo("Fetch what they have with 'dateline fetch', now and from cron.")
    return 1 if problems else 0


@click.command(short_help="Follow a source no more.")
@click.argument("source", type=words, metavar="URL|PATH")
@json_option
@click.pass_obj
def unfollow(settings: Settings, /, source: str, as_json: bool) -> None:
    """Follow a source no more. Its articles stay."""
    from ingest.follow import name_of

    settings.open().sources.unfollow(name_of(source))
    if as_json:
        print_json({"unfollowed": source})
    else:
        click.echo(f"Not followed any more: {tell.one_line(source)}; its articles stay.")


@click.command(short_help="List what is followed, and how it goes.")
@json_option
@click.pass_obj
def sources(settings: Settings, /, as_json: bool) -> None:
    """List what is followed: how many articles each source gave, when it was last read, and what is wrong with it."""
    found = settings.open().sources.all()
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
    elif found:
        click.echo("\n".join(_source(one) for one in found))
    else:
        print_notices(["Nothing is followed; follow a feed with 'dateline follow URL'."])


@click.command(short_help="Fetch what is new in the followed sources.")
@click.argument("sources", nargs=-1, type=words, metavar="[URL|PATH]...")
@private_option
@json_option
@click.pass_obj
def fetch(settings: Settings, /, sources: tuple[str, ...], allow_private: bool, as_json: bool) -> int:
    """Fetch what is new in the followed sources whose time has come, or in SOURCES now, also where they are paused.

    For cron: as often as you like, each source is asked no more often than is polite. Kept questions are asked again.
    """
    with told("opening the library"):
        from ingest.follow import fetch_due

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
    changed = _asked_again(settings) if done.brought else []
    failed = [one for one in done.sources if one.problem]
    if as_json:
        asked = [one.model_dump(mode="json") for one in done.sources]
        kept = [one.model_dump(mode="json", exclude={"answer"}) for one in changed]
        print_json({"sources": asked, "report": done.report.to_dict(), "kept": kept})
    else:
        click.echo(f"{len(done.sources)} asked: {tell.report(done.report)}")
        click.echo("".join(f"{_source(one)}\n" for one in failed), nl=False)
        click.echo("".join(f"{tell.kept(one)}\n" for one in changed), nl=False)
    return 1 if failed else 0


def _asked_again(settings: Settings) -> list[KeptQuestion]:
    import datetime as dt

    from rag.assistant import Assistant
    from rag.keeping import ask_again

    return ask_again(Assistant(settings.open()), dt.datetime.now(dt.UTC))


def _source(one: Source) -> str:
    """`paused  12 articles  last read 13 Aug 2025 08:10  https://…: what is wrong`."""
    state = "paused" if one.paused else "failing" if one.failures else "well"
    counted = f"{one.articles:,} article{'' if one.articles == 1 else 's'}"
    when = f"last read {tell.moment(one.last_success)}" if one.last_success else "never read"
    line = f"{state:<8}{counted:>15}  {when}  {tell.one_line(one.source)}"
    if one.problem:
        line += f"\n{tell.INDENT}{tell.one_line(one.problem)}"
    if one.paused:
        line += f" It is asked no more; 'dateline fetch {tell.one_line(one.source)}' tries it again."
    return line


COMMANDS = (follow, unfollow, sources, fetch)
