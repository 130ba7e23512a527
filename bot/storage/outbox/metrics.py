"""The outbox in figures, for who watches."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.storage.outbox.accounts import AccountState, list_accounts
from bot.storage.outbox.rows import OutboxState
from bot.storage.tables import WENT_WRONG, UtcTime, dead_letters, outbox

# each of these is just what a partial index holds: what was settled well is never looked at
_WATCHED = (
    outbox.c.state == sa.literal_column(f"'{OutboxState.PENDING}'"),
    outbox.c.state == sa.literal_column(f"'{OutboxState.SENDING}'"),
    WENT_WRONG,
)


@dataclass(frozen=True, slots=True)
class OutboxMetrics:
    """`outbox` counts by (kind, state); settled well is not counted, for it grows for ever."""

    outbox: dict[tuple[str, str], int]
    oldest_due_seconds: float
    dead_letters: int
    accounts: dict[tuple[str, str], bool]


def read_metrics(connection: sa.Connection, now: datetime) -> OutboxMetrics:
    """Count what is open or went wrong."""
    columns = (outbox.c.kind, outbox.c.state)
    counts = [
        sa.select(*columns, sa.func.count()).where(watched).group_by(*columns)
        for watched in _WATCHED
    ]
    oldest = connection.execute(
        sa.select(sa.func.min(outbox.c.due_at, type_=UtcTime)).where(
            outbox.c.state == OutboxState.PENDING
        )
    ).scalar()
    letters = sa.select(sa.func.count()).where(dead_letters.c.state == "open")
    return OutboxMetrics(
        outbox={
            (kind, state): count
            for query in counts
            for kind, state, count in connection.execute(query)
        },
        oldest_due_seconds=max((now - oldest).total_seconds(), 0.0) if oldest else 0.0,
        dead_letters=connection.execute(letters).scalar_one(),
        accounts={
            (one.channel, one.account): one.state in {AccountState.OK, AccountState.PROBING}
            for one in list_accounts(connection)
        },
    )
