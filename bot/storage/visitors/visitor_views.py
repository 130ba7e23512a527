"""Conversations as their own visitors may see them: no notes, and nothing of anybody else's."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from bot.core.events import Attachment
from bot.core.files import KeptFile
from bot.core.model import Author, CaptureState, ConversationId, Kind, Status, VisitorKey
from bot.core.names import full_name
from bot.ports.visitor_view import (
    ConversationProgress,
    Stretch,
    VisitorConversation,
    VisitorMessage,
)
from bot.storage.conversations.audiences import (
    FOR_ALL,
    ReaderView,
    former_view,
    has_hidden,
    view_of,
)
from bot.storage.conversations.owners import FormerReader, find_former
from bot.storage.conversations.proofs import may_prove
from bot.storage.database.bulk import member_parameter, members
from bot.storage.files.uploads import find_attached
from bot.storage.tables import browsers, conversations, messages, visitors

_PLACE = ("channel", "account", "external_id")
_ROOM = sa.select(
    conversations.c.id,
    conversations.c.status,
    conversations.c.closed_for_others,
    conversations.c.last_seq,
    conversations.c.answered_seq,
    conversations.c.seen_up_to,
    conversations.c.capture_state,
    conversations.c.confirm_email,
    conversations.c.proved_email,
    conversations.c.beside_email,
    conversations.c.owner_after_seq,
    visitors.c.first_name,
    visitors.c.last_name,
    visitors.c.contact_id,
    has_hidden().label("has_hidden"),
).join(visitors, visitors.c.id == conversations.c.visitor_id)


def find_room(
    connection: sa.Connection, browser: VisitorKey, stretch: Stretch
) -> VisitorConversation:
    """Show a browser the conversation that it reads; who has none sees an empty one."""
    row = _find_row(connection, browser)
    if row is None:
        former = find_former(connection, browser)
        return _former_room(connection, former, stretch) if former else VisitorConversation()
    view = _view(connection, row, browser)
    state = _shown_state(row, view)
    return VisitorConversation(
        state,
        _stored_state(row),
        view.numbering,
        name=full_name(row.first_name, row.last_name) or None,
        known=row.contact_id is not None,
        asked=row.capture_state == CaptureState.ASKED,
        confirm_email=row.confirm_email,
        read_up_to=row.seen_up_to,
        messages=_list(connection, _Shelf(browser, row.id, view), stretch, state.last_seq),
        earlier=view.earlier,
        is_owned=row.proved_email is not None,
        to_prove=_find_to_prove(connection, row, browser),
    )


def _find_to_prove(connection: sa.Connection, row: Any, browser: VisitorKey) -> str | None:  # noqa: ANN401 - a row of the query above
    """Name the address beside the proved one, where a code for it works in this browser."""
    email: str | None = row.beside_email
    return email if email and may_prove(connection, row.id, browser, email) else None


def _former_room(
    connection: sa.Connection, former: FormerReader, stretch: Stretch
) -> VisitorConversation:
    """Show a conversation as it was when the browser ceased to read it, and no sign of more."""
    view = former_view(connection, former)
    number_of, last_seq = view.numbering.number_of, former.range.last_seq
    state = ConversationProgress(
        number_of(last_seq), number_of(min(former.answered_seq, last_seq)), former.status
    )
    shelf = _Shelf(former.place, former.conversation_id, view)
    return VisitorConversation(
        state,
        numbering=view.numbering,
        known=True,
        read_up_to=former.seen_up_to,
        messages=_list(connection, shelf, stretch, state.last_seq),
        goes_on=former.why,
    )


def find_conversation_id(connection: sa.Connection, browser: VisitorKey) -> ConversationId | None:
    """Say which conversation a browser reads and writes."""
    row = _find_row(connection, browser)
    return ConversationId(row.id) if row is not None else None


def find_visitor_message(
    connection: sa.Connection, browser: VisitorKey, key: str
) -> VisitorMessage | None:
    """Look one of a browser's own messages up by its key."""
    query = sa.select(messages).where(messages.c.provider_key == _prefix(browser) + key)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    talk = ConversationId(row.conversation_id)
    files = find_attached(connection, [row.id]).get(row.id, {}) if row.attachments else {}
    return _message(row, _Shelf(browser, talk, _view_in(connection, browser, talk)), files)


def find_moment(connection: sa.Connection, browser: VisitorKey, seq: int) -> datetime | None:
    """Say when a message of a browser's conversation was written, by the browser's number."""
    row = _find_row(connection, browser)
    if row is None:
        return None
    at_seq = messages.c.seq == _view(connection, row, browser).numbering.seq_of(seq)
    query = sa.select(messages.c.at).where(messages.c.conversation_id == row.id, at_seq)
    return connection.execute(query).scalar()


class _Shelf(NamedTuple):
    """A conversation as one browser may read it."""

    browser: VisitorKey
    id: ConversationId
    view: ReaderView


def _find_row(connection: sa.Connection, browser: VisitorKey) -> Any | None:  # noqa: ANN401 - a row of the query above
    """Find the conversation that began in a browser, else the one that it has come to by proof."""
    own = connection.execute(_ROOM.where(*_is_at(visitors, browser))).one_or_none()
    if own is not None:
        return own
    joined = _ROOM.join(browsers, browsers.c.visitor_id == visitors.c.id)
    return connection.execute(joined.where(*_is_at(browsers, browser))).one_or_none()


def _view(connection: sa.Connection, row: Any, browser: VisitorKey) -> ReaderView:  # noqa: ANN401 - a row of the query above
    if not row.has_hidden and not row.owner_after_seq:
        return FOR_ALL
    return view_of(connection, row.id, browser, row.proved_email)


def find_reader_view(
    connection: sa.Connection, browser: VisitorKey, id: ConversationId
) -> ReaderView | None:
    """Say what a browser may read of a conversation; None: nothing."""
    row = _find_row(connection, browser)
    if row is not None and row.id == id:
        return _view(connection, row, browser)
    former = find_former(connection, browser) if row is None else None
    is_here = former is not None and former.conversation_id == id
    return former_view(connection, former) if former and is_here else None


def _view_in(connection: sa.Connection, browser: VisitorKey, id: ConversationId) -> ReaderView:
    row = _find_row(connection, browser)
    if row is not None and row.id == id:
        return _view(connection, row, browser)
    former = find_former(connection, browser, id)
    return former_view(connection, former) if former else FOR_ALL


def _stored_state(row: Any) -> ConversationProgress:  # noqa: ANN401 - as above
    return ConversationProgress(
        row.last_seq, row.answered_seq, Status(row.status), ConversationId(row.id)
    )


def _shown_state(row: Any, view: ReaderView) -> ConversationProgress:  # noqa: ANN401 - as above
    is_closed = row.closed_for_others and not view.is_owner
    return ConversationProgress(
        view.numbering.number_of(row.last_seq),
        view.numbering.number_of(row.answered_seq),
        Status.CLOSED if is_closed else Status(row.status),
        ConversationId(row.id),
    )


def find_states(
    connection: sa.Connection, places: Collection[VisitorKey]
) -> dict[VisitorKey, ConversationProgress]:
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
        VisitorKey(row[0], row[1], row[2]): ConversationProgress(
            row[3], row[4], Status(row[5]), ConversationId(row[6])
        )
        for row in rows
    }


def _is_at(table: sa.Table, place: VisitorKey) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        table.c.channel == place.channel,
        table.c.account == place.account,
        table.c.external_id == place.external_id,
    )


def _list(
    connection: sa.Connection, shelf: _Shelf, stretch: Stretch, last_seq: int
) -> tuple[VisitorMessage, ...]:
    if stretch.after_seq is not None and stretch.after_seq >= last_seq:
        return ()
    seq, view = messages.c.seq, shelf.view
    query = sa.select(messages).where(messages.c.conversation_id == shelf.id, view.readable)
    query = query.limit(stretch.limit)
    if stretch.after_seq is not None:
        after = seq > view.numbering.seq_of(stretch.after_seq)
        return _messages(connection, query.where(after).order_by(seq), shelf)
    if stretch.before_seq is not None:
        query = query.where(seq < view.numbering.seq_of(stretch.before_seq))
    return _messages(connection, query.order_by(seq.desc()), shelf)[::-1]


def _messages(
    connection: sa.Connection, query: sa.Select[Any], shelf: _Shelf
) -> tuple[VisitorMessage, ...]:
    rows = connection.execute(query).all()
    files = find_attached(connection, [row.id for row in rows if row.attachments])
    return tuple(_message(row, shelf, files.get(row.id, {})) for row in rows)


def _message(row: Any, shelf: _Shelf, files: Mapping[int, KeptFile]) -> VisitorMessage:  # noqa: ANN401 - a row of the queries above
    prefix = f"{_prefix(shelf.browser)}{shelf.browser.external_id}/"
    key = row.provider_key
    return VisitorMessage(
        seq=shelf.view.numbering.number_of(row.seq),
        author=Author(row.author),
        name=row.name,
        kind=Kind(row.kind),
        text=row.text,
        attachments=tuple(Attachment(**part) for part in row.attachments or ()),
        files=files,
        at=row.at,
        client_id=key.removeprefix(prefix) if key and key.startswith(prefix) else None,
    )


def _prefix(place: VisitorKey) -> str:
    return f"{place.channel}/{place.account}/"
