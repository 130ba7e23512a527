"""The outbox's settled rows: sent after all, ordered again, and cleared away in the end."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.core.model import MessageId, OutboxId
from bot.storage.outbox.rows import OutboxState, Work
from bot.storage.tables import outbox

KEPT = timedelta(days=30)
"""So long it can be seen what became of it, and a program can be sent it again."""
_CLEARED = (Work.ANNOUNCE, Work.NOTICE, Work.NOTIFY, Work.WEBHOOK, Work.FOLLOW_UP)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Old rows that follow each other."""

    last: OutboxId
    """Where the next stretch begins."""
    settled: list[OutboxId]
    """Those of them that may go."""


def look_through(
    connection: sa.Connection, after: OutboxId, before: datetime, limit: int
) -> Stretch | None:
    """Look at the rows behind `after` up to the first one that is too new; None: that is the next.

    By their ids: an index of its own would make every message dearer.
    """
    columns = (outbox.c.id, outbox.c.kind, outbox.c.created_at, outbox.c.settled_at)
    query = sa.select(*columns).where(outbox.c.id > after).order_by(outbox.c.id).limit(limit)
    last, settled = after, []
    for row in connection.execute(query):
        if row.created_at > before:
            break
        last = row.id
        if row.kind in _CLEARED and row.settled_at is not None and row.settled_at <= before:
            settled.append(OutboxId(row.id))
    return Stretch(OutboxId(last), settled) if last != after else None


def clear(connection: sa.Connection, ids: list[OutboxId], before: datetime) -> None:
    """Delete rows that are still settled; whoever holds one just now keeps it."""
    query = sa.select(outbox.c.id).where(outbox.c.id.in_(ids), outbox.c.settled_at <= before)
    held = [row.id for row in connection.execute(query.with_for_update(skip_locked=True))]
    connection.execute(sa.delete(outbox).where(outbox.c.id.in_(held)))


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
