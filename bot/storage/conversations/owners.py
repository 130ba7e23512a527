"""Owners and former readers of conversations."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

import sqlalchemy as sa

from bot.core.model import ConversationId, Status, VisitorId, VisitorKey
from bot.storage.database.bulk import Later, member_parameter, members, query_later
from bot.storage.tables import browsers, conversations, former_readers, visitors

_OWN = "own:"
_BYTES = 16
_COLUMNS = ("channel", "account", "external_id")


class Why(StrEnum):
    """The transfer of a conversation to an address's owner."""

    MAIL = "mail"
    SIGN_IN = "sign_in"


class Range(NamedTuple):
    """Messages after a number, up to another."""

    after_seq: int
    last_seq: int


@dataclass(frozen=True, slots=True)
class FormerReader:
    """A browser that reads a conversation as it was when another proved the address."""

    conversation_id: ConversationId
    place: VisitorKey
    range: Range
    email_key: str | None
    """The address that the browser itself had proved."""
    why: Why
    status: Status
    answered_seq: int
    seen_up_to: datetime | None
    at: datetime


def own_place(place: VisitorKey) -> VisitorKey:
    """Make a visitor's place that is no browser's."""
    return place._replace(external_id=f"{_OWN}{secrets.token_hex(_BYTES)}")


def is_own_place(place: VisitorKey) -> bool:
    """Say whether a visitor's place is no browser's."""
    return place.external_id.startswith(_OWN)


def find_browsers(connection: sa.Connection, visitor_id: VisitorId) -> list[VisitorKey]:
    """List the browsers that read a visitor's conversation, besides the one at its own place."""
    columns = [browsers.c[name] for name in _COLUMNS]
    query = sa.select(*columns).where(browsers.c.visitor_id == visitor_id).order_by(*columns)
    return [VisitorKey(*row) for row in connection.execute(query)]


def find_homes_later(
    connection: sa.Connection, places: Iterable[VisitorKey]
) -> Later[dict[VisitorKey, VisitorKey]]:
    """Say at which visitors' places browsers read and write, inside `together`."""
    rows = query_later(
        connection,
        "SELECT b.channel, b.account, b.external_id, v.channel, v.account, v.external_id"
        " FROM browsers b JOIN visitors v ON v.id = b.visitor_id"
        " WHERE (b.channel, b.account, b.external_id) IN "
        + members(connection, "browsers", _COLUMNS),
        member_parameter(sorted(places)),
    )
    return lambda: {VisitorKey(*row[:3]): VisitorKey(*row[3:]) for row in rows()}


def admit_browser(
    connection: sa.Connection, place: VisitorKey, visitor_id: VisitorId, now: datetime
) -> None:
    """Let a browser read and write as a visitor."""
    row = {**place._asdict(), "visitor_id": visitor_id, "created_at": now}
    connection.execute(sa.insert(browsers).values(row))


def dismiss_browser(connection: sa.Connection, place: VisitorKey) -> None:
    """Let a browser read and write as nobody but itself."""
    connection.execute(sa.delete(browsers).where(*_is_at(browsers, place)))


def dismiss_browsers(connection: sa.Connection, visitor_id: VisitorId) -> None:
    """Let none of a visitor's browsers read and write as the visitor any more."""
    connection.execute(sa.delete(browsers).where(browsers.c.visitor_id == visitor_id))


def add_former_readers(connection: sa.Connection, readers: Sequence[FormerReader]) -> None:
    """Keep up to where browsers may read."""
    rows = [
        {
            "conversation_id": one.conversation_id,
            **one.place._asdict(),
            **one.range._asdict(),
            "email_key": one.email_key,
            "why": one.why,
            "status": one.status,
            "answered_seq": one.answered_seq,
            "seen_up_to": one.seen_up_to,
            "at": one.at,
        }
        for one in readers
    ]
    if rows:
        connection.execute(sa.insert(former_readers), rows)


def find_former(
    connection: sa.Connection, place: VisitorKey, id: ConversationId | None = None
) -> FormerReader | None:
    """Find what a browser still reads of a conversation; by default, of its last one."""
    query = sa.select(former_readers).where(*_is_at(former_readers, place))
    if id is not None:
        query = query.where(former_readers.c.conversation_id == id)
    row = connection.execute(query.order_by(former_readers.c.id.desc()).limit(1)).one_or_none()
    return _former(row) if row else None


@dataclass(frozen=True, slots=True)
class Ownership:
    """What agents are told of whose a conversation is."""

    email: str | None = None
    """The address whose owner has it."""
    after_seq: int = 0
    """The last message that was written before the owner's time."""
    is_divided: bool = False
    """Above it a browser wrote that has not proved the address."""
    began: ConversationId | None = None
    """The conversation that the browser of this one has begun and lost…"""
    lost_to: str | None = None
    """…to the owner of this address."""


def find_ownership(connection: sa.Connection, id: ConversationId, place: VisitorKey) -> Ownership:
    """Say whose a conversation is, and of which one its browser ceased to be a reader."""
    here = conversations.c
    query = sa.select(here.proved_email, here.owner_after_seq).where(here.id == id)
    row = connection.execute(query).one_or_none()
    former = find_former(connection, place)
    lost = sa.select(here.proved_email).where(here.id == (former and former.conversation_id))
    return Ownership(
        row.proved_email if row else None,
        (row.owner_after_seq if row else None) or 0,
        bool(find_closed(connection, id)),
        former.conversation_id if former else None,
        connection.execute(lost).scalar() if former else None,
    )


def find_closed(connection: sa.Connection, id: ConversationId) -> list[Range]:
    """List what the owner's side does not read: no browser that wrote it has proved the address."""
    here = former_readers.c
    query = (
        sa.select(here.after_seq, here.last_seq)
        .where(here.conversation_id == id, here.opened_at.is_(None))
        .distinct()
        .order_by(here.after_seq, here.last_seq)
    )
    return [Range(*row) for row in connection.execute(query)]


def readmit(connection: sa.Connection, reader: FormerReader, now: datetime) -> None:
    """Let the owner's side read what a former reader could read: the browser is on it again."""
    here = former_readers.c
    same = sa.and_(
        here.conversation_id == reader.conversation_id,
        here.after_seq == reader.range.after_seq,
        here.last_seq == reader.range.last_seq,
    )
    is_it = sa.and_(*_is_at(former_readers, reader.place))
    connection.execute(sa.delete(former_readers).where(same, is_it))
    still_closed = sa.and_(same, here.opened_at.is_(None))
    connection.execute(sa.update(former_readers).where(still_closed).values(opened_at=now))


def find_visitor_at(connection: sa.Connection, place: VisitorKey) -> VisitorId | None:
    """Say which visitor is filed at a place."""
    query = sa.select(visitors.c.id).where(*_is_at(visitors, place))
    return connection.execute(query).scalar()


def _is_at(table: sa.Table, place: VisitorKey) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        table.c.channel == place.channel,
        table.c.account == place.account,
        table.c.external_id == place.external_id,
    )


def _former(row: Any) -> FormerReader:  # noqa: ANN401 - a row of the table
    return FormerReader(
        ConversationId(row.conversation_id),
        VisitorKey(row.channel, row.account, row.external_id),
        Range(row.after_seq, row.last_seq),
        row.email_key,
        Why(row.why),
        Status(row.status),
        row.answered_seq,
        row.seen_up_to,
        row.at,
    )
