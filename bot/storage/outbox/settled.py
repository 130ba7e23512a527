"""The outbox's settled rows: sent after all, ordered again, and cleared away in the end."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.core.model import MessageId, OutboxId
from bot.storage.outbox.rows import RECURRING, OutboxState, Work
from bot.storage.tables import mails, messages, outbox

_KEPT = frozenset({Work.DELIVER, Work.CAPTURE_PROMPT, Work.FETCH_PROFILE})
"""Kinds of settled rows that keep messages from being sent twice while their conversation lives."""
_CLEARED = tuple(kind for kind in Work if kind not in _KEPT | RECURRING)


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


@dataclass(frozen=True, slots=True)
class MailOrder:
    """The order of a reply's mail, and what has become of it."""

    message_id: MessageId
    state: OutboxState
    reason: str | None
    """Why it waits, or was not carried out."""
    is_due: bool
    is_mailed: bool
    """A mail that left tells the reply: its own, or another one's."""


def find_mail_orders(
    connection: sa.Connection, ids: Collection[MessageId], now: datetime
) -> list[MailOrder]:
    """Find the orders of replies' mails."""
    here = outbox.c
    is_mailed = sa.exists().where(
        mails.c.conversation_id == messages.c.conversation_id,
        messages.c.seq.between(mails.c.first_seq, mails.c.last_seq),
    )
    columns = (here.message_id, here.state, here.reason, here.due_at, here.attempted_at)
    rows = connection.execute(
        sa.select(*columns, is_mailed.correlate(messages).label("is_mailed"))
        .join(messages, messages.c.id == here.message_id)
        .where(here.message_id.in_(sorted(ids)), here.kind == Work.FOLLOW_UP)
    )
    return [
        MailOrder(
            MessageId(row.message_id),
            OutboxState(row.state),
            row.reason,
            row.due_at <= now or row.attempted_at is not None,
            row.is_mailed,
        )
        for row in rows
    ]
