"""Work to be done outside, as rows."""

import json
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from bot.storage.bulk import Row
from bot.storage.message_rows import NewMessage
from bot.storage.tables import time_text
from bot.storage.threads import Thread


class Work(StrEnum):
    """What a worker is to do."""

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
    FOLLOW_UP = "follow_up"
    """Mail a visitor what it has not seen."""
    FETCH_FILES = "fetch_files"
    """Fetch copies of what came with a message."""


# how the keys begin of what is ordered for a visitor
_KEYS = {
    Work.DELIVER: "deliver",
    Work.CAPTURE_PROMPT: "prompt",
    Work.FETCH_PROFILE: "profile",
    Work.FETCH_FILES: "files",
    Work.FOLLOW_UP: "follow_up",
}


class OutboxState(StrEnum):
    """How far it has come; the last five are for ever, but for a prompt that was never tried."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    DEAD = "dead"
    UNKNOWN = "unknown"


class OutboxRow(NamedTuple):
    """One row of the outbox to be written."""

    kind: Work
    thread: Thread
    due_at: datetime
    created_at: datetime
    state: OutboxState = OutboxState.PENDING
    message: NewMessage | None = None
    deadline: datetime | None = None
    payload: dict[str, object] | None = None
    reason: str | None = None

    @property
    def subject_id(self) -> int | None:
        """What it is about, of which a kind of work is ordered once; None before that is stored."""
        match self.kind:
            case Work.DELIVER | Work.FETCH_FILES | Work.FOLLOW_UP if self.message:
                return self.message.id
            case Work.CAPTURE_PROMPT:
                return self.thread.conversation_id
            case Work.FETCH_PROFILE:
                return self.thread.visitor_id
            case _:
                msg = "this is ordered elsewhere, not for a visitor"
                raise ValueError(msg)

    @property
    def dedupe_key(self) -> str:
        """What makes a second order the same one."""
        return f"{_KEYS[self.kind]}:{self.subject_id}"


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
)

ROW_CONFLICT = "ON CONFLICT (dedupe_key) DO NOTHING"
# once a request was attempted, the conversation's prompt is spent
PROMPT_CONFLICT = """
ON CONFLICT (dedupe_key) DO UPDATE SET
  state = excluded.state, due_at = excluded.due_at, deadline = excluded.deadline,
  reason = excluded.reason, settled_at = excluded.settled_at, payload = excluded.payload
WHERE outbox.attempted_at IS NULL AND outbox.state IN ('pending', 'cancelled', 'expired')
"""


def lay_out_row(order: OutboxRow, id: int) -> Row:
    """Lay an order out in the order of OUTBOX_COLUMNS."""
    settled = order.state is not OutboxState.PENDING
    about_visitor = order.kind is Work.FETCH_PROFILE  # and each reference is looked up
    return (
        id,
        str(order.kind),
        order.dedupe_key,
        order.thread.place.channel,
        order.thread.place.account,
        order.thread.visitor_id,
        None if about_visitor else order.thread.conversation_id,
        order.message.id if order.message else None,
        json.dumps(order.payload) if order.payload else None,
        str(order.state),
        time_text(order.due_at),
        time_text(order.deadline) if order.deadline else None,
        0,
        order.reason,
        time_text(order.created_at),
        time_text(order.created_at) if settled else None,
    )
