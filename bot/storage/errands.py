"""The outbox rows for which no visitor waits: written, counted, and put off by target."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.core.model import ConversationId, MessageId, VisitorId
from bot.storage import bulk
from bot.storage.outbox.held import HeldRow, hold_rows
from bot.storage.outbox.rows import OUTBOX_COLUMNS, ROW_CONFLICT, OutboxState, Work
from bot.storage.tables import TOLD, outbox, time_text


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


def find_pending(connection: sa.Connection, key: str) -> HeldRow | None:
    """Look a row up that is still to be done, and hold it."""
    query = sa.select(outbox.c.id).where(
        outbox.c.dedupe_key == key, outbox.c.state == OutboxState.PENDING
    )
    found = connection.execute(query).scalar()
    rows = hold_rows(connection, [found]) if found else []
    return next((row for row in rows if row.state is OutboxState.PENDING), None)
