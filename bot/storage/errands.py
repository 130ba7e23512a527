"""Errands: the outbox rows for which no visitor waits. Who holds them, and how they end."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.core.model import ConversationId, MessageId, OutboxId, VisitorId
from bot.storage import bulk
from bot.storage.outbox.rows import (
    ERRANDS,
    OUTBOX_COLUMNS,
    ROW_CONFLICT,
    OutboxState,
    Work,
    left_behind,
)
from bot.storage.tables import TOLD, outbox, time_text

LEASE = timedelta(seconds=90)
"""How long a worker may take; what it has not settled by then was left behind."""


@dataclass(frozen=True, slots=True)
class NewErrand:
    """One errand to be written; a second one with the same key is the same errand."""

    kind: Work
    key: str
    due_at: datetime
    payload: dict[str, Any]
    target: str = ""
    conversation_id: ConversationId | None = None
    visitor_id: VisitorId | None = None
    message_id: MessageId | None = None


@dataclass(frozen=True, slots=True)
class Errand:
    """One row that is looked at, or held."""

    id: OutboxId
    kind: Work
    target: str
    conversation_id: ConversationId | None
    message_id: MessageId | None
    payload: dict[str, Any]
    attempts: int
    state: OutboxState
    lease: str | None
    created_at: datetime


def add_errands(connection: sa.Connection, errands: Sequence[NewErrand], now: datetime) -> None:
    """Write errands by one statement, however many there are."""
    if not errands:
        return
    ids = bulk.allocate(connection, {"outbox": len(errands)})["outbox"]
    at = time_text(now)
    rows = [
        (
            *(next(ids), one.kind, one.key, "", one.target),
            *(one.visitor_id, one.conversation_id, one.message_id, json.dumps(one.payload)),
            *(OutboxState.PENDING, time_text(one.due_at), None, 0, None, at, None),
        )
        for one in errands
    ]
    bulk.insert(connection, "outbox", OUTBOX_COLUMNS, rows, ROW_CONFLICT)


def find_errands(
    connection: sa.Connection,
    now: datetime,
    limit: int,
    kinds: Collection[Work] = ERRANDS,
    busy: Collection[str] = (),
) -> list[OutboxId]:
    """Find what may be done, the longest due first; nothing for targets that are busy."""
    query = (
        sa.select(outbox.c.id)
        .where(
            outbox.c.state == OutboxState.PENDING,
            outbox.c.due_at <= now,
            outbox.c.kind.in_(kinds),
            outbox.c.account.not_in(busy),
        )
        .order_by(outbox.c.due_at, outbox.c.id)
        .limit(limit)
    )
    return [OutboxId(row.id) for row in connection.execute(query)]


def find_lost_errands(
    connection: sa.Connection, now: datetime, limit: int, kinds: Collection[Work] = ERRANDS
) -> list[OutboxId]:
    """Find what somebody took and never settled."""
    query = (
        sa.select(outbox.c.id)
        .where(left_behind(now, LEASE), outbox.c.kind.in_(kinds))
        .order_by(outbox.c.lease_until)
        .limit(limit)
    )
    return [OutboxId(row.id) for row in connection.execute(query)]


def lock_errands(
    connection: sa.Connection, ids: Collection[OutboxId], state: OutboxState = OutboxState.PENDING
) -> list[Errand]:
    """Read rows that are still in this state and hold them, but for what another one holds."""
    query = (
        sa.select(outbox)
        .where(outbox.c.id.in_(sorted(ids)), outbox.c.state == state)
        .order_by(outbox.c.due_at, outbox.c.id)
        .with_for_update(skip_locked=True)
    )
    return [_errand(row) for row in connection.execute(query)]


def hold_errand(
    connection: sa.Connection, errand: Errand, lease: str, until: datetime, now: datetime
) -> None:
    """Take a row into a worker's hand until then."""
    _change(
        connection,
        errand,
        state=OutboxState.SENDING,
        lease=lease,
        lease_until=until,
        attempts=errand.attempts + 1,
        attempted_at=sa.func.coalesce(outbox.c.attempted_at, now),
    )


def end_errand(
    connection: sa.Connection,
    errand: Errand,
    state: OutboxState,
    now: datetime,
    reason: str | None = None,
) -> bool:
    """End a row for good. False: somebody else holds it by now."""
    return _change(
        connection,
        errand,
        state=state,
        reason=reason,
        settled_at=now,
        lease=None,
        lease_until=None,
    )


def put_off(
    connection: sa.Connection, errand: Errand, due_at: datetime, reason: str | None
) -> bool:
    """Give a row back for another time."""
    return _change(
        connection,
        errand,
        state=OutboxState.PENDING,
        due_at=due_at,
        reason=reason,
        lease=None,
        lease_until=None,
    )


def put_off_target(
    connection: sa.Connection, kind: Work, target: str, now: datetime, due_at: datetime
) -> None:
    """Let all that is due for a target wait: there is nobody at the moment."""
    connection.execute(
        sa.update(outbox)
        .where(
            outbox.c.kind == kind,
            outbox.c.account == target,
            outbox.c.state == OutboxState.PENDING,
            outbox.c.due_at <= now,
        )
        .values(due_at=due_at)
    )


@dataclass(frozen=True, slots=True)
class Told:
    """What a target was told of late, or is being told."""

    conversation_id: ConversationId | None
    about: str
    at: datetime | None
    """None: it is on its way."""


def find_told(connection: sa.Connection, target: str, since: datetime) -> list[Told]:
    """Find what a target was told since then."""
    columns = (outbox.c.conversation_id, outbox.c.payload, outbox.c.settled_at)
    told = sa.select(*columns).where(TOLD, outbox.c.account == target, outbox.c.settled_at > since)
    on_its_way = sa.select(*columns).where(
        outbox.c.state == OutboxState.SENDING,
        outbox.c.kind == Work.NOTIFY,
        outbox.c.account == target,
    )
    return [
        Told(row.conversation_id, row.payload["about"], row.settled_at)
        for query in (told, on_its_way)
        for row in connection.execute(query)
    ]


def find_pending(connection: sa.Connection, key: str) -> Errand | None:
    """Look an errand up that is still to be done, and hold it."""
    query = sa.select(outbox).where(
        outbox.c.dedupe_key == key, outbox.c.state == OutboxState.PENDING
    )
    row = connection.execute(query.with_for_update()).one_or_none()
    return _errand(row) if row else None


def rewrite(connection: sa.Connection, errand: Errand, payload: dict[str, Any]) -> None:
    """Give an errand that is still to be done other contents."""
    _change(connection, errand, payload=payload)


def _change(connection: sa.Connection, errand: Errand, **values: object) -> bool:
    changed = connection.execute(
        sa.update(outbox)
        .where(
            outbox.c.id == errand.id,
            outbox.c.state == errand.state,
            outbox.c.lease.is_not_distinct_from(errand.lease),
        )
        .values(**values)
    )
    return changed.rowcount == 1


def _errand(row: Any) -> Errand:  # noqa: ANN401 - a row of any query of ours
    return Errand(
        OutboxId(row.id),
        Work(row.kind),
        row.account,
        row.conversation_id,
        row.message_id,
        row.payload or {},
        row.attempts,
        OutboxState(row.state),
        row.lease,
        row.created_at,
    )
