"""Agents and their preferences."""

from dataclasses import dataclass, field
from typing import NewType

from bot.desk.types import Actor

AgentId = NewType("AgentId", int)


@dataclass(frozen=True, slots=True)
class Preferences:
    """An agent's preferences for the inbox."""

    shortcuts: bool = True
    """Single letters act outside of fields."""
    sound: bool = False
    desktop: bool = False
    """Show a notification of the desktop while the inbox is in the background."""


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent of the team."""

    id: AgentId
    email: str
    name: str
    is_admin: bool = False
    available: bool = True
    preferences: Preferences = field(default_factory=Preferences)

    @property
    def actor(self) -> Actor:
        """The agent as an actor; visitors see the first word of the name only."""
        return Actor(self.email, self.name.partition(" ")[0])
