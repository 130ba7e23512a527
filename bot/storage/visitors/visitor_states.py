"""A visitor with its conversation: loaded under lock, changed in memory, written back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.core.model import (
    Assurance,
    Capture,
    ContactId,
    Conversation,
    ConversationId,
    Status,
    VisitorId,
    VisitorKey,
)
from bot.storage.conversations.search_lines import visitor_line
from bot.storage.database.bulk import (
    Later,
    Row,
    Rows,
    member_parameter,
    members,
    query_later,
    together,
)
from bot.storage.visitors.state_columns import CONVERSATION_COLUMNS, VISITOR_COLUMNS


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

    @property
    def search_line(self) -> str:
        """What a search for the visitor looks at."""
        return visitor_line(self.place, self.first_name, self.last_name)


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
        f"SELECT id, {', '.join(VISITOR_COLUMNS.names)} FROM visitors"
        f" WHERE {chosen} AND gone_at IS NULL ORDER BY id{for_update}",
        parameter,
    )
    conversations = query_later(
        connection,
        f"SELECT id, {', '.join(CONVERSATION_COLUMNS.names)} FROM conversations"
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
    read = VISITOR_COLUMNS.read(row[1:])
    return VisitorState(VisitorKey(**read["place"]), visitor_id=row[0], **read[""])


def _fill(thread: VisitorState, row: Any) -> None:  # noqa: ANN401 - a row of any driver
    read = CONVERSATION_COLUMNS.read(row[1:])
    capture = Capture(**read["conversation.capture"])
    thread.conversation = talk = Conversation(**read["conversation"], capture=capture)
    thread.conversation_id = row[0]
    for field, value in read[""].items():
        setattr(thread, field, value)
    thread.known_emails = talk.own_emails
    thread.agreed = (talk.status, thread.assignee)
