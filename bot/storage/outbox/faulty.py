"""Rows at which we fail before anything is attempted: nothing of what stands in them is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.core.model import CaptureState, ConversationId, MessageId, OutboxId
from bot.storage.outbox.due import Queue, hold_due
from bot.storage.outbox.rows import OutboxState, Work
from bot.storage.tables import conversations, messages, outbox
from bot.storage.visitors.message_rows import Delivery

_MOST_ATTEMPTS = 2**31 - 1  # so much fits in the column


@dataclass(frozen=True, slots=True)
class FaultyRow:
    """A row as far as it can be trusted."""

    id: OutboxId
    kind: Work
    dedupe_key: str
    attempts: int
    message_id: MessageId | None
    conversation_id: ConversationId | None

    @property
    def counted(self) -> int:
        """Give the number of attempts with the one that has failed."""
        return min(self.attempts + 1, _MOST_ATTEMPTS)


def hold_faulty(
    connection: sa.Connection, id: OutboxId, queue: Queue, now: datetime
) -> FaultyRow | None:
    """Hold a row that is still due; None: it is not, or another worker holds it."""
    if not hold_due(connection, [id], queue, now, 1):
        return None
    columns = (outbox.c.dedupe_key, outbox.c.attempts, outbox.c.message_id)
    query = sa.select(outbox.c.kind, outbox.c.conversation_id, *columns).where(outbox.c.id == id)
    row: Any = connection.execute(query).one()
    return FaultyRow(
        id, Work(row.kind), row.dedupe_key, row.attempts, row.message_id, row.conversation_id
    )


def put_off_faulty(
    connection: sa.Connection, row: FaultyRow, due_at: datetime, reason: str
) -> None:
    """Let a row wait that is held; that it failed counts as an attempt."""
    changes = {"due_at": due_at, "attempts": row.counted, "reason": reason}
    _change(connection, outbox, row.id, changes)


def bury_faulty(connection: sa.Connection, row: FaultyRow, reason: str, now: datetime) -> None:
    """End a row that is held and has failed too often."""
    dead = {"state": OutboxState.DEAD, "settled_at": now, "reason": reason}
    _change(connection, outbox, row.id, {**dead, "attempts": row.counted})


def leave_longer(connection: sa.Connection, id: OutboxId, now: datetime, until: datetime) -> None:
    """Look later again at a row that a dead worker held: it must not hide others behind it."""
    left = (outbox.c.id == id, outbox.c.state == OutboxState.SENDING, outbox.c.lease_until <= now)
    connection.execute(sa.update(outbox).where(*left).values(lease_until=until))


def fail_message(
    connection: sa.Connection, id: MessageId | None, reason: str, at: datetime
) -> None:
    """Say of a message that it was not delivered, and why."""
    failed = {"delivery": Delivery.FAILED, "delivery_error": reason, "delivery_at": at}
    _change(connection, messages, id, failed)


def fail_waiting_message(
    connection: sa.Connection, id: MessageId | None, reason: str, at: datetime
) -> None:
    """Say that a message was not delivered, unless it has gone another way."""
    failed = {"delivery": Delivery.FAILED, "delivery_error": reason, "delivery_at": at}
    waits = sa.and_(messages.c.id == id, messages.c.delivery == Delivery.PENDING)
    connection.execute(sa.update(messages).where(waits).values(**failed))


def skip_prompt(connection: sa.Connection, id: ConversationId | None, reason: str) -> None:
    """Say of a conversation that nobody was asked in it, and why."""
    skipped = {
        "capture_state": CaptureState.SKIPPED,
        "capture_reason": reason,
        "capture_due_at": None,
    }
    _change(connection, conversations, id, skipped)


def _change(
    connection: sa.Connection, table: sa.Table, id: int | None, changes: Mapping[str, object]
) -> None:
    connection.execute(sa.update(table).where(table.c.id == id).values(**changes))
