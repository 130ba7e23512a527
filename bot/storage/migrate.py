"""Brings a database to the schema of this code, and tells how far it is from it."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy.exc import DBAPIError

from bot.ports.errors import SchemaError
from bot.runtime.sampling import Sampler
from bot.storage.database.causes import FailureCause, find_cause
from bot.storage.database.engine import Database
from bot.storage.database.lock_holders import name_holders
from bot.storage.tables import schema_revisions

_LOCK = 0x57484F5354484552  # "WHOSTHER": one migration at a time on a PostgreSQL database

_LOCKED_FOR = "200ms"
_OTHERS_FIRST = {FailureCause.HELD, FailureCause.RACE}
_LONGEST = 80
_log = logging.getLogger(__name__)
_told = Sampler(every=timedelta(seconds=10))


class _OtherMigrationError(Exception):
    """Another process holds the lock of migrations."""


def _tell_what_is_awaited(awaited: str) -> None:
    if _told.count("waits"):
        _log.warning("the migration waits, and nobody behind it", extra={"awaited": awaited})


def _pause() -> None:
    time.sleep(1.0)


class Schema(Enum):
    """The fit of a database's schema to this code, worded for operators."""

    CURRENT = "The database's schema is up to date."
    OLD = "The database's schema is old: run `./run migrate`."
    NEWER = "The database's schema is newer than this code, and still serves it."
    TOO_NEW = "The database's schema is newer than this code: update the code."

    @property
    def is_served(self) -> bool:
        """Whether this code works on the schema."""
        return self in {Schema.CURRENT, Schema.NEWER}


@dataclass(frozen=True, slots=True)
class Patience:
    """How a migration waits: never in a queue's head for long, since all others queue behind it."""

    tries: int = 600
    pause: Callable[[], None] = _pause
    tell: Callable[[str], None] = _tell_what_is_awaited


def upgrade(database: Database, patience: Patience | None = None) -> Schema:
    """Run what is missing, all or nothing; several may call at once.

    A lock that it does not get at once is given up, with all that it holds, and tried again later.
    Leaves a newer schema alone that serves this code; raises SchemaError for one that does not,
    and where others never let go.
    """
    patience, awaited = patience or Patience(), ""
    for _ in range(patience.tries):
        try:
            with database.write() as connection:
                return _upgrade(connection)
        except _OtherMigrationError:
            awaited = "another migration is under way"
        except DBAPIError as error:
            if find_cause(error) not in _OTHERS_FIRST:
                raise
            awaited = _name_awaited(database, error)
        patience.tell(awaited)
        patience.pause()
    message = f"The schema could not be changed, for others never let go: {awaited}."
    raise SchemaError(message)


def _upgrade(connection: sa.Connection) -> Schema:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text(f"SELECT set_config('lock_timeout', '{_LOCKED_FOR}', true)"))
        if not connection.execute(sa.select(sa.func.pg_try_advisory_xact_lock(_LOCK))).scalar():
            raise _OtherMigrationError
    match find_schema(connection):
        case Schema.OLD:
            command.upgrade(_config(connection), "head")
            _mark_revisions(connection)
            return Schema.CURRENT
        case Schema.TOO_NEW as newer:
            raise SchemaError(newer.value)
        case found:
            return found


def _name_awaited(database: Database, error: DBAPIError) -> str:
    statement = " ".join((error.statement or "").split())[:_LONGEST]
    with database.read() as connection:
        return f"{statement}: {name_holders(connection) or 'it is free again'}"


def find_schema(connection: sa.Connection) -> Schema:
    """Compare a database's schema with this code's."""
    code = _code()
    found = MigrationContext.configure(connection).get_current_revision()
    if found == code.head:
        return Schema.CURRENT
    if found is None or found in code.marks:
        return Schema.OLD
    return Schema.NEWER if _serves(connection, found, code) else Schema.TOO_NEW


def write_revision(connection: sa.Connection, message: str) -> None:
    """For maintainers: write a revision with what the tables have and the database has not."""
    command.revision(_config(connection), message, autogenerate=True)


@dataclass(frozen=True, slots=True)
class _Mark:
    additive: bool
    serves_from: str | None


@dataclass(frozen=True, slots=True)
class _Code:
    head: str
    marks: Mapping[str, _Mark]
    """What each revision of this code says of itself."""


# once for a process: it goes on being the code that it has read, whatever replaces its files
@cache
def _code() -> _Code:
    scripts = ScriptDirectory.from_config(_config())
    marks = {script.revision: _mark(script) for script in scripts.walk_revisions()}
    return _Code(str(scripts.get_current_head()), marks)


def _mark(script: Script) -> _Mark:
    said = vars(script.module)
    return _Mark(said.get("additive", False), said.get("serves_from"))


def _mark_revisions(connection: sa.Connection) -> None:
    marked = set(connection.execute(sa.select(schema_revisions.c.revision)).scalars())
    new = list(_rows(marked))
    if new:
        connection.execute(schema_revisions.insert(), new)


def _rows(marked: set[str]) -> Iterator[dict[str, object]]:
    for revision, mark in _code().marks.items():
        if revision not in marked:
            yield {
                "revision": revision,
                "additive": mark.additive,
                "serves_from": mark.serves_from,
            }


def _serves(connection: sa.Connection, found: str, code: _Code) -> bool:
    if not sa.inspect(connection).has_table(schema_revisions.name):
        return False
    rows = connection.execute(sa.select(schema_revisions)).all()
    later = [row for row in rows if row.revision not in code.marks]
    return {found, code.head} <= {row.revision for row in rows} and all(
        row.additive or row.serves_from in code.marks for row in later
    )


def _config(connection: sa.Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
