"""The outbox's mails to visitors: a thread of their own sends them, so that none delays a chat."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.core.model import OutboxId
from bot.storage.outbox.accounts import is_open
from bot.storage.outbox.rows import OutboxState, Work, left_behind
from bot.storage.tables import accounts, outbox

LEASE = timedelta(seconds=90)
"""How long a worker holds a mail: longer than it may take."""
_MAILS = outbox.c.kind == Work.FOLLOW_UP


def find_due_mails(
    connection: sa.Connection, server: tuple[str, str], now: datetime, limit: int
) -> list[OutboxId]:
    """Find mails that are due, the longest first; none while their server is paused or stopped."""
    channel, account = server
    here = sa.and_(accounts.c.channel == channel, accounts.c.account == account)
    closed = sa.exists().where(here, ~is_open(now))
    query = sa.select(outbox.c.id).where(
        outbox.c.state == OutboxState.PENDING, outbox.c.due_at <= now, _MAILS, ~closed
    )
    query = query.order_by(outbox.c.due_at, outbox.c.id).limit(limit)
    return [OutboxId(row.id) for row in connection.execute(query)]


def find_lost_mails(connection: sa.Connection, now: datetime, limit: int) -> list[OutboxId]:
    """Find mails that a worker took and never settled."""
    query = (
        sa.select(outbox.c.id)
        .where(left_behind(now, LEASE), _MAILS)
        .order_by(outbox.c.lease_until)
        .limit(limit)
    )
    return [OutboxId(row.id) for row in connection.execute(query)]
