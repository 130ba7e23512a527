"""Repeats a transaction that lost a race, and says plainly when the database is not there."""

from collections.abc import Callable
from typing import NoReturn, TypeVar

import sqlalchemy as sa
from sqlalchemy import exc

from bot.ports.errors import HeldError, SlowError, UnavailableError
from bot.storage.database.causes import FailureCause, explain, find_cause, is_about_rows
from bot.storage.database.engine import Database
from bot.storage.visitors.batch import RaceLostError

Result = TypeVar("Result")
_TRIES = 5


def retry_races(database: Database, work: Callable[[sa.Connection], Result]) -> Result:
    """Run `work` in a write transaction, again if somebody else was first.

    Raises UnavailableError if the database is gone or if the race is lost again and again, and
    the database's own error where that is about the rows.
    """
    lost: exc.SQLAlchemyError | None = None
    is_renewed = False
    for _ in range(_TRIES):
        try:
            with database.write() as connection:
                result = work(connection)
        except RaceLostError:
            continue
        except exc.SQLAlchemyError as error:
            if find_cause(error) is FailureCause.RACE:
                lost = error
            elif _has_died(error) and not is_renewed:
                is_renewed = True
                database.renew()
            else:
                _raise(database, error)
        else:
            database.outage.end()
            return result
    if lost and is_about_rows(lost):
        raise lost
    msg = "others were first again and again"
    raise UnavailableError(msg) from lost


def read(database: Database, work: Callable[[sa.Connection], Result]) -> Result:
    """Run `work` in a transaction that sees one state; raises UnavailableError without one."""
    try:
        with database.read() as connection:
            result = work(connection)
    except exc.SQLAlchemyError as error:
        _raise(database, error)
    database.outage.end()
    return result


def _raise(database: Database, error: exc.SQLAlchemyError) -> NoReturn:
    """Raise what callers can act on, with the server's own words."""
    cause = find_cause(error)
    if cause is FailureCause.ROWS:
        raise error
    words = explain(error, database.url.password)
    if cause is FailureCause.SLOW:
        raise SlowError(words) from error
    if cause is FailureCause.HELD:
        raise HeldError(words) from error
    database.outage.note(words)
    raise UnavailableError(words) from error


def _has_died(error: exc.SQLAlchemyError) -> bool:
    # one that died while it was idle is worth a new one
    return isinstance(error, exc.DBAPIError) and error.connection_invalidated
