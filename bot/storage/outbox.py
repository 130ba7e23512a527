"""The outbox's queries: what is due, who holds it, how it ended."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.core.model import ConversationId, MessageId, OutboxId, VisitorId
from bot.storage.outbox_rows import OutboxState, Work
from bot.storage.tables import UtcTime, accounts, messages, outbox

_OPEN = (OutboxState.PENDING, OutboxState.SENDING)


@dataclass(frozen=True, slots=True)
class DueRow:
    """An outbox row that may be taken; `text` is its message's, if it has one."""

    id: OutboxId
    kind: Work
    channel: str
    account: str
    visitor_id: VisitorId | None
    conversation_id: ConversationId | None
    message_id: MessageId | None
    payload: dict[str, Any] | None
    state: OutboxState
    deadline: datetime | None
    attempts: int
    lease: str | None
    text: str | None
    author: str | None


def find_due(connection: sa.Connection, now: datetime, limit: int) -> list[OutboxId]:
    """Find what a worker may take, the longest due first.

    A message waits for the earlier ones of its conversation; a prompt for nobody. Accounts that are
    paused or stopped keep theirs, but what has passed its deadline is always handed out.
    """
    earlier = outbox.alias()
    waits = (
        sa.exists()
        .where(
            earlier.c.conversation_id == outbox.c.conversation_id,
            # written out, word for word as in the index: else SQLite reads all that ever was
            earlier.c.kind == sa.literal_column(f"'{Work.DELIVER}'"),
            earlier.c.state.in_([sa.literal_column(f"'{state}'") for state in _OPEN]),
            earlier.c.id < outbox.c.id,
        )
        .correlate(outbox)
    )
    open_account = sa.or_(
        accounts.c.state.is_(None), accounts.c.until <= now, accounts.c.state == "ok"
    )
    query = (
        sa.select(outbox.c.id)
        .outerjoin(
            accounts,
            sa.and_(accounts.c.channel == outbox.c.channel, accounts.c.account == outbox.c.account),
        )
        .where(
            outbox.c.state == OutboxState.PENDING,
            outbox.c.due_at <= now,
            sa.or_(open_account, outbox.c.deadline <= now),
            sa.or_(outbox.c.kind != Work.DELIVER, ~waits),
        )
        .order_by(outbox.c.due_at, outbox.c.id)
        .limit(limit)
    )
    return [OutboxId(row.id) for row in connection.execute(query)]


def find_orphans(connection: sa.Connection, now: datetime, limit: int) -> list[OutboxId]:
    """Find what a worker took and never settled."""
    query = (
        sa.select(outbox.c.id)
        .where(outbox.c.state == OutboxState.SENDING, outbox.c.lease_until <= now)
        .order_by(outbox.c.lease_until)
        .limit(limit)
    )
    return [OutboxId(row.id) for row in connection.execute(query)]


def find_visitors(connection: sa.Connection, ids: Collection[OutboxId]) -> list[VisitorId]:
    """Say whose rows these are."""
    query = sa.select(outbox.c.visitor_id).where(
        outbox.c.id.in_(sorted(ids)), outbox.c.visitor_id.is_not(None)
    )
    return [VisitorId(row.visitor_id) for row in connection.execute(query.distinct())]


def next_due(connection: sa.Connection, now: datetime) -> datetime | None:
    """Say when the next row after `now` falls due; the clock sleeps until then."""
    later = sa.and_(outbox.c.state == OutboxState.PENDING, outbox.c.due_at > now)
    moment: datetime | None = connection.execute(
        sa.select(sa.func.min(outbox.c.due_at, type_=UtcTime)).where(later)
    ).scalar()
    return moment


def lock_rows(connection: sa.Connection, ids: Collection[OutboxId]) -> list[DueRow]:
    """Read rows with their messages' texts and hold them; the longest due first.

    Their visitors must be held already: whoever changes a row holds its visitor.
    """
    query = (
        sa.select(outbox, messages.c.text, messages.c.author)
        .outerjoin(messages, messages.c.id == outbox.c.message_id)
        .where(outbox.c.id.in_(sorted(ids)))
        .order_by(outbox.c.due_at, outbox.c.id)
        .with_for_update(of=outbox)
    )
    return [
        DueRow(
            OutboxId(row.id),
            Work(row.kind),
            row.channel,
            row.account,
            row.visitor_id,
            row.conversation_id,
            row.message_id,
            row.payload,
            OutboxState(row.state),
            row.deadline,
            row.attempts,
            row.lease,
            row.text,
            row.author,
        )
        for row in connection.execute(query)
    ]


@dataclass(frozen=True, slots=True)
class Hold:
    """A row in a worker's hand; without a lease it is one that nobody holds yet."""

    id: OutboxId
    lease: str | None = None
    until: datetime | None = None
    message_id: MessageId | None = None


def take(connection: sa.Connection, hold: Hold, now: datetime) -> None:
    """Hold a row that is being sent: nobody else settles it while the lease is ours."""
    connection.execute(
        sa.update(outbox)
        .where(outbox.c.id == hold.id)
        .values(
            state=OutboxState.SENDING,
            lease=hold.lease,
            lease_until=hold.until,
            attempts=outbox.c.attempts + 1,
            attempted_at=sa.func.coalesce(outbox.c.attempted_at, now),
            message_id=hold.message_id,
        )
    )


def settle(
    connection: sa.Connection, hold: Hold, state: OutboxState, now: datetime, reason: str | None
) -> bool:
    """End a row for good. False: it was settled meanwhile, by an echo or after the lease."""
    changed = connection.execute(
        sa.update(outbox)
        .where(_is_ours(hold))
        .values(state=state, reason=reason, settled_at=now, lease=None, lease_until=None)
    )
    return changed.rowcount == 1


def postpone(
    connection: sa.Connection, hold: Hold, due_at: datetime, reason: str | None, *, counts: bool
) -> bool:
    """Give a row back for a later try; `counts` says whether this one was an attempt."""
    changed = connection.execute(
        sa.update(outbox)
        .where(_is_ours(hold))
        .values(
            state=OutboxState.PENDING,
            due_at=due_at,
            reason=reason,
            lease=None,
            lease_until=None,
            attempts=outbox.c.attempts if counts else outbox.c.attempts - 1,
        )
    )
    return changed.rowcount == 1


def prolong(connection: sa.Connection, id: OutboxId, deadline: datetime | None) -> None:
    """Give a row that waits until another moment."""
    connection.execute(sa.update(outbox).where(outbox.c.id == id).values(deadline=deadline))


def _is_ours(hold: Hold) -> sa.ColumnElement[bool]:
    return sa.and_(
        outbox.c.id == hold.id,
        outbox.c.state.in_(_OPEN),
        outbox.c.lease.is_not_distinct_from(hold.lease),
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
