"""The outbox's rows that were settled long ago: who was told what is asked for no more."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.core.model import OutboxId
from bot.storage.outbox.rows import Work
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
