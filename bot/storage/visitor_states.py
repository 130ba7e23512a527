"""A visitor with its conversation: loaded under lock, changed in memory, written back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.core.model import (
    Assurance,
    Capture,
    CaptureState,
    ContactId,
    Conversation,
    ConversationId,
    Source,
    Status,
    VisitorId,
    VisitorKey,
)
from bot.storage.bulk import (
    Later,
    Row,
    Rows,
    member_parameter,
    members,
    query_later,
    together,
)
from bot.storage.tables import parse_time, time_text


@dataclass(slots=True)
class VisitorState:
    """A visitor's state within a transaction; ids are None until the row is written."""

    place: VisitorKey
    created_at: datetime
    answer_to: str | None = None
    """Where the channel sends answers, if not to the id that the visitor is filed under."""
    visitor_id: VisitorId | None = None
    conversation_id: ConversationId | None = None
    conversation: Conversation | None = None
    guest: bool | None = None
    first_name: str | None = None
    last_name: str | None = None
    profile_read_at: datetime | None = None
    contact_id: ContactId | None = None
    contact_assurance: Assurance | None = None
    assignee: str | None = None
    version: int = 1
    last_seq: int = 0
    answered_seq: int = 0
    last_message_at: datetime | None = None
    delivered_up_to: datetime | None = None
    seen_up_to: datetime | None = None
    owner_after_seq: int = 0
    """Up to here the owner's side reads only what was mailed to it."""
    agreed: tuple[Status, str | None] | None = None
    """Status and assignee as loaded: only when these change does the version."""
    known_emails: tuple[str, ...] = ()
    """The conversation's addresses as loaded: when they become others, answers to them end."""
    visitor_changed: bool = False
    conversation_changed: bool = False


VISITOR_COLUMNS = (
    "channel",
    "account",
    "external_id",
    "guest",
    "first_name",
    "last_name",
    "profile_read_at",
    "contact_id",
    "contact_assurance",
    "created_at",
    "answer_to",
)
CONVERSATION_COLUMNS = (
    "visitor_id",
    "channel",
    "account",
    "status",
    "locale",
    "unanswered",
    "waiting_since",
    "agent_wrote_at",
    "visitor_seen_at",
    "owned_elsewhere",
    "away_period",
    "email",
    "email_source",
    "capture_state",
    "capture_reason",
    "capture_due_at",
    "capture_by_hand",
    "asked_at",
    "agent_wrote_since_asked",
    "hints",
    "typed_email",
    "suggested_email",
    "offered_email",
    "confirm_email",
    "assignee",
    "version",
    "last_seq",
    "answered_seq",
    "last_message_at",
    "delivered_up_to",
    "seen_up_to",
    "created_at",
    "page_wrote_at",
    "owner_known_at",
    "zone",
    "stopped",
    "emails_given_at",
    "email_limit_told_at",
    "closed_for_others",
    "proved_email",
    "beside_email",
    "owner_after_seq",
)


def lock_visitor_states(
    connection: sa.Connection, places: Collection[VisitorKey]
) -> dict[VisitorKey, VisitorState]:
    """Load the visitors that exist and hold their rows until the end of the transaction."""
    with together(connection):
        threads = lock_places_later(connection, places)
    return threads()


def lock_places_later(
    connection: sa.Connection, places: Collection[VisitorKey]
) -> Later[dict[VisitorKey, VisitorState]]:
    """Load and hold as `lock_visitor_states` does, inside `together`."""
    keys = sorted((place.channel, place.account, place.external_id) for place in places)
    threads = _lock(connection, ("channel", "account", "external_id"), keys)
    return lambda: {thread.place: thread for thread in threads()}


def find_held(connection: sa.Connection, places: Collection[VisitorKey]) -> set[VisitorKey]:
    """Say whose rows another transaction holds just now; waits for nobody."""
    if connection.dialect.name != "postgresql":
        return set()  # the one who writes holds everything
    columns = ("channel", "account", "external_id")
    query = (
        f"SELECT {', '.join(columns)} FROM visitors"
        f" WHERE ({', '.join(columns)}) IN {members(connection, 'visitors', columns)}"
    )
    parameter = member_parameter(sorted(places))
    with together(connection):
        there = query_later(connection, query, parameter)
        free = query_later(connection, f"{query} FOR NO KEY UPDATE SKIP LOCKED", parameter)
    return {VisitorKey(*row) for row in there()} - {VisitorKey(*row) for row in free()}


def lock_conversations(
    connection: sa.Connection, ids: Collection[ConversationId]
) -> dict[ConversationId, VisitorState]:
    """Load conversations with their visitors and hold them until the end of the transaction."""
    chosen = members(connection, "conversations", ("id",))
    with together(connection):
        rows = query_later(
            connection,
            f"SELECT visitor_id FROM conversations WHERE id IN {chosen}",
            member_parameter([(one,) for one in sorted(ids)]),
        )
    threads = lock_visitors(connection, [row[0] for row in rows()]).values()
    return {thread.conversation_id: thread for thread in threads if thread.conversation_id}


def lock_visitors(
    connection: sa.Connection, ids: Collection[VisitorId]
) -> dict[VisitorId, VisitorState]:
    """Load visitors with their conversations and hold them to the end of the transaction."""
    with together(connection):
        threads = _lock(connection, ("id",), [(one,) for one in sorted(ids)])
    return {thread.visitor_id: thread for thread in threads() if thread.visitor_id}


def visitor_row(thread: VisitorState) -> Row:
    """Lay a visitor out in the order of VISITOR_COLUMNS."""
    return (
        thread.place.channel,
        thread.place.account,
        thread.place.external_id,
        thread.guest if thread.guest is None else int(thread.guest),
        thread.first_name,
        thread.last_name,
        _text(thread.profile_read_at),
        thread.contact_id,
        thread.contact_assurance and str(thread.contact_assurance),
        time_text(thread.created_at),
        thread.answer_to,
    )


def conversation_row(thread: VisitorState) -> Row:
    """Lay a conversation out in the order of CONVERSATION_COLUMNS; the thread must have one."""
    conversation = thread.conversation
    if conversation is None:
        msg = "this visitor has no conversation"
        raise ValueError(msg)
    capture = conversation.capture
    return (
        thread.visitor_id,
        thread.place.channel,
        thread.place.account,
        str(conversation.status),
        conversation.locale,
        conversation.unanswered,
        _text(conversation.waiting_since),
        _text(conversation.agent_wrote_at),
        _text(conversation.visitor_seen_at),
        int(conversation.owned_elsewhere),
        conversation.away_period,
        conversation.email,
        conversation.email_source and str(conversation.email_source),
        str(capture.state),
        capture.reason,
        _text(capture.due_at),
        int(capture.by_hand),
        _text(capture.asked_at),
        int(capture.agent_wrote_since_asked),
        capture.hints,
        capture.typed_email,
        capture.suggested_email,
        capture.offered_email,
        capture.confirm_email,
        thread.assignee,
        thread.version,
        thread.last_seq,
        thread.answered_seq,
        _text(thread.last_message_at),
        _text(thread.delivered_up_to),
        _text(thread.seen_up_to),
        time_text(thread.created_at),
        _text(conversation.page_wrote_at),
        _text(conversation.owner_known_at),
        conversation.zone,
        int(conversation.stopped),
        " ".join(map(time_text, capture.given_at)) or None,
        _text(capture.limit_told_at),
        1 if conversation.closed_for_others else None,
        conversation.proved_email,
        conversation.beside_email,
        thread.owner_after_seq or None,
    )


def _lock(
    connection: sa.Connection, columns: tuple[str, ...], keys: Sequence[Row]
) -> Later[list[VisitorState]]:
    # the visitor's row is the lock of all that belongs to it; what it guards is read after it is
    # held, by a statement of its own, since PostgreSQL would show the state from before the wait
    chosen = f"({', '.join(columns)}) IN {members(connection, 'visitors', columns)}"
    parameter = member_parameter(keys)
    for_update = " FOR NO KEY UPDATE" if connection.dialect.name == "postgresql" else ""
    visitors = query_later(
        connection,
        f"SELECT id, {', '.join(VISITOR_COLUMNS)} FROM visitors"
        f" WHERE {chosen} AND gone_at IS NULL ORDER BY id{for_update}",
        parameter,
    )
    conversations = query_later(
        connection,
        f"SELECT id, {', '.join(CONVERSATION_COLUMNS)} FROM conversations"
        f" WHERE visitor_id IN (SELECT id FROM visitors WHERE {chosen})",
        parameter,
    )
    return lambda: _join(visitors(), conversations())


def _join(visitors: Rows, conversations: Rows) -> list[VisitorState]:
    threads = {row[0]: _thread(row) for row in visitors}
    for row in conversations:
        if thread := threads.get(row[1]):
            _fill(thread, row)
    return list(threads.values())


def _thread(row: Any) -> VisitorState:  # noqa: ANN401 - a row of any driver
    return VisitorState(
        visitor_id=row[0],
        place=VisitorKey(row[1], row[2], row[3]),
        guest=_flag(row[4]),
        first_name=row[5],
        last_name=row[6],
        profile_read_at=_moment(row[7]),
        contact_id=row[8],
        contact_assurance=Assurance(row[9]) if row[9] else None,
        created_at=parse_time(row[10]),
        answer_to=row[11],
    )


def _fill(thread: VisitorState, row: Any) -> None:  # noqa: ANN401 - a row of any driver
    thread.conversation_id = row[0]
    thread.conversation = Conversation(
        channel=row[2],
        status=Status(row[4]),
        locale=row[5],
        zone=row[35],
        stopped=bool(row[36]),
        closed_for_others=bool(row[39]),
        unanswered=row[6],
        waiting_since=_moment(row[7]),
        agent_wrote_at=_moment(row[8]),
        visitor_seen_at=_moment(row[9]),
        page_wrote_at=_moment(row[33]),
        owned_elsewhere=bool(row[10]),
        owner_known_at=_moment(row[34]),
        away_period=row[11],
        email=row[12],
        email_source=Source(row[13]) if row[13] else None,
        proved_email=row[40],
        beside_email=row[41],
        capture=Capture(
            state=CaptureState(row[14]),
            reason=row[15],
            due_at=_moment(row[16]),
            by_hand=bool(row[17]),
            asked_at=_moment(row[18]),
            agent_wrote_since_asked=bool(row[19]),
            hints=row[20],
            typed_email=row[21],
            suggested_email=row[22],
            offered_email=row[23],
            confirm_email=row[24],
            given_at=tuple(map(parse_time, row[37].split())) if row[37] else (),
            limit_told_at=_moment(row[38]),
        ),
    )
    thread.known_emails = thread.conversation.own_emails
    thread.assignee = row[25]
    thread.agreed = (thread.conversation.status, thread.assignee)
    thread.version = row[26]
    thread.last_seq = row[27]
    thread.answered_seq = row[28]
    thread.last_message_at = _moment(row[29])
    thread.delivered_up_to = _moment(row[30])
    thread.seen_up_to = _moment(row[31])
    thread.owner_after_seq = row[42] or 0


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else time_text(moment)


def _moment(value: str | datetime | None) -> datetime | None:
    return None if value is None else parse_time(value)


def _flag(value: int | None) -> bool | None:
    return None if value is None else bool(value)
