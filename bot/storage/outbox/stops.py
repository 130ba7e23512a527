"""Stops: why a way out or in does not work, since when, and which look finds that it does again."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.model import OutboxId
from bot.mail.ways import MAIL_SERVER, MAILBOX
from bot.storage.database import bulk
from bot.storage.outbox.accounts import AccountKey, AccountState
from bot.storage.outbox.rows import OUTBOX_COLUMNS, OutboxRow, OutboxState, Work, lay_out_row
from bot.storage.tables import accounts, outbox, stops


class StopCause(StrEnum):
    """The cause of a stop; each is told once, and once more when it is over."""

    CREDENTIALS = "credentials"
    """A dead token, a refused login, a missing permission or folder."""
    BLOCKED = "blocked"
    """Blocked by policy: asking too soon prolongs it."""
    REFUSED = "refused"
    """What leaves is refused for our own fault."""
    GONE = "gone"
    """The target says that it is not there any more."""
    UNREACHABLE = "unreachable"
    DEAF = "deaf"
    """The channel tells us nothing of the account any more."""
    SILENT = "silent"
    """No visitor has written for unusually long."""


CLOSING = frozenset(StopCause) - {StopCause.DEAF, StopCause.SILENT}
"""The causes for which nothing leaves or comes in by the account."""
# what does not leave by the account that stands in its row
_KIND_OF_WAY = {MAIL_SERVER: Work.FOLLOW_UP, MAILBOX: Work.READ_MAILBOX}
_LEAVES_OTHERWISE = (*_KIND_OF_WAY.values(), Work.LOOK, Work.FETCH_FILES, Work.LOOK_UP_DOMAIN)


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop of an account for one cause."""

    channel: str
    account: str
    cause: StopCause
    reason: str
    began_at: datetime
    ended_at: datetime | None = None
    name: str | None = None
    """What the account is called at its channel, where that is known."""
    look_at: datetime | None = None
    """When the account is looked at next, where a look of its own is planned."""

    @property
    def key(self) -> AccountKey:
        """The account's key: channel and id."""
        return self.channel, self.account

    @property
    def closes(self) -> bool:
        """Say whether nothing leaves or comes in meanwhile."""
        return self.cause in CLOSING


def order_look(connection: sa.Connection, stop: Stop, due_at: datetime) -> OutboxId:
    """Have a stopped account looked at; the row begins a life of its own with each stop."""
    channel, account = stop.key
    key = f"look:{channel}:{account}:{stop.cause}:{stop.began_at.timestamp()}"
    [number] = bulk.allocate(connection, {"outbox": 1})["outbox"]
    row = OutboxRow(Work.LOOK, None, due_at, stop.began_at, key=key, target=stop.key)
    bulk.insert(connection, "outbox", OUTBOX_COLUMNS, [lay_out_row(row, number)])
    return OutboxId(number)


def begin_stop(connection: sa.Connection, stop: Stop, look_id: OutboxId | None) -> bool:
    """Write a stop down; False: it stands already."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    fresh = {"reason": stop.reason, "began_at": stop.began_at, "look_id": look_id}
    values = {"channel": stop.channel, "account": stop.account, "cause": stop.cause, **fresh}
    begun = connection.execute(
        insert(stops)
        .values(**values)
        .on_conflict_do_update(
            index_elements=["channel", "account", "cause"],
            set_={**fresh, "ended_at": None},
            where=stops.c.ended_at.is_not(None),
        )
    )
    return begun.rowcount == 1


def is_standing(connection: sa.Connection, key: AccountKey, cause: StopCause) -> bool:
    """Say whether an account is stopped for a cause."""
    query = sa.select(stops.c.cause).where(_of(key, [cause]), stops.c.ended_at.is_(None))
    return connection.execute(query).first() is not None


def end_stops(
    connection: sa.Connection, key: AccountKey, causes: Collection[StopCause], now: datetime
) -> list[Stop]:
    """End the stops of an account that stand for these causes, and give them."""
    standing = sa.and_(_of(key, causes), stops.c.ended_at.is_(None))
    ended = connection.execute(
        sa.update(stops).where(standing).values(ended_at=now).returning(stops)
    )
    return sorted(map(_stop, ended), key=lambda stop: stop.cause)


def list_stops(connection: sa.Connection) -> list[Stop]:
    """List the stops that stand, the longest first."""
    query = _with_looks().where(stops.c.ended_at.is_(None))
    rows = connection.execute(query.order_by(stops.c.began_at, stops.c.channel, stops.c.account))
    return [_stop(row) for row in rows]


def find_latest(connection: sa.Connection) -> dict[tuple[str, str, str], Stop]:
    """Find the latest stop of each account for each cause, also those that are over."""
    found = map(_stop, connection.execute(_with_looks()))
    return {(stop.channel, stop.account, stop.cause): stop for stop in found}


def find_closed(connection: sa.Connection, keys: Collection[AccountKey]) -> dict[AccountKey, Stop]:
    """Find why nothing leaves or comes in by accounts; those that work are missing."""
    if not keys:
        return {}
    here = sa.tuple_(stops.c.channel, stops.c.account).in_(sorted(keys))
    closing = sa.and_(here, stops.c.cause.in_(sorted(CLOSING)), stops.c.ended_at.is_(None))
    found = map(_stop, connection.execute(_with_looks().where(closing)))
    return {stop.key: stop for stop in found}


def find_looked_at(connection: sa.Connection, ids: Collection[OutboxId]) -> dict[OutboxId, Stop]:
    """Find the standing stops for which rows look, by row."""
    mine = sa.and_(stops.c.look_id.in_(sorted(ids)), stops.c.ended_at.is_(None))
    return {
        OutboxId(row.look_id): _stop(row) for row in connection.execute(_with_looks().where(mine))
    }


def find_unnoted(connection: sa.Connection) -> list[Stop]:
    """Find stopped accounts of which no stop tells: an earlier version has stopped them."""
    noted = sa.exists().where(_same_account(), stops.c.ended_at.is_(None))
    query = sa.select(accounts).where(accounts.c.state == AccountState.STOPPED, ~noted)
    return [
        Stop(row.channel, row.account, _cause_before(row), row.reason or "", row.changed_at)
        for row in connection.execute(query)
    ]


def hasten_looks(
    connection: sa.Connection,
    now: datetime,
    causes: Collection[StopCause],
    key: AccountKey | None = None,
) -> list[OutboxId]:
    """Let accounts be looked at now that are stopped for these causes; gives the rows."""
    of_causes = _of(key, causes) if key else stops.c.cause.in_(sorted(causes))
    standing = (stops.c.ended_at.is_(None), stops.c.look_id.is_not(None))
    chosen = outbox.c.id.in_(sa.select(stops.c.look_id).where(of_causes, *standing))
    waits = (outbox.c.kind == Work.LOOK, outbox.c.state == OutboxState.PENDING)
    change = sa.update(outbox).where(chosen, *waits).values(due_at=now)
    return [OutboxId(row.id) for row in connection.execute(change.returning(outbox.c.id))]


def find_oldest_waiting(
    connection: sa.Connection, key: AccountKey, now: datetime
) -> OutboxId | None:
    """Find the row that has waited longest to leave by an account; None: nothing waits."""
    is_held_up = sa.or_(outbox.c.due_at <= now, outbox.c.attempted_at.is_not(None))
    query = sa.select(outbox.c.id).where(_waits_for(key), is_held_up)
    query = query.order_by(outbox.c.due_at, outbox.c.id)
    found = connection.execute(query.limit(1)).scalar()
    return OutboxId(found) if found else None


def hurry_waiting(connection: sa.Connection, key: AccountKey, now: datetime) -> None:
    """Let what an account has held up leave now, and not after the pauses of its attempts."""
    was_tried = sa.and_(outbox.c.attempted_at.is_not(None), outbox.c.due_at > now)
    # what another worker holds has been looked at just now, and is not waited for
    held_up = sa.select(outbox.c.id).where(_waits_for(key), was_tried)
    held_up = held_up.with_for_update(skip_locked=True)
    connection.execute(sa.update(outbox).where(outbox.c.id.in_(held_up)).values(due_at=now))


def _waits_for(key: AccountKey) -> sa.ColumnElement[bool]:
    channel, account = key
    kind = _KIND_OF_WAY.get(key)
    own = sa.and_(outbox.c.channel == channel, outbox.c.account == account)
    others = outbox.c.kind.not_in(_LEAVES_OTHERWISE)
    leaves_here = outbox.c.kind == kind if kind else sa.and_(own, others)
    pending = outbox.c.state == sa.literal_column(f"'{OutboxState.PENDING}'")
    return sa.and_(pending, leaves_here)


def _cause_before(row: Any) -> StopCause:  # noqa: ANN401 - a row of accounts
    return StopCause.GONE if row.channel == Work.NOTIFY else StopCause.CREDENTIALS


def _of(key: AccountKey, causes: Collection[StopCause]) -> sa.ColumnElement[bool]:
    channel, account = key
    return sa.and_(
        stops.c.channel == channel, stops.c.account == account, stops.c.cause.in_(sorted(causes))
    )


def _same_account() -> sa.ColumnElement[bool]:
    return sa.and_(stops.c.channel == accounts.c.channel, stops.c.account == accounts.c.account)


def _with_looks() -> sa.Select[Any]:
    is_planned = sa.and_(outbox.c.id == stops.c.look_id, outbox.c.state == OutboxState.PENDING)
    return (
        sa.select(stops, accounts.c.name, outbox.c.due_at.label("look_at"))
        .outerjoin(accounts, _same_account())
        .outerjoin(outbox, is_planned)
    )


def _stop(row: Any) -> Stop:  # noqa: ANN401 - a row of any query of ours
    return Stop(
        row.channel,
        row.account,
        StopCause(row.cause),
        row.reason,
        row.began_at,
        row.ended_at,
        getattr(row, "name", None),
        getattr(row, "look_at", None),
    )
