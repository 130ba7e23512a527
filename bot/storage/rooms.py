"""Conversations as their own visitors may see them: no notes, and nothing of anybody else's."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.core.events import Attachment
from bot.core.model import Author, CaptureState, ConversationId, Kind, Place, Status
from bot.core.names import full_name
from bot.storage.bulk import member_parameter, members
from bot.storage.tables import conversations, messages, visitors
from bot.viewing import RoomState, Stretch, VisitorMessage, VisitorRoom

_PLACE = ("channel", "account", "external_id")
_ROOM = sa.select(
    conversations.c.id,
    conversations.c.status,
    conversations.c.last_seq,
    conversations.c.answered_seq,
    conversations.c.seen_up_to,
    conversations.c.capture_state,
    conversations.c.confirm_email,
    visitors.c.first_name,
    visitors.c.last_name,
    visitors.c.contact_id,
).join(visitors, visitors.c.id == conversations.c.visitor_id)
_SHOWN = sa.and_(messages.c.kind != Kind.NOTE, messages.c.deleted_at.is_(None))


def find_room(connection: sa.Connection, place: Place, stretch: Stretch) -> VisitorRoom:
    """Show a visitor its conversation; who has none sees an empty one."""
    row = connection.execute(_ROOM.where(*_is_at(place))).one_or_none()
    if row is None:
        return VisitorRoom()
    is_new = stretch.after_seq is None or stretch.after_seq < row.last_seq
    return VisitorRoom(
        RoomState(row.last_seq, row.answered_seq, Status(row.status), ConversationId(row.id)),
        name=full_name(row.first_name, row.last_name) or None,
        known=row.contact_id is not None,
        asked=row.capture_state == CaptureState.ASKED,
        confirm_email=row.confirm_email,
        read_up_to=row.seen_up_to,
        messages=_list(connection, place, row.id, stretch) if is_new else (),
    )


def find_visitor_message(
    connection: sa.Connection, place: Place, key: str
) -> VisitorMessage | None:
    """Look one of a visitor's own messages up by its key."""
    query = sa.select(messages).where(messages.c.provider_key == _prefix(place) + key)
    row = connection.execute(query).one_or_none()
    return _message(row, place) if row else None


def find_moment(connection: sa.Connection, place: Place, seq: int) -> datetime | None:
    """Say when a message of somebody's conversation was written."""
    query = (
        sa.select(messages.c.at)
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .join(visitors, visitors.c.id == conversations.c.visitor_id)
        .where(*_is_at(place), messages.c.seq == seq)
    )
    return connection.execute(query).scalar()


def find_states(connection: sa.Connection, places: Collection[Place]) -> dict[Place, RoomState]:
    """Say how far many conversations are, by one statement."""
    keys = [(place.channel, place.account, place.external_id) for place in places]
    rows = connection.exec_driver_sql(
        "SELECT v.channel, v.account, v.external_id, c.last_seq, c.answered_seq, c.status, c.id"
        " FROM visitors v JOIN conversations c ON c.visitor_id = v.id"
        " WHERE (v.channel, v.account, v.external_id) IN "
        + members(connection, "visitors", _PLACE),
        member_parameter(keys),
    )
    return {
        Place(row[0], row[1], row[2]): RoomState(
            row[3], row[4], Status(row[5]), ConversationId(row[6])
        )
        for row in rows
    }


def _is_at(place: Place) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        visitors.c.channel == place.channel,
        visitors.c.account == place.account,
        visitors.c.external_id == place.external_id,
    )


def _list(
    connection: sa.Connection, place: Place, id: ConversationId, stretch: Stretch
) -> tuple[VisitorMessage, ...]:
    seq = messages.c.seq
    query = sa.select(messages).where(messages.c.conversation_id == id, _SHOWN)
    query = query.limit(stretch.limit)
    if stretch.after_seq is not None:
        rows = connection.execute(query.where(seq > stretch.after_seq).order_by(seq)).all()
        return tuple(_message(row, place) for row in rows)
    if stretch.before_seq is not None:
        query = query.where(seq < stretch.before_seq)
    rows = connection.execute(query.order_by(seq.desc())).all()
    return tuple(_message(row, place) for row in reversed(rows))


def _message(row: Any, place: Place) -> VisitorMessage:  # noqa: ANN401 - a row of the queries above
    prefix = _prefix(place)
    key = row.provider_key
    return VisitorMessage(
        seq=row.seq,
        author=Author(row.author),
        name=row.name,
        kind=Kind(row.kind),
        text=row.text,
        attachments=tuple(Attachment(**part) for part in row.attachments or ()),
        at=row.at,
        key=key.removeprefix(prefix) if key and key.startswith(prefix) else None,
    )


def _prefix(place: Place) -> str:
    return f"{place.channel}/{place.account}/"
