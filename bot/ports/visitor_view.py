"""A conversation as its present visitor may see it, and how it is kept up to date."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

from bot.core.events import Attachment
from bot.core.files import KeptFile
from bot.core.model import Author, ConversationId, Kind, Status, VisitorKey
from bot.ports.signals import ChangeSignal


class ConversationProgress(NamedTuple):
    """A conversation's progress: its last message and its status."""

    last_seq: int = 0
    answered_seq: int = 0
    """Up to where the team has answered, and so has seen."""
    status: Status = Status.OPEN
    conversation_id: ConversationId | None = None
    """Another one than before: the visitor was erased, and came back."""


@dataclass(frozen=True, slots=True)
class Numbering:
    """A reader's own numbering of the messages that it may read.

    There are no gaps: a number left out would tell of a message.
    """

    hidden: tuple[int, ...] = ()
    """The stored numbers of messages that are not for it, the smallest first."""

    def number_of(self, seq: int) -> int:
        """Say how the reader counts a stored message; of a hidden one, the last before it."""
        return seq - bisect_right(self.hidden, seq)

    def seq_of(self, number: int) -> int:
        """Find the stored message that the reader counts so."""
        seq = number
        for hidden in self.hidden:
            if hidden > seq:
                break
            seq += 1
        return seq


@dataclass(frozen=True, slots=True)
class VisitorMessage:
    """A message as the conversation's own visitor may see it."""

    seq: int
    """As this reader counts: without gaps, whatever else is not for it."""
    author: Author
    name: str | None
    kind: Kind
    text: str
    attachments: tuple[Attachment, ...]
    at: datetime
    client_id: str | None
    """The id that the reading browser itself gave it."""
    files: Mapping[int, KeptFile] = field(default_factory=dict)
    """Files that are kept, by the positions of their attachments."""


@dataclass(frozen=True, slots=True)
class VisitorConversation:
    """A visitor's conversation, with some of its messages, the oldest first.

    All defaults: nobody of whom anything is stored.
    """

    state: ConversationProgress = field(default_factory=ConversationProgress)
    """As this reader counts, and may know."""
    stored: ConversationProgress = field(default_factory=ConversationProgress)
    """As it is stored: not to be told, it only shows whether anything has changed."""
    numbering: Numbering = field(default_factory=Numbering)
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
    earlier: int = 0
    """How many messages were written in a browser that has not proved the owner's address."""
    goes_on: str | None = None
    """How the conversation went over to its owner, where this browser is not of that side."""
    is_owned: bool = False
    """An address of the conversation was proved, and this browser is on that side."""
    to_prove: str | None = None
    """Another address that this browser has given since: a code for it was mailed."""

    @property
    def conversation_id(self) -> ConversationId | None:
        """None: nothing is stored."""
        return self.state.conversation_id


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which messages: the first after a number, else the last (before one)."""

    limit: int
    after_seq: int | None = None
    before_seq: int | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """The target of a mail's link back to a conversation."""

    site: str
    locale: str | None
    """The visitor's language, where it is known."""


@dataclass(frozen=True, slots=True)
class Comeback:
    """A conversation is back."""

    is_new: bool
    """The browser must be given the id that was made for it; else it keeps its own."""


class ReturnDesk(Protocol):
    """Brings conversations back. All of it blocks."""

    def look(self, token: str) -> Invitation | None:
        """Say where a link leads, and change nothing; None: it is not good."""
        ...

    def look_again(self, token: str, browser: str) -> Invitation | None:
        """Say where a used link leads, to a browser that reads the conversation; else None."""
        ...

    def come_back(
        self, token: str, was: VisitorKey | None, shall_be: VisitorKey
    ) -> Comeback | None:
        """Use a link up; None: it is not good, or not any more."""
        ...


class ProofDesk(Protocol):
    """Has links and codes mailed that prove an address. All of it blocks."""

    def ask(self, browser: VisitorKey) -> None:
        """Have a mail sent to the address of what the browser reads, if it may be."""
        ...

    def try_code(self, browser: VisitorKey, code: str) -> bool:
        """Take a code from that mail for a proof; False: it is not right, or not any more."""
        ...


class VisitorConversations(Protocol):
    """Visitors' conversations, each for its own visitor only. All calls block.

    A reader is a browser at a place: its own, or that of the conversation which a link has brought
    to it. Without a `browser` it is the one in which the conversation began.
    """

    def find_home(self, place: VisitorKey) -> VisitorKey | None:
        """Say whose conversation a further browser of somebody reads; None: its own."""
        ...

    def look(
        self, place: VisitorKey, stretch: Stretch, browser: VisitorKey | None = None
    ) -> VisitorConversation:
        """Show a visitor its conversation."""
        ...

    def find(
        self, place: VisitorKey, key: str, browser: VisitorKey | None = None
    ) -> VisitorMessage | None:
        """Look a message up by the channel's own key."""
        ...

    def written_at(
        self, place: VisitorKey, seq: int, browser: VisitorKey | None = None
    ) -> datetime | None:
        """Tell when a message was written; None: there is no such one."""
        ...


class Watcher(Protocol):
    """A watcher: it shows a conversation to a present visitor."""

    @property
    def state(self) -> ConversationProgress:
        """The conversation's stored progress at the last read."""
        ...

    def look_again(self) -> None:
        """Hear that a conversation has changed and is to be read. Never blocks."""
        ...

    def show_typing(self, hint: ChangeSignal) -> None:
        """Show that somebody is typing."""
        ...

    def leave(self) -> None:
        """Send the readers elsewhere: the process stops."""
        ...


class Overhearer(Protocol):
    """A listener to the signals of every conversation."""

    def hear(self, hint: ChangeSignal) -> None:
        """Hear a change signal of any conversation. Never blocks."""
        ...

    def look_around(self) -> None:
        """Hints may have been missed: anything may have changed. Never blocks."""
        ...

    def leave(self) -> None:
        """Send the reader elsewhere: the process stops."""
        ...


class Live(Protocol):
    """Tells watchers when to look again, sooner or later whatever fails."""

    def join(self, place: VisitorKey, watcher: Watcher) -> None:
        """Begin to watch."""
        ...

    def part(self, place: VisitorKey, watcher: Watcher) -> None:
        """Watch no more."""
        ...
