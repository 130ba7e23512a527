"""Dead letters: deliveries that could not be read or stored, until an operator settles them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

import sqlalchemy as sa

from bot.storage.tables import dead_letters

LetterId = NewType("LetterId", int)
_PAGE = 500


class LetterState(StrEnum):
    """Only what is open still holds its content; what was settled keeps that it was there."""

    OPEN = "open"
    RETRIED = "retried"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An open dead letter from outside: what is in it is nobody's business here."""

    id: LetterId
    channel: str
    account: str | None
    reason: str
    size: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class OpenedLetter:
    """A dead letter with what the channel delivered."""

    id: LetterId
    channel: str
    raw: bytes = field(repr=False)
    created_at: datetime


_Fields = dead_letters.c
_is_open = _Fields.state == LetterState.OPEN


def list_open(connection: sa.Connection) -> Iterator[DeadLetter]:
    """List open letters, the oldest first; any number, a page at a time."""
    last = 0
    size = sa.func.length(_Fields.raw).label("size")
    columns = (_Fields.id, _Fields.channel, _Fields.account, _Fields.reason, _Fields.created_at)
    while True:
        query = sa.select(*columns, size).where(_is_open, _Fields.id > last)
        rows = connection.execute(query.order_by(_Fields.id).limit(_PAGE)).all()
        if not rows:
            return
        for row in rows:
            letter = LetterId(row.id)
            yield DeadLetter(letter, row.channel, row.account, row.reason, row.size, row.created_at)
        last = rows[-1].id


def find_open(connection: sa.Connection, id: LetterId) -> OpenedLetter | None:
    """Open a letter; None: it is settled."""
    query = sa.select(dead_letters).where(_Fields.id == id, _is_open)
    row = connection.execute(query).one_or_none()
    return OpenedLetter(id, row.channel, row.raw, row.created_at) if row else None


def lock_open(connection: sa.Connection, id: LetterId) -> bool:
    """Hold a letter until the end of the transaction; False: it is settled."""
    query = sa.select(_Fields.id).where(_Fields.id == id, _is_open).with_for_update()
    return connection.execute(query).one_or_none() is not None


def settle_letter(
    connection: sa.Connection, id: LetterId, state: LetterState, now: datetime
) -> None:
    """End a letter that is in hand, and forget what it held."""
    changes = {"state": state, "settled_at": now, "raw": b""}
    connection.execute(sa.update(dead_letters).where(_Fields.id == id).values(changes))


def keep_open(connection: sa.Connection, id: LetterId, reason: str) -> None:
    """Note why an open letter stays one."""
    query = sa.update(dead_letters).where(_Fields.id == id, _is_open)
    connection.execute(query.values(reason=reason))
