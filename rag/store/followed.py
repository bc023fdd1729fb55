"""Sources that a library follows: what is known of each, kept in the catalog."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from collections.abc import Mapping

from rag.errors import ConfigError
from rag.store.engine import Connection
from rag.store.readers import Store
from rag.types import Value


class Source(Value):
    """A feed, news sitemap, page or folder that is fetched again and again. Times are UTC."""

    source: str
    """As it was named: an address, or the path of a folder."""
    address: str
    """Where it is now; another one after it has moved."""
    kind: str = ""
    """"feed", "sitemap", "page" or "folder"; empty before it was first read."""
    added_at: dt.datetime
    next_at: dt.datetime
    """It is asked again from then on."""
    tried_at: dt.datetime | None = None
    last_success: dt.datetime | None = None
    failures: int = 0
    """In a row, the last ones."""
    problem: str = ""
    """What went wrong the last time, in words; empty when nothing did."""
    paused: bool = False
    """Whether it is left alone until somebody asks for it."""
    left: int = 0
    """Announced pages that are still to be fetched."""
    articles: int = 0
    """How many articles of the library it gives."""
    etag: str = ""
    last_modified: str = ""


class FollowedPage(Value):
    """A page that a source announces, and when it was read."""

    announced: str
    """Digest of the announcement."""
    first_at: dt.datetime
    asked_at: dt.datetime
    problem: str = ""
    etag: str = ""
    last_modified: str = ""


class Followed(Value):
    state: Source
    pages: dict[str, FollowedPage]


class Robots(Value):
    text: str
    read_at: dt.datetime


class SourceStore(Store):
    """The followed sources of one library. Safe to share between threads and processes."""

    def all(self) -> tuple[Source, ...]:
        """Every source with its number of articles, in the order of their names."""
        with self._catalog.reading() as connection:
            rows = connection.execute("SELECT state FROM followed ORDER BY source").fetchall()
            found = [Source.from_json(row["state"]) for row in rows]
            return tuple(one.model_copy(update={"articles": _articles(connection, one)}) for one in found)

    def follow(self, sources: tuple[Source, ...]) -> tuple[Source, ...]:
        """Adds sources; those that are followed already stay as they are. Returns the new ones. Raises what `Engine.beside` raises."""
        with self._catalog.engine.beside() as connection:
            return tuple(
                one
                for one in sources
                if connection.execute(
                    "INSERT INTO followed VALUES (?, ?, '{}') ON CONFLICT DO NOTHING", (one.source, one.to_json())
                ).rowcount
            )

    def unfollow(self, source: str) -> Followed:
        """Follows a source no more; its articles stay. Returns what `follow_again` needs. Raises `ConfigError` when it is not followed."""
        with self._catalog.engine.beside() as connection:
            forgotten = Followed(state=_known(connection, source), pages=self.pages(source))
            connection.execute("DELETE FROM followed WHERE source = ?", (source,))
        return forgotten

    def follow_again(self, forgotten: Followed) -> None:
        """Undoes `unfollow`: nothing that was read before is read again."""
        if self.follow((forgotten.state,)):
            self.save(forgotten.state, forgotten.state, forgotten.pages)

    def pause(self, source: str) -> None:
        """Leaves a source alone until it is resumed, or fetched by name. Raises `ConfigError` when it is not followed."""
        self._put(source, paused=True)

    def resume(self, source: str, now: dt.datetime) -> None:
        """Asks a source again, at once, and forgives its failures. Raises `ConfigError` when it is not followed."""
        self._put(source, paused=False, failures=0, next_at=now)

    def pages(self, source: str) -> dict[str, FollowedPage]:
        """What is remembered of the pages that a source announces, by the source of each."""
        row = self._catalog.row("SELECT pages FROM followed WHERE source = ?", source)
        return {key: FollowedPage.model_validate(page) for key, page in json.loads(row[0] if row else "{}").items()}

    def save(self, before: Source, state: Source, pages: Mapping[str, FollowedPage]) -> None:
        """Remembers how a fetch went that began with `before`; nothing where the source is followed no more.

        Whoever paused or resumed it meanwhile is not overruled.
        """
        stored = json.dumps({key: page.model_dump(mode="json") for key, page in pages.items()})
        with self._catalog.engine.beside() as connection, contextlib.suppress(ConfigError):
            now = _known(connection, state.source)
            if now.paused != before.paused:
                state = state.model_copy(update={"paused": now.paused, "next_at": now.next_at})
            connection.execute(
                "UPDATE followed SET state = ?, pages = ? WHERE source = ?", (state.to_json(), stored, state.source)
            )

    def robots(self) -> dict[str, Robots]:
        """What hosts let programs read, by origin."""
        rows = self._catalog.rows("SELECT origin, robots FROM followed_hosts")
        return {origin: Robots.from_json(robots) for origin, robots in rows}

    def save_robots(self, robots: Mapping[str, Robots]) -> None:
        with self._catalog.engine.beside() as connection:
            connection.executemany(
                "INSERT INTO followed_hosts VALUES (?, ?) ON CONFLICT (origin) DO UPDATE SET robots = excluded.robots",
                [(origin, one.to_json()) for origin, one in robots.items()],
            )

    def _put(self, source: str, **changes: object) -> None:
        with self._catalog.engine.beside() as connection:
            state = _known(connection, source).model_copy(update=changes)
            connection.execute("UPDATE followed SET state = ? WHERE source = ?", (state.to_json(), source))


def _known(connection: Connection, source: str) -> Source:
    row = connection.execute("SELECT state FROM followed WHERE source = ?", (source,)).fetchone()
    if row is None:
        raise ConfigError(f"'{source[:200]}' is not followed; 'dateline sources' shows what is.")
    return Source.from_json(row["state"])


def _articles(connection: Connection, one: Source) -> int:
    """Articles whose source is the followed one or lies under it: `feed#entry`, `folder/file`."""
    under, after = (one.source.rstrip("/") + "/", "0") if one.kind == "folder" else (one.source + "#", "$")
    row = connection.execute(
        "SELECT count(DISTINCT article_id) FROM sources WHERE source = ? OR (source >= ? AND source < ?)",
        (one.source, under, under[:-1] + after),  # the sign that follows
    ).fetchone()
    return int(row[0])
