"""Work to be done outside, as rows."""

import json
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

import sqlalchemy as sa

from bot.core.model import ConversationId, MessageId, VisitorId
from bot.storage.database import bulk
from bot.storage.database.bulk import Row
from bot.storage.tables import time_text
from bot.storage.visitors.message_rows import NewMessage
from bot.storage.visitors.visitor_states import VisitorState


class Work(StrEnum):
    """The kind of an outbox row."""

    DELIVER = "deliver"
    CAPTURE_PROMPT = "capture_prompt"
    FETCH_PROFILE = "fetch_profile"
    DELETE_PERSON = "delete_person"
    ANNOUNCE = "announce"
    """Find out who wants to know what a transaction has brought about."""
    NOTICE = "notice"
    """Find out, when it is due, whether somebody is to be told, and who."""
    NOTIFY = "notify"
    WEBHOOK = "webhook"
    WATCH = "watch"
    """Look whether the channels are still there."""
    LOOK = "look"
    """Look whether a stopped account works again."""
    READ_MAILBOX = "read_mailbox"
    """Look for answers to our mails."""
    RETENTION = "retention"
    """Delete what was erased, and what is not kept any more."""
    FOLLOW_UP = "follow_up"
    """Mail a visitor what it has not seen."""
    FETCH_FILES = "fetch_files"
    """Fetch a copy of something that came with a message."""
    LOOK_UP_DOMAIN = "look_up_domain"
    """Find out whether mail can arrive at the domain of an address."""
    SWEEP_FILES = "sweep_files"
    """Delete files that no message uses."""
    WRITE_SEARCH_LINES = "write_search_lines"
    """Let older rows be found."""


RECURRING = frozenset(
    {
        Work.WATCH,
        Work.READ_MAILBOX,
        Work.RETENTION,
        Work.SWEEP_FILES,
        Work.WRITE_SEARCH_LINES,
    }
)
"""Kinds of which one row comes round for ever."""

# how the keys begin of what is ordered for a visitor
_KEYS = {
    Work.DELIVER: "deliver",
    Work.CAPTURE_PROMPT: "prompt",
    Work.FETCH_PROFILE: "profile",
    Work.FETCH_FILES: "files",
    Work.FOLLOW_UP: "follow_up",
}


class OutboxState(StrEnum):
    """The state of an outbox row; the last five are final, but for a prompt never tried."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    DEAD = "dead"
    UNKNOWN = "unknown"


class Refers(NamedTuple):
    """The subject of an outbox row without a loaded visitor."""

    visitor_id: VisitorId | None = None
    conversation_id: ConversationId | None = None
    message_id: MessageId | None = None


class OutboxRow(NamedTuple):
    """An outbox row to insert: for a loaded visitor, or with a key and a target."""

    kind: Work
    thread: VisitorState | None
    due_at: datetime
    created_at: datetime
    state: OutboxState = OutboxState.PENDING
    message: NewMessage | None = None
    deadline: datetime | None = None
    payload: dict[str, Any] | None = None
    reason: str | None = None
    key: str = ""
    target: tuple[str, str] = ("", "")
    """Channel and account, or what stands in their place."""
    refers: Refers = Refers()
    part: int | None = None
    """Which part of its subject it is about, where work is ordered for each part."""
    ordering_key: str | None = None
    """What rows share that are done one after the other, if their kind asks for it."""

    @property
    def subject_id(self) -> int | None:
        """The subject that makes a kind of work unique; None before the subject is stored."""
        match self.kind:
            case Work.CAPTURE_PROMPT if self.thread:
                return self.thread.conversation_id
            case Work.FETCH_PROFILE if self.thread:
                return self.thread.visitor_id
            case _ if self.message:
                return self.message.id
            case _:
                msg = "this row has neither a key nor a subject"
                raise ValueError(msg)

    @property
    def is_first(self) -> bool:
        """Say whether there can't be another one: what it is about is not stored yet."""
        return not self.key and self.subject_id is None

    @property
    def dedupe_key(self) -> str:
        """The row's dedupe key."""
        part = "" if self.part is None else f":{self.part}"
        return self.key or f"{_KEYS[self.kind]}:{self.subject_id}{part}"


def order_file(message: NewMessage, position: int, now: datetime) -> OutboxRow:
    """Have a copy fetched of one thing that came with a message."""
    payload = {"position": position}
    order = OutboxRow(Work.FETCH_FILES, message.thread, now, now, message=message, part=position)
    return order._replace(payload=payload)


OUTBOX_COLUMNS = (
    "id",
    "kind",
    "dedupe_key",
    "channel",
    "account",
    "visitor_id",
    "conversation_id",
    "message_id",
    "payload",
    "state",
    "due_at",
    "deadline",
    "attempts",
    "reason",
    "created_at",
    "settled_at",
    "ordering_key",
)

ROW_CONFLICT = "ON CONFLICT (dedupe_key) DO NOTHING"
# once a request was attempted, the conversation's prompt is spent
PROMPT_CONFLICT = """
ON CONFLICT (dedupe_key) DO UPDATE SET
  state = excluded.state, due_at = excluded.due_at, deadline = excluded.deadline,
  reason = excluded.reason, settled_at = excluded.settled_at, payload = excluded.payload
WHERE outbox.attempted_at IS NULL AND outbox.state IN ('pending', 'cancelled', 'expired')
"""


# what a version before could not do may have been ended by it
_RECURRING_CONFLICT = """
ON CONFLICT (dedupe_key) DO UPDATE SET state = excluded.state, due_at = excluded.due_at
WHERE outbox.state NOT IN ('pending', 'sending')
"""


def keep_recurring(connection: sa.Connection, kinds: Sequence[Work], now: datetime) -> None:
    """Keep one row of each of these kinds, which comes round again and again."""
    ids = bulk.allocate(connection, {"outbox": len(kinds)})["outbox"]
    rows = [
        lay_out_row(OutboxRow(kind, None, now, now, key=kind), number)
        for kind, number in zip(kinds, ids, strict=True)
    ]
    bulk.insert(connection, "outbox", OUTBOX_COLUMNS, rows, _RECURRING_CONFLICT)


def lay_out_row(order: OutboxRow, id: int) -> Row:
    """Lay an order out in the order of OUTBOX_COLUMNS."""
    settled = order.state is not OutboxState.PENDING
    return (
        id,
        str(order.kind),
        order.dedupe_key,
        *_about(order),
        json.dumps(order.payload) if order.payload else None,
        str(order.state),
        time_text(order.due_at),
        time_text(order.deadline) if order.deadline else None,
        0,
        order.reason,
        time_text(order.created_at),
        time_text(order.created_at) if settled else None,
        order.ordering_key,
    )


def _about(order: OutboxRow) -> Row:
    thread = order.thread
    if thread is None:
        return (*order.target, *order.refers)
    about_visitor = order.kind is Work.FETCH_PROFILE  # and each reference is looked up
    talk = None if about_visitor else thread.conversation_id
    message = order.message.id if order.message else None
    return (thread.place.channel, thread.place.account, thread.visitor_id, talk, message)
