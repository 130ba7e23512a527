"""Actors at the desk, and the shapes of what they submit."""

from dataclasses import dataclass
from typing import TypedDict

from bot.core.model import ContactId, Source, Status
from bot.desk.progress import Progress
from bot.storage.conversations.messages import StoredMessage


@dataclass(frozen=True, slots=True)
class Actor:
    """An agent, or a program with a token."""

    key: str
    """An agent's email, or `api`: what the audit keeps."""
    name: str | None = None
    """What visitors see beside a reply."""
    source: Source = Source.AGENT


API = Actor("api", source=Source.API)
OPERATOR = Actor("operator")
"""The one who runs commands on the machine itself."""


@dataclass(frozen=True, slots=True)
class Words:
    """A message of an agent; the writer's own id makes a second sending the same message."""

    text: str
    client_id: str


@dataclass(frozen=True, slots=True)
class Person:
    """A contact as an agent describes it."""

    email: str
    first_name: str | None = None
    last_name: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A visitor's association as an agent saw it."""

    contact_id: ContactId | None


class ConversationChanges(TypedDict, total=False):
    """Changes to a conversation; None takes the assignee away."""

    status: Status
    assignee: str | None


class ContactChanges(TypedDict, total=False):
    """Changes to a contact."""

    email: str
    first_name: str | None
    last_name: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as agents see it; what a visitor wrote has no way to go."""

    message: StoredMessage
    progress: Progress | None


@dataclass(frozen=True, slots=True)
class Written:
    """The message that an agent's request wrote; not fresh: an earlier request had written it."""

    shown: Shown
    fresh: bool


@dataclass(frozen=True, slots=True)
class ShownMessages:
    """Some messages, the oldest first, and the number of the last one there is."""

    messages: list[Shown]
    last_seq: int
