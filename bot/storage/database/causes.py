"""Tells by SQLSTATE, or by SQLite's code, what an error of the database is about."""

import sqlite3
from enum import Enum, auto

from sqlalchemy import exc

from bot.ports.errors import UnavailableError

_KEY_TAKEN = "23505"
_NO_SUCH_ROW = "23503"
_CLASSES_OF_ROWS = ("22", "23", "54")
# a value of a type for which the statement was not written: nothing is wrong with the statement
_OF_TYPES = {"42804", "42846", "42883", "42P18"}
_OF_VALUES = {"DataError", "ProgrammingError"}  # of psycopg itself, which would not send a value
# the keys by which somebody new is entered: whose is taken was entered by somebody else just now
_KEYS_OF_RACES = {"uq_visitors_channel_account_external_id", "uq_conversations_visitor_id"}
_CODES_OF_ROWS = {
    sqlite3.SQLITE_TOOBIG,
    sqlite3.SQLITE_CONSTRAINT,
    sqlite3.SQLITE_MISMATCH,
    sqlite3.SQLITE_RANGE,
}
_KEY_CODES = {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}
_LONGEST = 200


class FailureCause(Enum):
    """The cause of a database error, which decides what to do."""

    ROWS = auto()
    """What is written can't be stored: without it the rest can."""
    RACE = auto()
    """Somebody else was first: again, from the beginning."""
    SLOW = auto()
    """It took too long: in smaller pieces, perhaps."""
    HELD = auto()
    """Somebody else holds a row for longer than we wait."""
    AWAY = auto()
    """The database can't do it for anybody now."""


_BY_STATE = {
    "40001": FailureCause.RACE,
    "40P01": FailureCause.RACE,
    _NO_SUCH_ROW: FailureCause.RACE,
    "26000": FailureCause.RACE,  # a pooler has given us another session: there all is prepared anew
    "57014": FailureCause.SLOW,
    "55P03": FailureCause.HELD,
}


def find_cause(error: exc.SQLAlchemyError) -> FailureCause:
    """Say what an error is about; whatever is not known is the database's own affair."""
    if not isinstance(error, exc.DBAPIError):
        is_of_value = isinstance(error, exc.StatementError)  # it could not even be sent
        return FailureCause.ROWS if is_of_value else FailureCause.AWAY
    if error.connection_invalidated:
        return FailureCause.AWAY
    if isinstance(error.orig, sqlite3.Error):
        return _find_for_sqlite(error.orig)
    return _find_for_postgresql(error.orig)


def is_about_rows(lost: exc.SQLAlchemyError) -> bool:
    """Say whether a race that was lost again and again was none: the row that it names is gone."""
    return isinstance(lost, exc.DBAPIError) and _state(lost.orig) == _NO_SUCH_ROW


def is_key_taken(error: exc.DBAPIError) -> bool:
    """Say whether another row has a key that must be unique."""
    state = _state(error.orig)
    return state == _KEY_TAKEN or getattr(error.orig, "sqlite_errorcode", 0) in _KEY_CODES


def explain(error: exc.SQLAlchemyError, secret: str | None) -> str:
    """Repeat the server's own words in one line, and never the `secret`."""
    if isinstance(error, exc.TimeoutError):
        return "no connection to the database became free in time"
    original = error.orig if isinstance(error, exc.DBAPIError) else error
    about = getattr(original, "diag", None)
    words = getattr(about, "message_primary", None) or str(original)
    line = (words.strip().splitlines() or [type(original).__name__])[0]
    if secret:
        line = line.replace(secret, "…")
    state = _state(original)
    return line[:_LONGEST] + (f" ({state})" if state else "")


def name_of(error: BaseException) -> str:
    """Name an error for a person to look up: its class, and its SQLSTATE if there is one."""
    original = getattr(error, "orig", None) or error
    if isinstance(original, UnavailableError) and original.__cause__:
        return name_of(original.__cause__)
    return " ".join(filter(None, (type(original).__name__, _state(original))))


def _state(original: object) -> str | None:
    state: str | None = getattr(original, "sqlstate", None)
    return state


def _find_for_postgresql(original: object) -> FailureCause:
    state = _state(original)
    if state is None:  # psycopg's own: it would not send such a value, or can't reach anybody
        is_of_value = type(original).__name__ in _OF_VALUES
        return FailureCause.ROWS if is_of_value else FailureCause.AWAY
    if state in _BY_STATE:
        return _BY_STATE[state]
    if state == _KEY_TAKEN and _is_of_race(original):
        return FailureCause.RACE
    is_of_rows = state.startswith(_CLASSES_OF_ROWS) or state in _OF_TYPES
    return FailureCause.ROWS if is_of_rows else FailureCause.AWAY


def _is_of_race(original: object) -> bool:
    about = getattr(original, "diag", None)
    return getattr(about, "constraint_name", None) in _KEYS_OF_RACES


def _find_for_sqlite(original: sqlite3.Error) -> FailureCause:
    code = getattr(original, "sqlite_errorcode", None)
    if code is not None:
        return FailureCause.ROWS if code & 0xFF in _CODES_OF_ROWS else FailureCause.AWAY
    is_of_value = isinstance(original, sqlite3.DataError) or "binding parameter" in str(original)
    return FailureCause.ROWS if is_of_value else FailureCause.AWAY
