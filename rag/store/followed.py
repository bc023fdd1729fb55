"""Sources that a library follows, and what is known about each, kept in the catalog."""

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
    """A feed, news sitemap, page or folder that is fetched repeatedly. Times are UTC."""

    source: str
    """As the user named it: an address, or the path of a folder."""
    address: str
    """Its current address, which differs after it has moved."""
    kind: str = ""
    """"feed", "sitemap", "page" or "folder"; empty until first read."""
    added_at: dt.datetime
    next_at: dt.datetime
    """When it is next due."""
    tried_at: dt.datetime | None = None
    last_success: dt.datetime | None = None
    failures: int = 0
    """Number of consecutive failures so far."""
    problem: str = ""
    """What went wrong last time, in words; empty if nothing did."""
    paused: bool = False
    """Whether it is left alone until somebody asks for it."""
    left: int = 0
    """Announced pages still to be fetched."""
    articles: int = 0
    """How many of the library's articles it provides."""
    etag: str = ""
    last_modified: str = ""


class FollowedPage(Value):
    """A page announced by a source, and when it was read."""

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
        """Every source with its number of articles, by name."""
        with self._catalog.reading() as connection:
            rows = connection.execute("SELECT state FROM followed ORDER BY source").fetchall()
            found = [Source.from_json(row["state"]) for row in rows]
            return tuple(one.model_copy(update={"articles": _articles(connection, one)}) for one in found)

    def follow(self, sources: tuple[Source, ...]) -> tuple[Source, ...]:
        """Adds sources; those already followed stay as they are. Returns the new ones. Raises what `Engine.beside` raises."""
        insert = "INSERT INTO followed VALUES (?, ?, '{}') ON CONFLICT DO NOTHING"
        with self._catalog.engine.beside() as connection:
            return tuple(one for one in sources if connection.execute(insert, (one.source, one.to_json())).rowcount)

    def unfollow(self, source: str) -> Followed:
        """Stops following a source; its articles stay. Returns what `follow_again` needs. Raises `ConfigError` if it is not followed."""
        with self._catalog.engine.beside() as connection:
            forgotten = Followed(state=_known(connection, source), pages=self.pages(source))
            connection.execute("DELETE FROM followed WHERE source = ?", (source,))
        return forgotten

    def follow_again(self, forgotten: Followed) -> None:
        """Undoes `unfollow`; nothing already read is read again."""
        if self.follow((forgotten.state,)):
            self.save(forgotten.state, forgotten.state, forgotten.pages)

    def pause(self, source: str) -> None:
        """Leaves a source alone until it is resumed, or fetched by name. Raises `ConfigError` if it is not followed."""
        self._put(source, paused=True)

    def resume(self, source: str, now: dt.datetime) -> None:
        """Makes a source due at once, and clears its failures. Raises `ConfigError` if it is not followed."""
        self._put(source, paused=False, failures=0, next_at=now)

    def pages(self, source: str) -> dict[str, FollowedPage]:
        """What is remembered about the pages a source announces, by each page's source."""
        row = self._catalog.row("SELECT pages FROM followed WHERE source = ?", source)
        return {key: FollowedPage.model_validate(page) for key, page in json.loads(row[0] if row else "{}").items()}

    def save(self, before: Source, state: Source, pages: Mapping[str, FollowedPage]) -> None:
        """Records the outcome of a fetch that began with `before`; does nothing if the source is no longer followed.

        A pause or resume in the meantime is not overruled.
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
        """The rules in hosts' robots.txt, by origin."""
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
        (one.source, under, under[:-1] + after),  # the next character
    ).fetchone()
    return int(row[0])
