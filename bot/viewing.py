"""What somebody who is there now may see of a conversation, and how it stays true."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

from bot.core.events import Attachment
from bot.core.model import Author, ConversationId, Kind, Place, Status
from bot.hints import Hint


class RoomState(NamedTuple):
    """What a conversation's visitor would notice a change of."""

    last_seq: int = 0
    answered_seq: int = 0
    """Up to where the team has answered, and so has seen."""
    status: Status = Status.OPEN


@dataclass(frozen=True, slots=True)
class VisitorMessage:
    """A message as the conversation's own visitor may see it."""

    seq: int
    author: Author
    name: str | None
    kind: Kind
    text: str
    attachments: tuple[Attachment, ...]
    at: datetime
    key: str | None
    """The channel's own key, as it came with the arrival."""


@dataclass(frozen=True, slots=True)
class VisitorRoom:
    """A visitor's conversation, with some of its messages, the oldest first.

    All defaults: nobody of whom anything is stored.
    """

    state: RoomState = field(default_factory=RoomState)
    conversation_id: ConversationId | None = None
    name: str | None = None
    """What the visitor itself gave, never the contact's."""
    known: bool = False
    """Whether there is a contact."""
    asked: bool = False
    """The question for an email waits for an answer."""
    confirm_email: str | None = None
    """The address that the question asks to confirm."""
    read_up_to: datetime | None = None
    messages: tuple[VisitorMessage, ...] = ()


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which messages: the first after a number, else the last (before one)."""

    limit: int
    after_seq: int | None = None
    before_seq: int | None = None


class VisitorRooms(Protocol):
    """What visitors may read; each sees its own conversation only. All of it blocks."""

    def look(self, place: Place, stretch: Stretch) -> VisitorRoom:
        """Show a visitor its conversation."""
        ...

    def find(self, place: Place, key: str) -> VisitorMessage | None:
        """Look a message up by the channel's own key."""
        ...

    def written_at(self, place: Place, seq: int) -> datetime | None:
        """Tell when a message was written; None: there is no such one."""
        ...


class Watcher(Protocol):
    """Whoever shows a conversation to somebody who is there now."""

    @property
    def state(self) -> RoomState:
        """What it has shown last."""
        ...

    def look_again(self) -> None:
        """Something has changed: read it. Never blocks."""
        ...

    def show_typing(self, hint: Hint) -> None:
        """Show that somebody is typing."""
        ...

    def leave(self) -> None:
        """Send the readers elsewhere: the process stops."""
        ...


class Live(Protocol):
    """Tells watchers when to look again, sooner or later whatever fails."""

    def join(self, place: Place, watcher: Watcher) -> None:
        """Begin to watch."""
        ...

    def part(self, place: Place, watcher: Watcher) -> None:
        """Watch no more."""
        ...
