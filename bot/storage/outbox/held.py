"""Outbox rows in one transaction's hand: changed in memory, written all at once.

Their visitors must be held already: whoever changes a row holds its visitor.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.core.model import ConversationId, MessageId, OutboxId, VisitorId
from bot.storage.database import bulk
from bot.storage.database.bulk import Row
from bot.storage.outbox.due import Queue, was_written_ahead
from bot.storage.outbox.rows import OutboxState, Work
from bot.storage.tables import messages, outbox, time_text
from bot.storage.visitors.message_rows import Delivery, NewMessage

_CHANGING = (
    "state",
    "due_at",
    "deadline",
    "attempts",
    "attempted_at",
    "lease",
    "lease_until",
    "message_id",
    "reason",
    "settled_at",
    "step",
)
_OF_THE_MESSAGE = ("delivery", "delivery_error", "delivery_at", "provider_key")


@dataclass(slots=True)
class _Way:
    """The state of the row's message."""

    delivery: Delivery
    error: str | None
    at: datetime


@dataclass(slots=True)
class HeldRow:
    """An outbox row; `text`, `author` and `provider_key` are its message's, if it has one."""

    id: OutboxId
    kind: Work
    dedupe_key: str
    channel: str
    account: str
    visitor_id: VisitorId | None
    conversation_id: ConversationId | None
    message_id: MessageId | None
    payload: Any  # whatever the row's writer has put there, in this version or another
    state: OutboxState
    due_at: datetime
    deadline: datetime | None
    attempts: int
    attempted_at: datetime | None
    lease: str | None
    lease_until: datetime | None
    reason: str | None
    settled_at: datetime | None
    created_at: datetime
    step: str | None
    """How far the last attempt has come: written before each of its requests."""
    text: str | None
    author: str | None
    provider_key: str | None
    changed: bool = False
    rewritten: bool = False
    way: _Way | None = None
    written: NewMessage | None = None

    @property
    def target(self) -> str:
        """Name whom the row is for, where that is no visitor."""
        return self.account

    def is_due(self, queue: Queue, now: datetime) -> bool:
        """Say whether the row may be taken: others may have been quicker than our look."""
        is_ahead = queue.outlives_leaps and was_written_ahead(self.created_at, self.due_at, now)
        return self.state is OutboxState.PENDING and (self.due_at <= now or is_ahead)

    def take(self, lease: str, until: datetime, now: datetime) -> None:
        """Take the row under a lease: only who knows the lease settles it until then."""
        self.state, self.lease, self.lease_until = OutboxState.SENDING, lease, until
        self.step = None  # of an attempt before, whose outcome is known
        self.attempts += 1
        self.attempted_at = self.attempted_at or now
        self.changed = True

    def settle(self, state: OutboxState, now: datetime, reason: str | None) -> None:
        """End the row for good."""
        self.state, self.reason, self.settled_at = state, reason, now
        self.lease = self.lease_until = None
        self.changed = True

    def finish(self, now: datetime) -> None:
        """End the row as done, in this very transaction."""
        self.attempts += 1
        self.attempted_at = self.attempted_at or now
        self.settle(OutboxState.SENT, now, None)

    def write_message(self, message: NewMessage) -> None:
        """Make a new message the row's, whose id is known when the batch is saved."""
        self.written, self.text, self.changed = message, message.text, True

    def give_up(self, now: datetime, reason: str) -> None:
        """End the row as unknown; the worker that held it may still come and tell."""
        lease = self.lease
        self.settle(OutboxState.UNKNOWN, now, reason)
        self.lease = lease

    def postpone(self, due_at: datetime, reason: str | None, *, counts: bool) -> None:
        """Give the row back for a later try; `counts` says whether this one was an attempt."""
        self.state, self.due_at, self.reason = OutboxState.PENDING, due_at, reason
        self.lease = self.lease_until = self.settled_at = None
        self.attempts -= not counts
        self.changed = True

    def come_round(self, due_at: datetime, reason: str | None = None) -> None:
        """Make the row due at another moment, as if it had never been tried."""
        self.postpone(due_at, reason, counts=True)
        self.attempts = 0

    def rewrite(self, payload: dict[str, Any]) -> None:
        """Give the row another payload."""
        self.payload, self.changed, self.rewritten = payload, True, True

    def prolong(self, deadline: datetime | None) -> None:
        """Give the row another deadline."""
        self.deadline, self.changed = deadline, True

    def leave(self) -> None:
        """Leave the row unwritten after all: another transaction has decided on it."""
        self.changed = False

    def deliver(self, delivery: Delivery, now: datetime, error: str | None = None) -> None:
        """Say how far the row's message has come, and why no further."""
        if self.message_id:
            self.way = _Way(delivery, error, now)


def hold_rows(connection: sa.Connection, ids: Collection[OutboxId]) -> list[HeldRow]:
    """Load rows and hold them to the end of the transaction, the longest due first.

    What was erased meanwhile is left out.
    """
    query = (
        sa.select(outbox, messages.c.text, messages.c.author, messages.c.provider_key)
        .outerjoin(messages, messages.c.id == outbox.c.message_id)
        .where(outbox.c.id.in_(sorted(ids)))
        .order_by(outbox.c.due_at, outbox.c.id)
        .with_for_update(of=outbox)
    )
    return [_held(row) for row in connection.execute(query)]


def save_rows(connection: sa.Connection, rows: Collection[HeldRow]) -> None:
    """Write what has changed, by three statements at the most."""
    changed = [row for row in rows if row.changed]
    rewritten = [(json.dumps(row.payload), row.id) for row in rows if row.rewritten]
    with bulk.together(connection):
        bulk.update_later(connection, "outbox", _CHANGING, [_row(row) for row in changed])
        bulk.update_later(connection, "outbox", ("payload",), rewritten)
        ways = [_message_row(row, row.way) for row in rows if row.way]
        bulk.update_later(connection, "messages", _OF_THE_MESSAGE, ways)


def reach_step(connection: sa.Connection, row: HeldRow, step: str) -> bool:
    """Write how far an attempt has come; False: the row's lease is another worker's by now."""
    mine = (outbox.c.state == OutboxState.SENDING, outbox.c.lease == row.lease)
    change = sa.update(outbox).where(outbox.c.id == row.id, *mine).values(step=step)
    return connection.execute(change).rowcount == 1


def _held(row: Any) -> HeldRow:  # noqa: ANN401 - a row of the query above
    return HeldRow(
        OutboxId(row.id),
        Work(row.kind),
        row.dedupe_key,
        row.channel,
        row.account,
        row.visitor_id,
        row.conversation_id,
        row.message_id,
        row.payload,
        OutboxState(row.state),
        row.due_at,
        row.deadline,
        row.attempts,
        row.attempted_at,
        row.lease,
        row.lease_until,
        row.reason,
        row.settled_at,
        row.created_at,
        row.step,
        row.text,
        row.author,
        row.provider_key,
    )


def _row(row: HeldRow) -> Row:
    return (
        row.state,
        time_text(row.due_at),
        _text(row.deadline),
        row.attempts,
        _text(row.attempted_at),
        row.lease,
        _text(row.lease_until),
        row.written.id if row.written else row.message_id,
        row.reason,
        _text(row.settled_at),
        row.step,
        row.id,
    )


def _message_row(row: HeldRow, way: _Way) -> Row:
    return way.delivery, way.error, time_text(way.at), row.provider_key, row.message_id


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else time_text(moment)
