"""Opens SQLite or PostgreSQL with the settings that durability needs."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import event, exc

from bot.runtime.outages import Outage

if TYPE_CHECKING:
    from bot.storage.database.pipeline import Pipeline

# a host that has vanished without a word must not keep whoever waits for its answer
_NOT_FOR_EVER = {
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,  # milliseconds
}

# nobody is kept from a row for ever, by a transaction whose process stands still either
_LIMITS = {"lock_timeout": "5s", "idle_in_transaction_session_timeout": "1min"}
_OF_INTAKE = {
    # a webhook must be answered within five seconds: a hung database is one that is away
    "statement_timeout": "2s",
    "lock_timeout": "200ms",
    "idle_in_transaction_session_timeout": "10s",
    # plans are kept while tables grow: one made for an empty table must not scan a full one
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    # and one that depends on a number is no better for being made anew in each group
    "plan_cache_mode": "force_generic_plan",
}
_PATIENCE = 4.0  # seconds
# milliseconds for which a writer waits for the one before it
_WAITS, _WAITS_OF_INTAKE = 5_000, 4_000

_OVERFLOW = 5  # connections
_KEPT_TO_SQLITE, _OVERFLOW_OF_SQLITE = 5, 10
_LAST_WORDS = 1.0  # seconds
_PIPELINE, _HEAD = "pipeline", "head"  # kept with the driver's connection


class Database:
    """The database engine of a process, used from any thread."""

    def __init__(
        self, url: str, *, pool_size: int = 5, most: int | None = None, by_key_only: bool = False
    ) -> None:
        """Open nothing yet; `by_key_only` is for who never reads but by an index.

        Of `most` connections to PostgreSQL `pool_size` stay open, to SQLite a few, which are opened
        soon and each hold a cache. A thread beyond them waits for another's.
        """
        self.url = normalise(url)
        self.is_postgresql = self.url.get_backend_name() == "postgresql"
        if self.is_postgresql:
            self._engine = _postgresql(self.url, pool_size, most, by_key_only=by_key_only)
        else:
            self._engine = _sqlite(self.url, most, by_key_only=by_key_only)
        self._reading = self._engine.execution_options(read_only=True)
        self.outage = Outage("intake's database" if by_key_only else "the database")

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """Open a transaction that commits at the end; on SQLite it is the only writer."""
        with self._engine.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Open a transaction that sees one state of things and writes nothing."""
        with self._reading.begin() as connection:
            yield connection

    @property
    def engine(self) -> sa.Engine:
        """The engine itself, for migrations and for intake's own connection."""
        return self._engine

    def renew(self) -> None:
        """Let go of idle connections: where one has died, others may have."""
        self._engine.dispose()

    def close(self) -> None:
        """Let go of all connections; threads that still use one get a moment to finish."""
        end = time.monotonic() + _LAST_WORDS
        while self._in_use() and time.monotonic() < end:
            time.sleep(0.005)
        self._engine.dispose()

    def _in_use(self) -> int:
        pool = self._engine.pool
        return pool.checkedout() if isinstance(pool, sa.QueuePool) else 0


def pipeline_of(connection: sa.Connection) -> "Pipeline":
    """Give the one pipeline of a connection to PostgreSQL."""
    # whoever has SQLite needs no psycopg, which takes 9 MB and a tenth of a second
    from bot.storage.database.pipeline import Pipeline  # noqa: PLC0415

    found: Pipeline | None = connection.info.get(_PIPELINE)
    if found is None:
        driver: Any = connection.connection.driver_connection
        found = connection.info[_PIPELINE] = Pipeline(driver, connection.info[_HEAD])
    return found


@contextmanager
def reporting(connection: sa.Connection) -> Iterator[None]:
    """Raise what the driver raises as SQLAlchemy would, for statements that go past it."""
    driver: Any = connection.connection.driver_connection
    dbapi: Any = connection.dialect.loaded_dbapi
    try:
        yield
    except dbapi.Error as error:
        broken = getattr(driver, "broken", False)
        if broken or getattr(driver, "closed", False):
            connection.invalidate(error)
        raise exc.DBAPIError.instance(
            None,
            None,
            error,
            dbapi.Error,
            hide_parameters=True,
            connection_invalidated=broken,
            dialect=connection.dialect,
        ) from error


def normalise(url: str) -> sa.URL:
    """Name the driver; `postgres://` is taken too. Raises ValueError for another database."""
    if url.startswith("postgres://"):
        url = "postgresql://" + url.removeprefix("postgres://")
    parsed = sa.make_url(url)
    match parsed.get_backend_name():
        case "postgresql":
            return parsed.set(drivername="postgresql+psycopg")
        case "sqlite":
            return parsed.set(drivername="sqlite+pysqlite")
        case _:
            msg = "the database must be PostgreSQL or SQLite"
            raise ValueError(msg)


def _postgresql(url: sa.URL, pool_size: int, most: int | None, *, by_key_only: bool) -> sa.Engine:
    engine = sa.create_engine(
        url,
        hide_parameters=True,  # they hold what people wrote
        pool_pre_ping=not by_key_only,
        pool_size=pool_size,
        max_overflow=most - pool_size if most else _OVERFLOW,
        pool_timeout=_PATIENCE,
        connect_args={"connect_timeout": 3, **_NOT_FOR_EVER},
    )

    _begin_with_limits(engine, _OF_INTAKE if by_key_only else _LIMITS)
    return engine


def _begin_with_limits(engine: sa.Engine, settings: Mapping[str, str]) -> None:
    """Let settings hold in each transaction that writes, and end with it.

    A pooler refuses what is given at start-up, and hands on to others what is set for a session.
    """
    from bot.storage.database.pipeline import OwnNames, PipelineHead  # noqa: PLC0415 - psycopg, as above

    calls = (f"set_config('{name}', '{value}', true)" for name, value in settings.items())
    patience = _PATIENCE if "statement_timeout" in settings else None
    head = PipelineHead(f"SELECT {', '.join(calls)}", patience)

    @event.listens_for(engine, "connect")
    def _name(driver: Any, record: Any) -> None:  # noqa: ANN401 - the driver's own classes
        driver._prepared = OwnNames(driver.prepare_threshold)  # noqa: SLF001 - there is no other way
        record.info[_HEAD] = head

    @event.listens_for(engine, "before_cursor_execute")
    def _begin(connection: sa.Connection, *_: object) -> None:
        driver: Any = connection.connection.driver_connection
        if driver.pgconn.transaction_status or connection.get_execution_options().get("read_only"):
            return  # 0 is idle: only then psycopg would send its own BEGIN
        with reporting(connection):
            pipeline_of(connection).begin()


def _sqlite(url: sa.URL, most: int | None, *, by_key_only: bool) -> sa.Engine:
    pool: dict[str, Any] = {}
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        more = most - _KEPT_TO_SQLITE if most else _OVERFLOW_OF_SQLITE
        pool = {"pool_size": _KEPT_TO_SQLITE, "max_overflow": more, "pool_timeout": _PATIENCE}
    engine = sa.create_engine(url, hide_parameters=True, **pool)
    waits = _WAITS_OF_INTAKE if by_key_only else _WAITS

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own class
        connection.isolation_level = None  # we write BEGIN ourselves
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            f"busy_timeout={waits}",
            "synchronous=FULL",
            "foreign_keys=ON",
        ):
            cursor.execute("PRAGMA " + pragma)
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        # a transaction that reads before it writes loses updates unless it is the only writer
        read_only = connection.get_execution_options().get("read_only")
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine
