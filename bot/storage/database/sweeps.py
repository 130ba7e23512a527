"""What is too old is found by walking over a table by its key, a bounded stretch at a time.

By their keys: an index of moments would make every message dearer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

import sqlalchemy as sa

from bot.storage.forgetting.deletion_requests import RequestState
from bot.storage.forgetting.erasing import expire
from bot.storage.forgetting.referring import delete_keys
from bot.storage.operations.tallies import count_deleted
from bot.storage.outbox.settled import may_be_cleared
from bot.storage.tables import (
    audit,
    conversations,
    dead_letters,
    deletion_requests,
    email_domains,
    erasures,
    outbox,
    page_echoes,
    visitors,
)

STRETCH = 200
"""So many rows are looked at by one statement."""
_AT_ONCE = 50  # visitors with all that is theirs
_NEVER = datetime.fromtimestamp(0, UTC)
Key: TypeAlias = Any  # a number or a text: only compared, and given back
Condition: TypeAlias = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Sweep:
    """How old rows of one table are found."""

    table: sa.Table
    at: sa.ColumnElement[datetime]
    is_old: Callable[[datetime], Condition]
    """Given a moment, says which rows may go."""
    by_time: bool = True
    """Keys follow time: behind the first row that is too new there is nothing old."""

    @property
    def key(self) -> sa.Column[Any]:
        """The column by which the walk goes."""
        return next(iter(self.table.primary_key))

    @property
    def first(self) -> Key:
        """A key before all others."""
        return "" if isinstance(self.key.type, sa.Text) else 0


@dataclass(frozen=True, slots=True)
class SweptStretch:
    """Rows that follow each other."""

    last: Key
    """Where the next stretch begins."""
    old: Sequence[Key]
    """Those of them that may go."""


OLD_WORK = Sweep(outbox, outbox.c.created_at, may_be_cleared)
OLD_LETTERS = Sweep(dead_letters, dead_letters.c.created_at, lambda _: sa.true())
OLD_ENTRIES = Sweep(audit, audit.c.at, lambda _: sa.true())
OLD_REQUESTS = Sweep(
    deletion_requests,
    deletion_requests.c.created_at,
    lambda _: deletion_requests.c.state != RequestState.PENDING,
    by_time=False,
)
OLD_ERASURES = Sweep(
    erasures, erasures.c.erased_at, lambda _: erasures.c.erased_at != _NEVER, by_time=False
)
OLD_DOMAINS = Sweep(email_domains, email_domains.c.looked_up_at, lambda _: sa.true(), by_time=False)
OLD_ECHOES = Sweep(page_echoes, page_echoes.c.at, lambda _: sa.true(), by_time=False)
_LAST_SIGN = sa.func.coalesce(conversations.c.last_message_at, visitors.c.created_at)
OLD_VISITORS = Sweep(
    visitors,
    visitors.c.created_at,
    lambda before: sa.and_(
        visitors.c.contact_id.is_(None), visitors.c.gone_at.is_(None), before >= _LAST_SIGN
    ),
)


def look_through(
    connection: sa.Connection, sweep: Sweep, after: Key | None, before: datetime
) -> SweptStretch | None:
    """Look at the rows behind `after`, up to the first that is too new; None: that is the next."""
    may_go = sa.and_(sweep.at <= before, sweep.is_old(before)).label("may_go")
    query = sa.select(sweep.key.label("key"), (sweep.at > before).label("is_new"), may_go)
    start = sweep.first if after is None else after
    query = query.select_from(_source(sweep)).where(sweep.key > start)
    last, old = after, []
    for row in connection.execute(query.order_by(sweep.key).limit(STRETCH)):
        if row.is_new and sweep.by_time:
            break
        last = row.key
        if row.may_go:
            old.append(row.key)
    return SweptStretch(last, old) if last != after else None


def sweep_away(
    connection: sa.Connection, sweep: Sweep, keys: Sequence[Key], before: datetime
) -> int:
    """Delete rows that are still old; whoever holds one just now keeps it."""
    old = sa.and_(sweep.at <= before, sweep.is_old(before))
    query = sa.select(sweep.key).where(sweep.key.in_(keys), old)
    held = [tuple(row) for row in connection.execute(query.with_for_update(skip_locked=True))]
    gone = delete_keys(connection, sweep.table, held) if held else 0
    count_deleted(connection, sweep.table.name, gone)
    return gone


def let_expire(
    connection: sa.Connection, keys: Sequence[Key], before: datetime, now: datetime
) -> None:
    """Begin to delete visitors of whom nothing was heard since, if that is still so."""
    for start in range(0, len(keys), _AT_ONCE):
        expire(connection, keys[start : start + _AT_ONCE], before, now)


def _source(sweep: Sweep) -> sa.FromClause:
    if sweep.table is not visitors:
        return sweep.table
    return visitors.outerjoin(conversations, conversations.c.visitor_id == visitors.c.id)
