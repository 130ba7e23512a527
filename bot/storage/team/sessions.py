"""Sessions of agents. Only hashes are stored, which nobody can sign in with."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.storage.tables import agents, issued_passes, sessions, spent_passes
from bot.storage.team.agents import StoredAgent, agent_of, shown_columns


@dataclass(frozen=True, slots=True)
class StoredSession:
    """An agent's session in one browser."""

    agent: StoredAgent
    created_at: datetime
    seen_at: datetime


def add_session(
    connection: sa.Connection, token_hash: str, agent_id: int, now: datetime, until: datetime
) -> None:
    """Write a session, and forget those that are over."""
    connection.execute(sa.delete(sessions).where(sessions.c.expires_at <= now))
    connection.execute(
        sa.insert(sessions).values(
            token_hash=token_hash, agent_id=agent_id, created_at=now, seen_at=now, expires_at=until
        )
    )


def find_session(connection: sa.Connection, token_hash: str, now: datetime) -> StoredSession | None:
    """Look up a session that is not over, of an agent who is not disabled."""
    columns = (
        *shown_columns(),
        sessions.c.created_at.label("session_at"),
        sessions.c.seen_at.label("session_seen_at"),
    )
    query = (
        sa.select(*columns)
        .join(sessions, sessions.c.agent_id == agents.c.id)
        .where(
            sessions.c.token_hash == token_hash,
            sessions.c.expires_at > now,
            agents.c.disabled_at.is_(None),
        )
    )
    row = connection.execute(query).one_or_none()
    return StoredSession(agent_of(row), row.session_at, row.session_seen_at) if row else None


def prolong_session(
    connection: sa.Connection, token_hash: str, now: datetime, until: datetime
) -> None:
    """Keep a session that is used; one that has ended meanwhile stays so."""
    connection.execute(
        sa.update(sessions)
        .where(sessions.c.token_hash == token_hash)
        .values(seen_at=now, expires_at=until)
    )


def end_session(connection: sa.Connection, token_hash: str) -> None:
    """End one session."""
    connection.execute(sa.delete(sessions).where(sessions.c.token_hash == token_hash))


def end_sessions(connection: sa.Connection, agent_id: int, but: str = "") -> None:
    """End all sessions of an agent but one."""
    connection.execute(
        sa.delete(sessions).where(sessions.c.agent_id == agent_id, sessions.c.token_hash != but)
    )


def spend_pass(connection: sa.Connection, nonce: str, until: datetime, now: datetime) -> bool:
    """Note that a pass has been used; no: it had been before."""
    connection.execute(sa.delete(spent_passes).where(spent_passes.c.expires_at <= now))
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(spent_passes).values(nonce=nonce, expires_at=until)
    fresh = statement.on_conflict_do_nothing().returning(spent_passes.c.nonce)
    return connection.execute(fresh).one_or_none() is not None


def issue_pass(
    connection: sa.Connection, pass_hash: str, purpose: str, subject: str, until: datetime
) -> None:
    """Note that a pass was given out."""
    values = {"pass_hash": pass_hash, "purpose": purpose, "subject": subject, "expires_at": until}
    connection.execute(sa.insert(issued_passes).values(values))


def redeem_pass(connection: sa.Connection, pass_hash: str, now: datetime) -> bool:
    """Take a pass that was given out, and forget those that are too old; no: there is none."""
    connection.execute(sa.delete(issued_passes).where(issued_passes.c.expires_at < now))
    taken = sa.delete(issued_passes).where(issued_passes.c.pass_hash == pass_hash)
    return connection.execute(taken).rowcount == 1


def revoke_passes(connection: sa.Connection, purpose: str, subject: str) -> None:
    """Make passes that were given out worth nothing."""
    of_subject = (issued_passes.c.purpose == purpose, issued_passes.c.subject == subject)
    connection.execute(sa.delete(issued_passes).where(*of_subject))
