"""The outbox's queries: what is due, who may have it, what was left behind."""

from collections.abc import Collection
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.core.model import MessageId, OutboxId, VisitorId
from bot.storage.outbox.accounts import is_open
from bot.storage.outbox.rows import NOT_THE_COURIERS, OutboxState, Work, left_behind
from bot.storage.tables import UtcTime, accounts, outbox, visitors

LEASE = timedelta(seconds=60)
"""How long a worker may take; what it has not settled by then was left behind."""
_NEVER_SO_LATE = timedelta(hours=1)  # after it was written, unless it was tried
_SKEW = timedelta(seconds=15)  # between hosts
_OPEN = (OutboxState.PENDING, OutboxState.SENDING)


def find_due(connection: sa.Connection, now: datetime, limit: int) -> list[OutboxId]:
    """Find what a worker may take: messages first, then the longest due.

    A message waits for the earlier ones of its conversation; a prompt for nobody, and nobody for
    it. Accounts that are paused or stopped keep theirs, but what has passed its deadline is always
    handed out.
    """
    found = _find(connection, _next_messages(now), now, limit)
    if len(found) < limit:
        elsewhere = outbox.c.kind.in_((Work.DELIVER, *NOT_THE_COURIERS))
        others = sa.select(outbox.c.id).where(~elsewhere, outbox.c.due_at <= now)
        query = others.order_by(outbox.c.due_at, outbox.c.id)
        found += _find(connection, query, now, limit - len(found))
    return found


def _find(
    connection: sa.Connection, query: sa.Select[tuple[int]], now: datetime, limit: int
) -> list[OutboxId]:
    here = sa.and_(accounts.c.channel == outbox.c.channel, accounts.c.account == outbox.c.account)
    may_be_taken = sa.and_(
        outbox.c.state == OutboxState.PENDING, sa.or_(is_open(now), outbox.c.deadline <= now)
    )
    rows = connection.execute(query.outerjoin(accounts, here).where(may_be_taken).limit(limit))
    return [OutboxId(row.id) for row in rows]


def _next_messages(now: datetime) -> sa.Select[tuple[int]]:
    earlier = outbox.alias()
    waits = (
        sa.exists()
        .where(
            earlier.c.conversation_id == outbox.c.conversation_id,
            _is_to_be_delivered(earlier),
            earlier.c.id < outbox.c.id,
        )
        .correlate(outbox)
    )
    # by the index of what is still to be delivered, not by the one in which all prompts stand
    due_at = sa.func.coalesce(outbox.c.due_at, outbox.c.due_at, type_=UtcTime)
    is_due = sa.or_(due_at <= now, _was_written_ahead(now))
    query = sa.select(outbox.c.id).where(_is_to_be_delivered(outbox), is_due, ~waits)
    return query.order_by(due_at, outbox.c.id)


def _was_written_ahead(now: datetime) -> sa.ColumnElement[bool]:
    """Choose what was written before the clock was set back: a reply does not wait for that."""
    return sa.and_(outbox.c.created_at > now + _SKEW, outbox.c.due_at > now + _NEVER_SO_LATE)


def _is_to_be_delivered(table: sa.FromClause) -> sa.ColumnElement[bool]:
    # written out, word for word as in the index: else SQLite reads all that ever was
    return sa.and_(
        table.c.kind == sa.literal_column(f"'{Work.DELIVER}'"),
        table.c.state.in_([sa.literal_column(f"'{state}'") for state in _OPEN]),
    )


def hold_due(
    connection: sa.Connection, ids: Collection[OutboxId], now: datetime, limit: int
) -> list[OutboxId]:
    """Hold the visitors of rows that are still due, and say which rows these are.

    Nobody is waited for: what somebody else holds just now is left to a later look.
    """
    is_message = outbox.c.kind == Work.DELIVER
    due = sa.and_(
        outbox.c.id.in_(sorted(ids)),
        outbox.c.state == OutboxState.PENDING,
        sa.or_(outbox.c.due_at <= now, sa.and_(is_message, _was_written_ahead(now))),
    )
    urgency = (outbox.c.kind != Work.DELIVER, outbox.c.due_at, outbox.c.id)
    query = sa.select(outbox.c.id).where(due).order_by(*urgency).limit(limit)
    of_visitors = query.join(visitors, visitors.c.id == outbox.c.visitor_id)
    of_nobody = query.where(outbox.c.visitor_id.is_(None))
    rows = [
        *connection.execute(of_nobody.with_for_update(skip_locked=True)),
        *connection.execute(
            of_visitors.with_for_update(of=visitors, skip_locked=True, key_share=True)
        ),
    ]
    return [OutboxId(row.id) for row in rows[:limit]]


def find_orphans(connection: sa.Connection, now: datetime, limit: int) -> list[OutboxId]:
    """Find what a worker took and never settled."""
    query = (
        sa.select(outbox.c.id)
        .where(left_behind(now, LEASE), outbox.c.kind.not_in(NOT_THE_COURIERS))
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
