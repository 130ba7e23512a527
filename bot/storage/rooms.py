"""Conversations as their own visitors may see them: no notes, and nothing of anybody else's."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from bot.core.events import Attachment
from bot.core.model import Author, CaptureState, ConversationId, Kind, Place, Status
from bot.core.names import full_name
from bot.storage.audiences import ReaderView, has_hidden, readable, view_of
from bot.storage.bulk import member_parameter, members
from bot.storage.tables import conversations, messages, visitors
from bot.viewing import RoomState, Stretch, VisitorMessage, VisitorRoom

_PLACE = ("channel", "account", "external_id")
_FOR_ALL = ReaderView()
_ROOM = sa.select(
    conversations.c.id,
    conversations.c.status,
    conversations.c.closed_for_others,
    conversations.c.last_seq,
    conversations.c.answered_seq,
    conversations.c.seen_up_to,
    conversations.c.capture_state,
    conversations.c.confirm_email,
    visitors.c.first_name,
    visitors.c.last_name,
    visitors.c.contact_id,
    has_hidden().label("has_hidden"),
).join(visitors, visitors.c.id == conversations.c.visitor_id)


class Reader(NamedTuple):
    """A browser at a place: whose conversation it is, and who reads it."""

    place: Place
    browser: Place


def find_room(connection: sa.Connection, reader: Reader, stretch: Stretch) -> VisitorRoom:
    """Show a visitor its conversation; who has none sees an empty one."""
    row = connection.execute(_ROOM.where(*_is_at(reader.place))).one_or_none()
    if row is None:
        return VisitorRoom()
    view = _view(connection, row, reader)
    state = _shown_state(row, view)
    is_new = stretch.after_seq is None or stretch.after_seq < state.last_seq
    return VisitorRoom(
        state,
        _stored_state(row),
        view.numbering,
        name=full_name(row.first_name, row.last_name) or None,
        known=row.contact_id is not None,
        asked=row.capture_state == CaptureState.ASKED,
        confirm_email=row.confirm_email,
        read_up_to=row.seen_up_to,
        messages=_list(connection, reader.place, row.id, stretch, view) if is_new else (),
    )


def find_visitor_message(
    connection: sa.Connection, reader: Reader, key: str
) -> VisitorMessage | None:
    """Look one of a visitor's own messages up by its key."""
    query = sa.select(messages).where(messages.c.provider_key == _prefix(reader.place) + key)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    view = view_of(connection, row.conversation_id, reader.browser)
    return _message(row, reader.place, view)


def find_moment(connection: sa.Connection, reader: Reader, seq: int) -> datetime | None:
    """Say when a message of somebody's conversation was written, by the reader's number."""
    row = connection.execute(_ROOM.where(*_is_at(reader.place))).one_or_none()
    if row is None:
        return None
    at_seq = messages.c.seq == _view(connection, row, reader).numbering.seq_of(seq)
    query = sa.select(messages.c.at).where(messages.c.conversation_id == row.id, at_seq)
    return connection.execute(query).scalar()


def _view(connection: sa.Connection, row: Any, reader: Reader) -> ReaderView:  # noqa: ANN401 - a row of the query above
    return view_of(connection, row.id, reader.browser) if row.has_hidden else _FOR_ALL


def _stored_state(row: Any) -> RoomState:  # noqa: ANN401 - as above
    return RoomState(row.last_seq, row.answered_seq, Status(row.status), ConversationId(row.id))


def _shown_state(row: Any, view: ReaderView) -> RoomState:  # noqa: ANN401 - as above
    is_closed = row.closed_for_others and not view.audiences
    return RoomState(
        view.numbering.number_of(row.last_seq),
        view.numbering.number_of(row.answered_seq),
        Status.CLOSED if is_closed else Status(row.status),
        ConversationId(row.id),
    )


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
    connection: sa.Connection,
    place: Place,
    id: ConversationId,
    stretch: Stretch,
    view: ReaderView,
) -> tuple[VisitorMessage, ...]:
    seq = messages.c.seq
    query = sa.select(messages).where(messages.c.conversation_id == id, readable(view.audiences))
    query = query.limit(stretch.limit)
    if stretch.after_seq is not None:
        after = seq > view.numbering.seq_of(stretch.after_seq)
        rows = connection.execute(query.where(after).order_by(seq)).all()
        return tuple(_message(row, place, view) for row in rows)
    if stretch.before_seq is not None:
        query = query.where(seq < view.numbering.seq_of(stretch.before_seq))
    rows = connection.execute(query.order_by(seq.desc())).all()
    return tuple(_message(row, place, view) for row in reversed(rows))


def _message(row: Any, place: Place, view: ReaderView) -> VisitorMessage:  # noqa: ANN401 - a row of the queries above
    prefix = _prefix(place)
    key = row.provider_key
    return VisitorMessage(
        seq=view.numbering.number_of(row.seq),
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
