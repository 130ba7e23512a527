"""The outbox's finders: what is due, who may have it, what was left behind."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa

from bot.core.model import OutboxId, VisitorId
from bot.storage.outbox.accounts import AccountKey, is_open
from bot.storage.outbox.rows import OutboxState, Work
from bot.storage.tables import UtcTime, accounts, outbox, visitors

LEASE = timedelta(seconds=60)
"""How long a worker may take; what it has not settled by then was left behind."""
LONG_LEASE = timedelta(seconds=90)
"""The same, where the other side may take its time."""
OWN: AccountKey = ("", "")
"""Each row leaves by the account that stands in it."""
_NEVER_SO_LATE = timedelta(hours=1)  # after it was written, unless it was tried
_SKEW = timedelta(seconds=15)  # between hosts


class Ordering(StrEnum):
    """The column whose value rows share that are done one after the other."""

    CONVERSATION = "conversation_id"
    """And no row waits for a clock that was set back: an agent's reply is in it."""
    KEY = "ordering_key"
    """`contact:3`, `target:…`, `conversation:7`: a row without one waits for no other."""


@dataclass(frozen=True, slots=True)
class Queue:
    """Kinds of work that are looked for together."""

    kinds: tuple[Work, ...]
    way: AccountKey | None = OWN
    """The account by which its rows leave: while that is closed they wait. None: by none."""
    in_order: Ordering | None = None
    """A row waits for the earlier ones with the same value."""

    @property
    def outlives_leaps(self) -> bool:
        """Say whether rows don't wait for a clock that was set back."""
        return self.in_order is Ordering.CONVERSATION


def find_due(
    connection: sa.Connection,
    queue: Queue,
    now: datetime,
    limit: int,
    busy: Collection[str] = (),
) -> list[OutboxId]:
    """Find what a worker may take, the longest due first, but for targets that are busy.

    Accounts that are paused or stopped keep theirs, but what has passed its deadline is always
    handed out.
    """
    query = _of_conversations(queue, now) if queue.outlives_leaps else _by_moment(queue, now)
    if queue.in_order:
        query = query.where(~_waits(queue, queue.in_order))
    if queue.way:
        query = query.outerjoin(accounts, _leaves_by(queue.way))
        query = query.where(sa.or_(is_open(now), outbox.c.deadline <= now))
    if busy:
        query = query.where(outbox.c.account.not_in(busy))
    return _ids(connection, query.where(_is(OutboxState.PENDING)).limit(limit))


def _by_moment(queue: Queue, now: datetime) -> sa.Select[tuple[int]]:
    query = sa.select(outbox.c.id).where(_is_of(outbox, queue.kinds), outbox.c.due_at <= now)
    return query.order_by(outbox.c.due_at, outbox.c.id)


def _of_conversations(queue: Queue, now: datetime) -> sa.Select[tuple[int]]:
    # by the index of what is still to be delivered, not by the one in which all prompts stand
    due_at = sa.func.coalesce(outbox.c.due_at, outbox.c.due_at, type_=UtcTime)
    is_due = sa.or_(due_at <= now, _was_written_ahead(now))
    query = sa.select(outbox.c.id).where(_is_of(outbox, queue.kinds), _is_unsettled(outbox))
    return query.where(is_due).order_by(due_at, outbox.c.id)


def _waits(queue: Queue, column: Ordering) -> sa.Exists:
    """Choose the rows for which an earlier one has to be settled."""
    earlier = outbox.alias()
    same = earlier.c[column] == outbox.c[column]
    is_open = sa.and_(_is_of(earlier, queue.kinds), _is_unsettled(earlier))
    return sa.exists().where(same, is_open, earlier.c.id < outbox.c.id).correlate(outbox)


def _leaves_by(way: AccountKey) -> sa.ColumnElement[bool]:
    columns = (accounts.c.channel, accounts.c.account)
    keys = (outbox.c.channel, outbox.c.account) if way == OWN else way
    return sa.and_(*(column == key for column, key in zip(columns, keys, strict=True)))


def was_written_ahead(created_at: datetime, due_at: datetime, now: datetime) -> bool:
    """Say whether a row is older than a clock that was set back: a reply does not wait for that."""
    return created_at > now + _SKEW and due_at > now + _NEVER_SO_LATE


def _was_written_ahead(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(outbox.c.created_at > now + _SKEW, outbox.c.due_at > now + _NEVER_SO_LATE)


# written out, word for word as in the indexes: else SQLite reads all that ever was
def _is_of(table: sa.FromClause, kinds: Collection[Work]) -> sa.ColumnElement[bool]:
    return sa.or_(*(table.c.kind == _literal(kind) for kind in kinds))


def _is_unsettled(table: sa.FromClause) -> sa.ColumnElement[bool]:
    return table.c.state.in_([_literal(OutboxState.PENDING), _literal(OutboxState.SENDING)])


def _is(state: OutboxState) -> sa.ColumnElement[bool]:
    return outbox.c.state == _literal(state)


def _literal(word: StrEnum) -> sa.ColumnElement[str]:
    return sa.literal_column(f"'{word}'")


def hold_due(
    connection: sa.Connection, ids: Collection[OutboxId], queue: Queue, now: datetime, limit: int
) -> list[OutboxId]:
    """Hold the visitors of rows that are still due, and say which rows these are.

    Nobody is waited for: what somebody else holds just now is left to a later look.
    """
    is_due: sa.ColumnElement[bool] = outbox.c.due_at <= now
    if queue.outlives_leaps:
        is_due = sa.or_(is_due, _was_written_ahead(now))
    due = sa.and_(outbox.c.id.in_(sorted(ids)), _is(OutboxState.PENDING), is_due)
    query = sa.select(outbox.c.id).where(due).order_by(outbox.c.due_at, outbox.c.id).limit(limit)
    of_visitors = query.join(visitors, visitors.c.id == outbox.c.visitor_id)
    of_nobody = query.where(outbox.c.visitor_id.is_(None))
    found = [
        *_ids(connection, of_nobody.with_for_update(skip_locked=True)),
        *_ids(
            connection, of_visitors.with_for_update(of=visitors, skip_locked=True, key_share=True)
        ),
    ]
    return found[:limit]


def find_left_behind(
    connection: sa.Connection, kinds: Collection[Work], now: datetime, limit: int
) -> list[OutboxId]:
    """Find what a worker took and never settled."""
    over = sa.or_(
        outbox.c.lease_until <= now,
        outbox.c.lease_until > now + 2 * LONG_LEASE,  # nobody waits so long: the clock was set back
    )
    query = sa.select(outbox.c.id).where(_is(OutboxState.SENDING), over, _is_of(outbox, kinds))
    return _ids(connection, query.order_by(outbox.c.lease_until).limit(limit))


def find_visitors(connection: sa.Connection, ids: Collection[OutboxId]) -> list[VisitorId]:
    """Say whose rows these are."""
    query = sa.select(outbox.c.visitor_id).where(
        outbox.c.id.in_(sorted(ids)), outbox.c.visitor_id.is_not(None)
    )
    return [VisitorId(row.visitor_id) for row in connection.execute(query.distinct())]


def next_due(connection: sa.Connection, now: datetime) -> datetime | None:
    """Say when the next row after `now` falls due; the clock sleeps until then."""
    later = sa.and_(_is(OutboxState.PENDING), outbox.c.due_at > now)
    moment: datetime | None = connection.execute(
        sa.select(sa.func.min(outbox.c.due_at, type_=UtcTime)).where(later)
    ).scalar()
    return moment


def find_unknown(connection: sa.Connection, now: datetime, limit: int) -> list[OutboxId]:
    """Find what is due and of a kind that only another version knows."""
    unknown = outbox.c.kind.not_in([_literal(kind) for kind in Work])
    query = sa.select(outbox.c.id).where(_is(OutboxState.PENDING), outbox.c.due_at <= now, unknown)
    return _ids(connection, query.limit(limit))


def put_off(
    connection: sa.Connection, ids: Collection[OutboxId], due_at: datetime, reason: str
) -> None:
    """Let rows wait that nobody has taken; nothing of what stands in them is read."""
    chosen = sa.and_(outbox.c.id.in_(sorted(ids)), _is(OutboxState.PENDING))
    connection.execute(sa.update(outbox).where(chosen).values(due_at=due_at, reason=reason))


def _ids(connection: sa.Connection, query: sa.Select[tuple[int]]) -> list[OutboxId]:
    return [OutboxId(row.id) for row in connection.execute(query)]
