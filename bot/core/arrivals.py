"""Arrivals: the reports of channels, each with its visitor and its provider's key."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeAlias

from bot.core.decisions import Decision
from bot.core.events import (
    Attachment,
    EmailGiven,
    PromptDeclined,
    ThreadReturned,
    ThreadTaken,
    VisitorEdited,
    VisitorUnsent,
    VisitorWrote,
    WindowOpened,
)
from bot.core.model import VisitorKey


@dataclass(frozen=True, slots=True)
class EchoSeen:
    """The page itself wrote: we (then `outbox_id` says which send), its inbox, or another app."""

    text: str
    at: datetime
    received_at: datetime
    outbox_id: int | None = None
    attachments: tuple[Attachment, ...] = ()
    app_id: str | None = None
    automatic: bool | None = False
    """A program of the page wrote it, so that it answers nobody; None: its moment must tell."""
    reply_to: str | None = None
    """The channel's key of the message that it replies to."""


@dataclass(frozen=True, slots=True)
class EchoUnsent:
    """The page took back what it had written."""

    key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MessageReacted:
    """The visitor put an emoji on a message, of either side; None: it took its emoji away."""

    key: str
    emoji: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class GuestFlagged:
    """The channel says whether the visitor is a guest without a profile."""

    guest: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class VisitorIdentified:
    """The visitor whom we know as `former_id` writes under another id from now on."""

    former_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MessagesDelivered:
    """Our messages up to `watermark`, or those with these keys, have arrived."""

    watermark: datetime
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MessagesSeen:
    """The visitor has seen our messages up to `watermark`."""

    watermark: datetime


Report: TypeAlias = (
    VisitorWrote
    | VisitorEdited
    | VisitorUnsent
    | WindowOpened
    | ThreadTaken
    | ThreadReturned
    | EmailGiven
    | PromptDeclined
    | EchoSeen
    | EchoUnsent
    | MessageReacted
    | GuestFlagged
    | VisitorIdentified
    | MessagesDelivered
    | MessagesSeen
)


@dataclass(frozen=True, slots=True)
class Visit:
    """The page on which a visitor wrote, as the browser reports it, unproved."""

    page: str | None = None
    """Its address, up to the path."""
    title: str | None = None
    referrer: str | None = None
    """The host of the site that the visitor came from."""
    browser: str | None = None
    """Its name, as people say it."""
    language: str | None = None


class Arrival(NamedTuple):
    """An arrival: one report about one visitor.

    `key` is the channel's own message key, unique within the place's account; a channel that has
    none derives one from what stays the same when the report comes again. A report about another
    message names that one, and has no key of its own. `raw` is the piece as it came, kept if it
    can't be stored.
    """

    place: VisitorKey
    report: Report
    key: str | None = None
    raw: bytes = b""
    locale: str | None = None
    """The visitor's language, where the channel knows it."""
    zone: str | None = None
    """The visitor's time zone, an IANA name, where the channel knows it."""
    visit: Visit | None = None
    """Where it was written, on a channel that knows pages."""
    browser: VisitorKey | None = None
    """The browser that reports it: it speaks for whichever visitor it reads the conversation of."""
    is_guest: bool = False
    """The channel knows that this visitor has no profile that could be read."""
    answer_to: str | None = None
    """Where the channel sends answers, if that is not the id that the visitor is filed under."""

    @property
    def message_key(self) -> str | None:
        """The key of the message that is reported, or that the report is about."""
        match self.report:
            case VisitorWrote():  # first, for nearly all are
                return self.key
            case VisitorEdited(key=key) | VisitorUnsent(key=key) | EchoUnsent(key=key):
                return key
            case MessageReacted(key=key):
                return key
            case _:
                return self.key

    @property
    def happened_at(self) -> datetime:
        """The moment by which reports are put in order."""
        match self.report:
            case MessagesDelivered(watermark) | MessagesSeen(watermark):
                return watermark
            case report:
                return report.at


@dataclass(frozen=True, slots=True)
class Taken:
    """The outcome of an arrival that was stored."""

    decisions: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """Something authentic that can't be understood: kept with its reason for a person."""

    raw: bytes
    reason: str
    account: str | None = None
