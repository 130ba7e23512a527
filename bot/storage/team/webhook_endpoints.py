"""Programs that want to know what happens, and what they were sent."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from bot.core.model import OutboxId
from bot.storage.outbox.rows import OutboxState
from bot.storage.tables import FOR_PROGRAMS, outbox, webhook_endpoints

UNKNOWN_EVENT = "unknown event"


class EndpointState(StrEnum):
    """Whether the endpoint receives events."""

    ON = "on"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A program's webhook endpoint."""

    id: int
    url: str
    secret: str = field(repr=False)
    events: tuple[str, ...]
    state: EndpointState
    reason: str | None
    """Why it is off, if we have switched it off."""
    created_at: datetime

    @property
    def target(self) -> str:
        """The key of the endpoint's outbox rows."""
        return f"endpoint:{self.id}"


@dataclass(frozen=True, slots=True)
class LoggedDelivery:
    """A webhook delivery and its outcome."""

    id: OutboxId
    event: str
    state: OutboxState
    reason: str | None
    attempts: int
    created_at: datetime
    due_at: datetime
    settled_at: datetime | None


def add_endpoint(
    connection: sa.Connection, url: str, secret: str, events: Sequence[str], now: datetime
) -> int:
    """Write a program down."""
    values = {
        "url": url,
        "secret": secret,
        "events": list(events),
        "state": EndpointState.ON,
        "created_at": now,
        "changed_at": now,
    }
    statement = sa.insert(webhook_endpoints).values(values)
    return int(connection.execute(statement.returning(webhook_endpoints.c.id)).scalar_one())


def list_endpoints(connection: sa.Connection) -> list[Endpoint]:
    """List all programs, the oldest first."""
    query = sa.select(webhook_endpoints).order_by(webhook_endpoints.c.id)
    return [_endpoint(row) for row in connection.execute(query)]


def find_endpoint(connection: sa.Connection, id: int) -> Endpoint | None:
    """Look a program up."""
    query = sa.select(webhook_endpoints).where(webhook_endpoints.c.id == id)
    row = connection.execute(query).one_or_none()
    return _endpoint(row) if row else None


def switch_endpoint(
    connection: sa.Connection,
    id: int,
    state: EndpointState,
    now: datetime,
    reason: str | None = None,
) -> None:
    """Send it nothing more, or again."""
    connection.execute(
        sa.update(webhook_endpoints)
        .where(webhook_endpoints.c.id == id)
        .values(state=state, reason=reason, changed_at=now)
    )


def remove_endpoint(connection: sa.Connection, id: int) -> None:
    """Forget a program, with what is still to be sent to it."""
    mine = sa.and_(FOR_PROGRAMS, outbox.c.account == f"endpoint:{id}")
    connection.execute(sa.delete(outbox).where(mine))
    connection.execute(sa.delete(webhook_endpoints).where(webhook_endpoints.c.id == id))


def list_deliveries(
    connection: sa.Connection, endpoint: Endpoint, limit: int
) -> list[LoggedDelivery]:
    """List what a program was sent, the latest first."""
    query = (
        sa.select(outbox)
        .where(FOR_PROGRAMS, outbox.c.account == endpoint.target)
        .order_by(outbox.c.id.desc())
        .limit(limit)
    )
    return [
        LoggedDelivery(
            row.id,
            _event_of(row.payload),
            OutboxState(row.state),
            row.reason,
            row.attempts,
            row.created_at,
            row.due_at,
            row.settled_at,
        )
        for row in connection.execute(query)
    ]


def _event_of(payload: object) -> str:
    """Name an event; what another version wrote hides no other delivery."""
    match payload:
        case {"event": str(event)} if event.isprintable():
            return event
        case _:
            return UNKNOWN_EVENT


def redeliver(connection: sa.Connection, endpoint: Endpoint, id: OutboxId, now: datetime) -> bool:
    """Send an event once more, under the same id; False: it is on its way, or there is none."""
    changed = connection.execute(
        sa.update(outbox)
        .where(
            FOR_PROGRAMS,
            outbox.c.id == id,
            outbox.c.account == endpoint.target,
            outbox.c.state != OutboxState.SENDING,
        )
        .values(state=OutboxState.PENDING, due_at=now, attempts=0, reason=None, settled_at=None)
    )
    return changed.rowcount == 1


def is_any_endpoint_on(connection: sa.Connection) -> bool:
    """Say whether a program wants to know anything."""
    on = webhook_endpoints.c.state == EndpointState.ON
    query = sa.select(webhook_endpoints.c.id).where(on).limit(1)
    return connection.execute(query).first() is not None


def _endpoint(row: Any) -> Endpoint:  # noqa: ANN401 - a row of any query of ours
    return Endpoint(
        row.id,
        row.url,
        row.secret,
        tuple(row.events),
        EndpointState(row.state),
        row.reason,
        row.created_at,
    )
