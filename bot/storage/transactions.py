"""Repeats a transaction that lost a race, and says plainly when the database is not there."""

from collections.abc import Callable
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy import exc

from bot.ports import UnavailableError
from bot.storage.batch import RaceLostError
from bot.storage.engine import Database

Result = TypeVar("Result")
_TRIES = 5
# serialisation failure, deadlock, and a reference to a row that somebody else was first to write
_LOST_RACES = {"40001", "40P01", "23503"}
_KEY_TAKEN = "23505"
# the keys by which somebody new is entered: whose is taken was entered by somebody else just now
_KEYS_OF_RACES = {"uq_visitors_channel_account_external_id", "uq_conversations_visitor_id"}


def retry_races(database: Database, work: Callable[[sa.Connection], Result]) -> Result:
    """Run `work` in a write transaction, again if somebody else was first.

    Raises UnavailableError if the database is gone or if the race is lost again and again.
    """
    gone = False
    for _ in range(_TRIES):
        try:
            with database.write() as connection:
                return work(connection)
        except RaceLostError:
            continue
        except exc.TimeoutError as error:
            raise UnavailableError from error
        except exc.DBAPIError as error:
            if _is_lost_race(error):
                continue
            if not _is_gone(error):
                raise
            if gone:  # a connection that died while it was idle is worth one new one
                raise UnavailableError from error
            gone = True
    raise UnavailableError


def read(database: Database, work: Callable[[sa.Connection], Result]) -> Result:
    """Run `work` in a transaction that sees one state; raises UnavailableError without one."""
    try:
        with database.read() as connection:
            return work(connection)
    except exc.TimeoutError as error:
        raise UnavailableError from error
    except exc.DBAPIError as error:
        if not _is_gone(error):
            raise
        raise UnavailableError from error


def _is_lost_race(error: exc.DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    if state == _KEY_TAKEN:
        about = getattr(error.orig, "diag", None)
        return getattr(about, "constraint_name", None) in _KEYS_OF_RACES
    return state in _LOST_RACES


def _is_gone(error: exc.DBAPIError) -> bool:
    # SQLite calls it operational when the file is locked, full or unreadable, or a table is
    # missing; PostgreSQL calls the last a programming error. None of it is the rows' fault.
    return error.connection_invalidated or isinstance(
        error, exc.OperationalError | exc.InterfaceError | exc.ProgrammingError
    )
