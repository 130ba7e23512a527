"""Agents of the team and their settings."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime

import sqlalchemy as sa

from bot.core.emails import Address, validate
from bot.desk.agent import Agent, AgentId, Preferences
from bot.desk.errors import ConflictError, InvalidError, NotFoundError
from bot.desk.one_time_tokens import SIGN_IN
from bot.desk.passwords import Passwords, check_password
from bot.desk.sessions import SessionToken, describe, hash_token
from bot.desk.validation import check_name, read_email
from bot.storage.database.engine import Database
from bot.storage.database.transactions import read, retry_races
from bot.storage.team.agents import (
    NewAgent,
    StoredAgent,
    add_agent,
    add_team_audit,
    find_agent,
    find_agent_by_key,
    find_password,
    is_admin_left,
    list_agents,
    update_agent,
)
from bot.storage.team.sessions import end_sessions, revoke_passes

OPERATOR = "operator"
"""The operator as an actor, for commands from a shell."""


class AgentExistsError(ConflictError):
    """Change the agent that has the email."""

    code = "agent_exists"

    def __init__(self) -> None:
        super().__init__("An agent has this email already.")


class LastAdminError(ConflictError):
    """Make somebody else an admin first."""

    code = "last_admin"

    def __init__(self) -> None:
        super().__init__("Somebody must be admin: make another agent one first.")


class WrongPasswordError(InvalidError):
    """Give the password that is in force."""

    code = "wrong_password"

    def __init__(self) -> None:
        super().__init__("This is not your present password.")


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A new agent; without a name, the email lends one."""

    email: str
    password: str = field(repr=False)
    name: str | None = None
    is_admin: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """An agent of the team, disabled ones included."""

    agent: Agent
    is_disabled: bool
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Agents:
    """Agents as admins manage them; its calls block, so the web makes them from threads."""

    database: Database
    clock: Callable[[], datetime]
    passwords: Passwords = field(default_factory=Passwords)

    def roster(self) -> list[Member]:
        """List everybody, by name."""
        return [_member(one) for one in read(self.database, list_agents)]

    def find(self, email: str) -> Member:
        """Look somebody up by email."""
        address = validate(email)
        if not isinstance(address, Address):
            raise NotFoundError
        key = address.key
        found = read(self.database, lambda connection: find_agent_by_key(connection, key))
        if found is None:
            raise NotFoundError
        return _member(found)

    def add(self, newcomer: Newcomer, by: str) -> Agent:
        """Let somebody join."""
        address = read_email(newcomer.email)
        name = check_name("name", newcomer.name) or _name_from(address.email)
        password_hash = self.passwords.hash(check_password(newcomer.password, address.email, name))
        now = self.clock()
        new = NewAgent(address.email, address.key, name, password_hash, newcomer.is_admin, now)

        def write(connection: sa.Connection) -> Agent:
            new_id = add_agent(connection, new)
            if new_id is None:
                raise AgentExistsError
            add_team_audit(connection, by, "agent.added", new.email, now)
            return describe(_existing(connection, new_id))

        return retry_races(self.database, write)

    def set_password(
        self, id: AgentId, password: str, by: str, keep: SessionToken | None = None
    ) -> None:
        """Give somebody a new password, and end the sessions that the old one has opened."""
        agent = read(self.database, lambda connection: _existing(connection, id))
        checked = check_password(password, agent.email, agent.name)
        password_hash = self.passwords.hash(checked)

        def write(connection: sa.Connection, agent: StoredAgent) -> None:
            update_agent(connection, agent.id, {"password_hash": password_hash})
            end_sessions(connection, agent.id, but=hash_token(keep) if keep else "")
            revoke_passes(connection, SIGN_IN, str(agent.id))

        self._act(id, "agent.password_changed", by, write)

    def change_own_password(self, agent: Agent, old: str, new: str, keep: SessionToken) -> None:
        """Let somebody who knows the password choose another one."""
        stored = read(self.database, lambda connection: find_password(connection, agent.id))
        if not self.passwords.is_right(old, stored):
            raise WrongPasswordError
        self.set_password(agent.id, new, agent.email, keep)

    def rename(self, id: AgentId, name: str) -> None:
        """Give somebody another name."""
        checked = check_name("name", name)
        if checked is None:
            msg = "name: it is empty."
            raise InvalidError(msg)
        self._set(id, {"name": checked})

    def prefer(self, id: AgentId, preferences: Preferences) -> None:
        """Keep what somebody has chosen."""
        self._set(id, {"preferences": asdict(preferences)})

    def set_admin(self, id: AgentId, by: str, *, is_admin: bool) -> None:
        """Let somebody do what only admins may, or no longer."""

        def write(connection: sa.Connection, agent: StoredAgent) -> None:
            if not is_admin:
                _keep_an_admin(connection, agent, by)
            update_agent(connection, agent.id, {"is_admin": is_admin})

        self._act(id, "agent.made_admin" if is_admin else "agent.no_longer_admin", by, write)

    def disable(self, id: AgentId, by: str) -> None:
        """Let somebody in no more, and end all sessions."""

        def write(connection: sa.Connection, agent: StoredAgent) -> None:
            _keep_an_admin(connection, agent, by)
            update_agent(connection, agent.id, {"disabled_at": self.clock()})
            end_sessions(connection, agent.id)
            revoke_passes(connection, SIGN_IN, str(agent.id))

        self._act(id, "agent.disabled", by, write)

    def enable(self, id: AgentId, by: str) -> None:
        """Let somebody in again."""

        def write(connection: sa.Connection, agent: StoredAgent) -> None:
            update_agent(connection, agent.id, {"disabled_at": None})

        self._act(id, "agent.enabled", by, write)

    def _set(self, id: AgentId, changes: dict[str, object]) -> None:
        retry_races(self.database, lambda connection: update_agent(connection, id, changes))

    def _act(
        self,
        id: AgentId,
        action: str,
        by: str,
        write: Callable[[sa.Connection, StoredAgent], None],
    ) -> None:
        def transaction(connection: sa.Connection) -> None:
            agent = _existing(connection, id)
            write(connection, agent)
            add_team_audit(connection, by, action, agent.email, self.clock())

        retry_races(self.database, transaction)


def _keep_an_admin(connection: sa.Connection, agent: StoredAgent, by: str) -> None:
    # whoever has a shell can make an admin again
    if by != OPERATOR and agent.is_admin and not is_admin_left(connection, without=agent.id):
        raise LastAdminError


def _existing(connection: sa.Connection, id: int) -> StoredAgent:
    agent = find_agent(connection, id)
    if agent is None:
        raise NotFoundError
    return agent


def _member(stored: StoredAgent) -> Member:
    return Member(describe(stored), stored.disabled_at is not None, stored.seen_at)


def _name_from(email: str) -> str:
    words = email.partition("@")[0].replace(".", " ").replace("_", " ").replace("-", " ")
    return " ".join(word.capitalize() for word in words.split()) or email
