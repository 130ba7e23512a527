"""The agents as they are stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.storage.tables import agents, audit


@dataclass(frozen=True, slots=True)
class StoredAgent:
    """An agent of the team."""

    id: int
    email: str
    email_key: str
    name: str
    is_admin: bool
    available: bool
    available_at: datetime
    seen_at: datetime | None
    preferences: Mapping[str, object]
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewAgent:
    """A new agent of the team."""

    email: str
    key: str
    name: str
    password_hash: str
    is_admin: bool
    at: datetime


_SHOWN = [
    agents.c[name]
    for name in (
        "id",
        "email",
        "email_key",
        "name",
        "is_admin",
        "available",
        "available_at",
        "seen_at",
        "preferences",
        "disabled_at",
    )
]


def add_agent(connection: sa.Connection, new: NewAgent) -> int | None:
    """Write an agent; None: another one has the email, and is left as it was."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    row = {
        "email": new.email,
        "email_key": new.key,
        "name": new.name,
        "password_hash": new.password_hash,
        "is_admin": new.is_admin,
        "available": True,
        "available_at": new.at,
        "created_at": new.at,
    }
    statement = insert(agents).values(row).on_conflict_do_nothing(index_elements=["email_key"])
    return connection.execute(statement.returning(agents.c.id)).scalar_one_or_none()


def find_agent(connection: sa.Connection, id: int) -> StoredAgent | None:
    """Look an agent up, also one who is disabled."""
    return _find(connection, agents.c.id == id)


def find_agent_by_key(connection: sa.Connection, key: str) -> StoredAgent | None:
    """Look up who has this email, also one who is disabled."""
    return _find(connection, agents.c.email_key == key)


def list_agents(connection: sa.Connection) -> list[StoredAgent]:
    """List everybody, also who is disabled, by name."""
    rows = connection.execute(sa.select(*_SHOWN).order_by(agents.c.name, agents.c.id))
    return [agent_of(row) for row in rows]


def find_password(connection: sa.Connection, id: int) -> str:
    """Read what a password is checked against."""
    query = sa.select(agents.c.password_hash).where(agents.c.id == id)
    return str(connection.execute(query).scalar_one())


def update_agent(connection: sa.Connection, id: int, changes: Mapping[str, object]) -> None:
    """Set columns of an agent."""
    connection.execute(sa.update(agents).where(agents.c.id == id).values(**changes))


def is_admin_left(connection: sa.Connection, without: int) -> bool:
    """Say whether there is an admin besides this one; holds them until the transaction ends."""
    query = sa.select(agents.c.id).where(
        agents.c.is_admin, agents.c.disabled_at.is_(None), agents.c.id != without
    )
    # two admins who take each other's right away would leave none
    return bool(connection.execute(query.order_by(agents.c.id).with_for_update()).all())


def add_team_audit(
    connection: sa.Connection, actor: str, action: str, email: str, now: datetime
) -> None:
    """Keep who did what to whom of the team."""
    entry = {"at": now, "actor": actor, "action": action, "detail": {"agent": email}}
    connection.execute(sa.insert(audit).values(entry))


def agent_of(row: sa.Row[Any]) -> StoredAgent:
    """Read an agent's columns, whatever stands beside them."""
    return StoredAgent(
        row.id,
        row.email,
        row.email_key,
        row.name,
        row.is_admin,
        row.available,
        row.available_at,
        row.seen_at,
        row.preferences or {},
        row.disabled_at,
    )


def shown_columns() -> list[sa.Column[Any]]:
    """Name the columns that `agent_of` reads."""
    return list(_SHOWN)


def _find(connection: sa.Connection, asked: sa.ColumnElement[bool]) -> StoredAgent | None:
    row = connection.execute(sa.select(*_SHOWN).where(asked)).one_or_none()
    return agent_of(row) if row else None
