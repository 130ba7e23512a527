"""Cursors of lists: the last row's position in an opaque form."""

import base64
import binascii
from datetime import UTC, datetime

from bot.storage.tables import time_text

_MOST_ID = 2**63 - 1
_MOST_DIGITS = 19


class CursorError(ValueError):
    """No cursor of ours: start the list again without one."""


def write_cursor(id: int, at: datetime | None = None) -> str:
    """Write the place of a row; a list ordered by ids alone has no moment."""
    text = f"{id} {time_text(at)}" if at else str(id)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> int:
    """Read the place in a list that is ordered by ids."""
    last_id, at = _read(cursor)
    if at is not None:
        raise CursorError
    return last_id


def read_timed_cursor(cursor: str) -> tuple[datetime, int]:
    """Read the place in a list that is ordered by time."""
    last_id, at = _read(cursor)
    if at is None:
        raise CursorError
    return at, last_id


def _read(cursor: str) -> tuple[int, datetime | None]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        text = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
        id_text, _, at_text = text.partition(" ")
        at = _moment(at_text) if at_text else None
    except (binascii.Error, ValueError) as error:
        raise CursorError from error
    if not id_text.isdecimal() or len(id_text) > _MOST_DIGITS or int(id_text) > _MOST_ID:
        raise CursorError
    return int(id_text), at


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is not UTC:
        raise CursorError
    return moment
