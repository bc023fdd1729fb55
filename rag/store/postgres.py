"""A library shared by several machines: PostgreSQL 14 or later, through psycopg and its pool.

Pooled connections are checked before use, so that a database that was away is found again without a restart. Callers
wait for it no longer than `ANSWER_SECONDS`.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

try:
    import psycopg
    from psycopg import errors, sql
    from psycopg.conninfo import conninfo_to_dict
    from psycopg_pool import ConnectionPool, PoolTimeout
except ImportError as missing:
    from rag.errors import ConfigError

    raise ConfigError("A library in PostgreSQL needs the extra packages: pip install 'dateline[cluster]'.") from missing

from rag.errors import ConfigError, LibraryDamaged, LibraryLocked, LibraryReadOnly, LibraryUnreachable, StorageFull
from rag.store.engine import Address, Connection, Engine, migrations, record, recorded

ANSWER_SECONDS = 5
"""How long to wait for a connection."""
LOCK_SECONDS = 60
"""How long a writer waits for another's transaction, which takes about a second."""
MOST_CONNECTIONS = 16
IDLE_SECONDS = 60
"""A connection unused for this long is closed."""
_ALONE = "SELECT pg_advisory_xact_lock(hashtext('dateline'), hashtext(current_schema()))"
"""Held to the end of a transaction: numbers are assigned and become visible in one order, whoever writes."""
_NUMBERED = {"passages": "passage_no", "versions": "rowid", "feedback": "number", "kept": "number", "talks": "number"}
_SETTINGS: Mapping[str, Any] = {
    "connect_timeout": ANSWER_SECONDS,
    "application_name": "dateline",
    # So that a network that disappears silently is noticed, too.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


class Row(tuple[Any, ...]):
    """A row that can be read by position and by name, like `sqlite3.Row`."""

    __slots__ = ()
    places: Mapping[str, int] = {}

    def __getitem__(self, key: Any) -> Any:
        return tuple.__getitem__(self, self.places[key] if isinstance(key, str) else key)

    def keys(self) -> Iterable[str]:
        return self.places.keys()


@functools.lru_cache(maxsize=256)
def _row_class(names: tuple[str, ...]) -> type[Row]:
    return type("Row", (Row,), {"__slots__": (), "places": {name: place for place, name in enumerate(names)}})


def _rows(cursor: psycopg.Cursor[Any]) -> Any:
    return _row_class(tuple(column.name for column in cursor.description or ()))


@functools.lru_cache(maxsize=512)
def _marked(query: str) -> bytes:
    return query.replace("%", "%%").replace("?", "%s").encode()


class PostgresConnection:
    """A connection that accepts the catalog's SQL, with question marks for values; `raw` is psycopg's own."""

    def __init__(self, raw: psycopg.Connection[Any]) -> None:
        self.raw = raw

    def execute(self, query: str, values: Sequence[Any] = (), /) -> psycopg.Cursor[Any]:
        return self.raw.execute(_marked(query), _storable(values), binary=True)

    def executemany(self, query: str, rows: Iterable[Sequence[Any]], /) -> None:
        with self.raw.cursor() as cursor:
            cursor.executemany(_marked(query), [_storable(row) for row in rows])


def _storable(values: Sequence[Any]) -> list[Any]:
    """PostgreSQL text cannot hold NUL; a replacement character keeps all offsets."""
    return [one.replace("\0", "\ufffd") if isinstance(one, str) and "\0" in one else one for one in values]


class Postgres(Engine):
    """A library in a database, or in the schema given in the address (`?options=-csearch_path%3DNAME`)."""

    shared = True

    def __init__(self, address: str) -> None:
        try:
            given = conninfo_to_dict(address)
        except psycopg.ProgrammingError as error:
            raise ConfigError(f"The address of the library cannot be read: {_first_line(error)}.") from error
        self.address: Address = address
        self.name = re.sub(r"//([^@/:]*):[^@/]*@", r"//\1@", address).split("?")[0]
        settings = {name: value for name, value in _SETTINGS.items() if name not in given}
        self._make_pool = functools.partial(
            ConnectionPool,
            address,
            kwargs={"autocommit": True, "row_factory": _rows, **settings},
            min_size=0,
            max_size=MOST_CONNECTIONS,
            timeout=ANSWER_SECONDS,
            reconnect_timeout=ANSWER_SECONDS,
            max_idle=IDLE_SECONDS,
            check=ConnectionPool.check_connection,
            open=True,
        )
        self._pool: ConnectionPool[psycopg.Connection[Any]] | None = None
        self._changing = threading.Lock()
        atexit.register(self.close)

    @classmethod
    @functools.cache
    def at(cls, address: str) -> Postgres:
        """This process's one pool for that address. Raises `ConfigError`."""
        return cls(address)

    def exists(self) -> bool:
        """Whether the tables exist and record what the library was built with."""
        with self.reading() as connection:
            return _has_tables(connection) and recorded(connection, "revision") is not None

    def create(self, meta: Iterable[tuple[str, str]]) -> None:
        with self.writing() as connection, self.transaction(connection):
            connection.executemany("INSERT INTO meta VALUES (?, ?) ON CONFLICT DO NOTHING", meta)

    @contextlib.contextmanager
    def reading(self) -> Iterator[PostgresConnection]:
        """Each statement sees what is stored by then."""
        with self._changing:
            pool = self._pool = self._pool or self._make_pool()
        with self._told(), pool.connection() as raw:
            yield PostgresConnection(raw)

    @contextlib.contextmanager
    def moment(self) -> Iterator[PostgresConnection]:
        with self.reading() as connection:
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            try:
                yield connection
            finally:
                with contextlib.suppress(psycopg.Error):
                    connection.execute("ROLLBACK")

    @contextlib.contextmanager
    def writing(self) -> Iterator[PostgresConnection]:
        with self.reading() as connection:
            with self.transaction(connection):
                _migrate(connection)
            yield connection

    @contextlib.contextmanager
    def transaction(self, connection: Connection) -> Iterator[None]:
        """Writers on all machines take turns."""
        with self._told(), cast("PostgresConnection", connection).raw.transaction():
            connection.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
            connection.execute(_ALONE)
            yield

    @contextlib.contextmanager
    def beside(self) -> Iterator[PostgresConnection]:
        with self.reading() as connection, connection.raw.transaction():
            yield connection

    def put(self, connection: Connection, table: str, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        columns = sql.SQL(", ").join(map(sql.Identifier, names))
        into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), columns)
        with cast("PostgresConnection", connection).raw.cursor() as cursor, cursor.copy(into) as copy:
            for row in rows:
                copy.write_row(_storable(row))

    def number_on(self, connection: Connection) -> None:
        for table, column in _NUMBERED.items():
            connection.execute(
                "SELECT setval(pg_get_serial_sequence(?, ?),"
                f" (SELECT greatest(coalesce(max({column}), 0), 1) FROM {table}), (SELECT count(*) > 0 FROM {table}))",
                (table, column),
            )
        # Automatic statistics take a minute to appear, and without them a question reads whole tables.
        connection.execute("ANALYZE articles, passages, vectors, ties, stories, postings, passage_words")

    def problems(self) -> list[str]:
        """Pages whose checksums were wrong when PostgreSQL read them, if it keeps checksums."""
        with self.reading() as connection:
            rows = connection.execute(
                "SELECT checksum_failures FROM pg_stat_database"
                " WHERE datname = current_database() AND checksum_failures > 0"
            ).fetchall()
        return [f"{row[0]} pages of the database are damaged" for row in rows]

    def close(self) -> None:
        with self._changing:
            pool, self._pool = self._pool, None
        if pool:
            pool.close()

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except errors.DiskFull as error:
            raise StorageFull("The database's disk is full; what was stored before is safe.") from error
        except (errors.InsufficientPrivilege, errors.ReadOnlySqlTransaction) as error:
            raise LibraryReadOnly(f"The library cannot be written here: {_first_line(error)}.") from error
        except (errors.LockNotAvailable, errors.DeadlockDetected) as error:
            raise LibraryLocked("The library is being written just now; try again in a moment.") from error
        except errors.InvalidCatalogName as error:
            raise LibraryUnreachable(f"{_first_line(error)}; make it with 'createdb'.") from error
        except errors.UndefinedTable as error:
            raise LibraryDamaged(
                f"The library '{self.name}' lacks a table ({_first_line(error)}); run 'dateline rebuild', or "
                "'dateline restore BACKUP' into another database."
            ) from error
        except (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout) as error:
            raise LibraryUnreachable(
                f"The database '{self.name}' does not answer ({_first_line(error)}); it is tried again with the next "
                "question or command."
            ) from error


def _has_tables(connection: Connection) -> bool:
    return bool(connection.execute("SELECT to_regclass('meta') IS NOT NULL").fetchone()[0])


def _migrate(connection: PostgresConnection) -> None:
    """Creates missing tables, inside a transaction that excludes all others."""
    made = int((recorded(connection, "migration") if _has_tables(connection) else None) or 0)
    for number, script in migrations("postgres"):
        if number > made:
            connection.raw.execute(script.encode())
            record(connection, "migration", str(number))


def _first_line(error: Exception) -> str:
    """The driver's message, without the hints below it."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
