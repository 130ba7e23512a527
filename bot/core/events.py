"""Events: reports of channels, acts of agents, prompts that fall due."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeAlias

from bot.core.audience import Audience
from bot.core.model import Assurance, Kind, Source

DECLINE_PAYLOAD = "capture:decline"
"""What the prompt's "No thanks" button carries."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """Something that came along. `url` is foreign: never fetched or linked unguarded."""

    type: str
    title: str | None = None
    url: str | None = None
    latitude: float | None = None
    longitude: float | None = None


class VisitorWrote(NamedTuple):
    """A visitor's message. `at` is its own time, `received_at` ours."""

    text: str
    at: datetime
    received_at: datetime
    kind: Kind = Kind.TEXT
    attachments: tuple[Attachment, ...] = ()
    payload: str | None = None
    """What a tapped button carries."""
    email_from_profile: bool = False
    """The channel's own email button: text and payload are the same address."""
    overheard: bool = False
    """Another app owns the thread: record only."""
    by_mail: bool = False
    """An answer to a mail: it says nothing about the channel's window, nor about who owns it."""
    is_crowded: bool = False
    """Too many addresses came from its network or its site of late: none is taken from it."""
    assurance: Assurance | None = None
    """How sure the channel is of the sender; None: as sure as the conversation is."""
    audience: Audience | None = None
    """The audience besides the agents; None: everybody in the conversation."""
    reply_to: str | None = None
    """The channel's key of the message that it replies to."""
    files: tuple[str, ...] = ()
    """The ids of uploads, one for each of the first attachments."""


@dataclass(frozen=True, slots=True)
class VisitorEdited:
    """A message got another text; read like a message."""

    key: str
    text: str
    edit: int
    at: datetime
    received_at: datetime
    before: str = ""
    """The message's former text."""


@dataclass(frozen=True, slots=True)
class VisitorUnsent:
    """A message was taken back. `unanswered` says whether it still waited for an agent."""

    key: str
    at: datetime
    unanswered: bool = True
    text: str = ""
    """The message's text."""


@dataclass(frozen=True, slots=True)
class AgentReplied:
    """A person of the team wrote, here or in another app; `at` is our commit's time."""

    at: datetime
    wrote_at: datetime | None = None
    """The message's own time, if it was written in another app: we may hear of it late."""


@dataclass(frozen=True, slots=True)
class WindowOpened:
    """A sign of life without a message (an opt-in): we may write."""

    at: datetime


@dataclass(frozen=True, slots=True)
class ThreadTaken:
    """Another app owns the thread now."""

    at: datetime


@dataclass(frozen=True, slots=True)
class ThreadReturned:
    """The thread is ours again; arms nothing by itself."""

    at: datetime


@dataclass(frozen=True, slots=True)
class EmailGiven:
    """An address in a field made for it (a chat's card, or the API): allowed at any time."""

    email: str
    at: datetime
    source: Source = Source.CAPTURE
    consent: bool = False
    """The visitor has ticked the box that stands beside the field."""


@dataclass(frozen=True, slots=True)
class PromptDeclined:
    """The visitor pressed "No thanks"."""

    at: datetime


@dataclass(frozen=True, slots=True)
class PromptCameDue:
    """A worker holds the prompt in its hand; `at` is now."""

    at: datetime


@dataclass(frozen=True, slots=True)
class PromptRequested:
    """An agent wants the visitor asked now."""

    at: datetime
    agent: str


@dataclass(frozen=True, slots=True)
class PromptFailed:
    """The prompt was refused for good, in the channel's words for people."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class ConversationClosed:
    """An agent closed the conversation."""

    at: datetime


@dataclass(frozen=True, slots=True)
class ConversationReopened:
    """An agent opened it again."""

    at: datetime


@dataclass(frozen=True, slots=True)
class ContactAssociated:
    """An agent or a program said who the visitor is."""

    email: str
    at: datetime
    source: Source = Source.AGENT


@dataclass(frozen=True, slots=True)
class ContactRemoved:
    """The association was taken back; arms nothing by itself."""

    at: datetime


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn:
    """An agent notes that the visitor no longer agrees that its address is kept."""

    at: datetime
    by: str


Event: TypeAlias = (
    VisitorWrote
    | VisitorEdited
    | VisitorUnsent
    | AgentReplied
    | WindowOpened
    | ThreadTaken
    | ThreadReturned
    | EmailGiven
    | PromptDeclined
    | PromptCameDue
    | PromptRequested
    | PromptFailed
    | ConversationClosed
    | ConversationReopened
    | ContactAssociated
    | ContactRemoved
    | ConsentWithdrawn
)


def heard_at(event: Event) -> datetime:
    """Say when we heard of an event, which may be later than its own time."""
    match event:
        case VisitorWrote(received_at=at) | VisitorEdited(received_at=at):
            return at
        case _:
            return event.at
