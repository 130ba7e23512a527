"""The outbox's settled rows: sent after all, ordered again, and cleared away in the end."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from bot.core.model import MessageId, OutboxId
from bot.storage.outbox.rows import OutboxState, Work
from bot.storage.tables import outbox

_CLEARED = (
    *(Work.ANNOUNCE, Work.NOTICE, Work.NOTIFY, Work.WEBHOOK, Work.FOLLOW_UP),
    *(Work.FETCH_FILES, Work.DELETE_PERSON),
)
"""What is left out keeps a thing from being sent twice, as long as its conversation is there."""


def may_be_cleared(before: datetime) -> sa.ColumnElement[bool]:
    """Match rows that were settled before a moment, and that nobody needs any more."""
    return sa.and_(outbox.c.kind.in_(_CLEARED), outbox.c.settled_at <= before)


def order_again(
    connection: sa.Connection, id: MessageId, now: datetime, deadline: datetime | None
) -> OutboxId | None:
    """Make a message's delivery due once more; None: it has none that ended without success."""
    ended = (OutboxState.UNKNOWN, OutboxState.DEAD, OutboxState.EXPIRED, OutboxState.CANCELLED)
    row = connection.execute(
        sa.update(outbox)
        .where(outbox.c.message_id == id, outbox.c.kind == Work.DELIVER, outbox.c.state.in_(ended))
        .values(
            state=OutboxState.PENDING,
            due_at=now,
            deadline=deadline,
            attempts=0,
            reason=None,
            settled_at=None,
        )
        .returning(outbox.c.id)
    ).one_or_none()
    return OutboxId(row.id) if row else None


def cancel_pending(
    connection: sa.Connection, kind: Work, target: str, reason: str, now: datetime
) -> None:
    """End all that is still to be done for a target."""
    waiting = (outbox.c.kind == kind, outbox.c.account == target)
    connection.execute(
        sa.update(outbox)
        .where(*waiting, outbox.c.state == OutboxState.PENDING)
        .values(state=OutboxState.CANCELLED, reason=reason, settled_at=now)
    )


def settle_by_echo(connection: sa.Connection, ids: Collection[MessageId], now: datetime) -> None:
    """Mark as sent what the channel has shown us, whatever became of the answer."""
    if not ids:
        return
    # pending: the channel said that it surely took nothing, and was wrong
    held = (OutboxState.PENDING, OutboxState.SENDING, OutboxState.UNKNOWN)
    connection.execute(
        sa.update(outbox)
        .where(outbox.c.message_id.in_(sorted(ids)), outbox.c.state.in_(held))
        .values(state=OutboxState.SENT, settled_at=now, lease=None, lease_until=None)
    )
