"""The team: who is signed in, and who is there."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NewType

import sqlalchemy as sa

from bot.core.emails import Address, validate
from bot.desk.agent import Agent, AgentId, Preferences
from bot.desk.passwords import Passwords
from bot.storage.database.engine import Database
from bot.storage.database.transactions import read, retry_races
from bot.storage.team.agents import (
    StoredAgent,
    find_agent,
    find_agent_by_key,
    find_password,
    list_agents,
    update_agent,
)
from bot.storage.team.sessions import (
    StoredSession,
    add_session,
    end_session,
    end_sessions,
    find_session,
    prolong_session,
)

SessionToken = NewType("SessionToken", str)
IDLE = timedelta(days=14)
"""A session that is not used for so long is over."""
LONGEST = timedelta(days=90)
_PROLONG_EVERY = timedelta(hours=1)
_TOKEN_BYTES = 32
_LONGEST_TOKEN = 100


@dataclass(frozen=True, slots=True)
class Sessions:
    """Everybody's way in; blocks, so the web calls it from threads."""

    database: Database
    clock: Callable[[], datetime]
    passwords: Passwords = field(default_factory=Passwords)

    def sign_in(self, email: str, password: str) -> SessionToken | None:
        """Begin a session; None: email or password is wrong, and nobody learns which."""
        address = validate(email)
        key = address.key if isinstance(address, Address) else ""

        def look(connection: sa.Connection) -> tuple[StoredAgent, str] | None:
            agent = find_agent_by_key(connection, key)
            known = agent and not agent.disabled_at
            return (agent, find_password(connection, agent.id)) if agent and known else None

        found = read(self.database, look)
        if found is None:
            self.passwords.is_right(password, None)
            return None
        agent, stored = found
        if not self.passwords.is_right(password, stored):
            return None
        fresh = self.passwords.hash(password) if self.passwords.is_outdated(stored) else None
        return self._begin(AgentId(agent.id), {"password_hash": fresh} if fresh else {})

    def sign_in_as(self, id: AgentId) -> SessionToken:
        """Begin a session of somebody who has proved another way to be this agent."""
        return self._begin(id, {})

    def find_session(self, token: str) -> Agent | None:
        """Say whose session it is, if it is not over; cheap, and a session that is used goes on."""
        if len(token) > _LONGEST_TOKEN:
            return None
        key, now = hash_token(token), self.clock()
        session = read(self.database, lambda connection: find_session(connection, key, now))
        if session and now - session.seen_at >= _PROLONG_EVERY:
            self._prolong(key, session, now)
        return describe(session.agent) if session else None

    def sign_out(self, token: str) -> None:
        """End a session."""
        key = hash_token(token)
        retry_races(self.database, lambda connection: end_session(connection, key))

    def sign_out_everywhere(self, id: AgentId) -> None:
        """End all sessions of an agent."""
        retry_races(self.database, lambda connection: end_sessions(connection, id))

    def list(self) -> list[Agent]:
        """List who may sign in, by name."""
        found = read(self.database, list_agents)
        return [describe(agent) for agent in found if not agent.disabled_at]

    def names(self) -> dict[int, str]:
        """Say what visitors may hear the agents called, by their ids."""
        return {agent.id: agent.actor.name or "" for agent in self.list()}

    def is_agent(self, connection: sa.Connection, email: str) -> bool:
        """Say whether this is the email of somebody who may sign in."""
        address = validate(email)
        if not isinstance(address, Address):
            return False
        agent = find_agent_by_key(connection, address.key)
        return agent is not None and agent.email == address.email and not agent.disabled_at

    def saw(self, id: AgentId) -> None:
        """Note that an agent has the inbox open."""
        self._note(id, {"seen_at": self.clock()})

    def set_available(self, id: AgentId, *, available: bool) -> None:
        """Note whether an agent is there for visitors."""
        now = self.clock()

        def write(connection: sa.Connection) -> None:
            agent = find_agent(connection, id)
            changes: dict[str, object] = {"seen_at": now} if available else {}
            if agent and agent.available != available:
                changes |= {"available": available, "available_at": now}
            if changes:
                update_agent(connection, id, changes)

        retry_races(self.database, write)

    def _note(self, id: AgentId, changes: dict[str, object]) -> None:
        retry_races(self.database, lambda connection: update_agent(connection, id, changes))

    def _begin(self, id: AgentId, changes: dict[str, object]) -> SessionToken:
        token, now = SessionToken(secrets.token_urlsafe(_TOKEN_BYTES)), self.clock()

        def write(connection: sa.Connection) -> None:
            add_session(connection, hash_token(token), id, now, now + IDLE)
            if changes:
                update_agent(connection, id, changes)

        retry_races(self.database, write)
        return token

    def _prolong(self, key: str, session: StoredSession, now: datetime) -> None:
        until = min(now + IDLE, session.created_at + LONGEST)
        retry_races(self.database, lambda connection: prolong_session(connection, key, now, until))


def describe(agent: StoredAgent) -> Agent:
    """Show an agent as the inbox knows one."""
    wishes = agent.preferences
    chosen = {name: bool(wishes[name]) for name in Preferences.__slots__ if name in wishes}
    return Agent(
        AgentId(agent.id),
        agent.email,
        agent.name,
        is_admin=agent.is_admin,
        available=agent.available,
        preferences=Preferences(**chosen),
    )


def hash_token(token: str) -> str:
    """Name a session without opening it."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
