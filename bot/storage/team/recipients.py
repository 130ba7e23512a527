"""The agents who want to be told while they are not looking, and on which devices."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.model import ConversationId
from bot.storage.tables import agents, notice_wishes, push_subscriptions, reading_marks


@dataclass(frozen=True, slots=True)
class Wishes:
    """An agent as a recipient of notices; quiet hours are local times of day."""

    push: bool = True
    """On every device that was allowed to."""
    mail: bool = False
    quiet_from: str | None = None
    quiet_to: str | None = None
    zone: str = "UTC"
    alarms: bool = False
    """An admin's: alarms are told in quiet hours as well."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """An agent who may sign in."""

    id: int
    email: str
    is_admin: bool
    available: bool
    """As the agent has chosen: there for visitors, or away."""
    seen_at: datetime | None
    wishes: Wishes
    devices: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Device:
    """A browser that takes pushes; what leads to it is secret."""

    endpoint: str
    p256dh: str
    auth: str


def find_recipients(connection: sa.Connection) -> dict[int, Recipient]:
    """Read everybody of the team who is not disabled."""
    devices: dict[int, list[int]] = {}
    subscribed = sa.select(push_subscriptions.c.agent_id, push_subscriptions.c.id)
    for row in connection.execute(subscribed.order_by(push_subscriptions.c.id)):
        devices.setdefault(row.agent_id, []).append(row.id)
    names = ("id", "email", "is_admin", "available", "seen_at")
    columns = [agents.c[name] for name in names]
    query = (
        sa.select(*columns, notice_wishes)
        .outerjoin(notice_wishes, notice_wishes.c.agent_id == agents.c.id)
        .where(agents.c.disabled_at.is_(None))
        .order_by(agents.c.id)
    )
    return {
        row.id: Recipient(
            row.id,
            row.email,
            row.is_admin,
            row.available,
            row.seen_at,
            _wishes(row),
            tuple(devices.get(row.id, ())),
        )
        for row in connection.execute(query)
    }


def find_wishes(connection: sa.Connection, agent_id: int) -> Wishes:
    """Read what an agent has chosen, or the defaults."""
    query = sa.select(notice_wishes).where(notice_wishes.c.agent_id == agent_id)
    row = connection.execute(query).one_or_none()
    return _wishes(row) if row else Wishes()


def save_wishes(connection: sa.Connection, agent_id: int, wishes: Wishes) -> None:
    """Keep what an agent has chosen."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    values = {
        "push": wishes.push,
        "mail": wishes.mail,
        "quiet_from": wishes.quiet_from,
        "quiet_to": wishes.quiet_to,
        "zone": wishes.zone,
        "alarms": wishes.alarms,
    }
    statement = insert(notice_wishes).values(agent_id=agent_id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["agent_id"], set_=values))


def save_device(connection: sa.Connection, agent_id: int, device: Device, now: datetime) -> None:
    """Keep a browser of an agent's; one that another agent used before is this one's now."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    values = {"agent_id": agent_id, "p256dh": device.p256dh, "auth": device.auth}
    statement = insert(push_subscriptions).values(
        endpoint=device.endpoint, created_at=now, **values
    )
    connection.execute(statement.on_conflict_do_update(index_elements=["endpoint"], set_=values))


def count_devices(connection: sa.Connection, agent_id: int) -> int:
    """Count an agent's browsers."""
    mine = push_subscriptions.c.agent_id == agent_id
    query = sa.select(sa.func.count()).select_from(push_subscriptions).where(mine)
    return connection.execute(query).scalar_one()


def find_devices(connection: sa.Connection, ids: Collection[int]) -> dict[int, tuple[int, Device]]:
    """Read browsers, and whose they are."""
    query = sa.select(push_subscriptions).where(push_subscriptions.c.id.in_(sorted(ids)))
    return {
        row.id: (row.agent_id, Device(row.endpoint, row.p256dh, row.auth))
        for row in connection.execute(query)
    }


def forget_device(connection: sa.Connection, id: int) -> None:
    """Let go of a browser that takes no more."""
    connection.execute(sa.delete(push_subscriptions).where(push_subscriptions.c.id == id))


def forget_endpoint(connection: sa.Connection, agent_id: int, endpoint: str) -> None:
    """Let go of a browser at its owner's wish."""
    connection.execute(
        sa.delete(push_subscriptions).where(
            push_subscriptions.c.agent_id == agent_id, push_subscriptions.c.endpoint == endpoint
        )
    )


def find_marks(
    connection: sa.Connection, ids: Collection[ConversationId]
) -> dict[tuple[int, ConversationId], int]:
    """Say how far agents have read conversations, by agent and conversation."""
    query = sa.select(reading_marks).where(reading_marks.c.conversation_id.in_(sorted(ids)))
    return {
        (row.agent_id, ConversationId(row.conversation_id)): row.seq
        for row in connection.execute(query)
    }


def is_anybody_listening(connection: sa.Connection) -> bool:
    """Say whether an agent has a device that takes pushes, or wants mails."""
    device = sa.select(push_subscriptions.c.id).limit(1)
    mail = sa.select(notice_wishes.c.agent_id).where(notice_wishes.c.mail).limit(1)
    return any(connection.execute(query).first() for query in (device, mail))


def _wishes(row: Any) -> Wishes:  # noqa: ANN401 - a row of any query of ours
    if row.zone is None:  # nothing chosen yet
        return Wishes()
    return Wishes(row.push, row.mail, row.quiet_from, row.quiet_to, row.zone, row.alarms)
