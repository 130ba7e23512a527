"""The nouns: visitor, contact, conversation, message."""

from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple, NewType

VisitorId = NewType("VisitorId", int)
ContactId = NewType("ContactId", int)
ConversationId = NewType("ConversationId", int)
MessageId = NewType("MessageId", int)
OutboxId = NewType("OutboxId", int)


class Status(StrEnum):
    """A conversation's status: open or closed."""

    OPEN = "open"
    CLOSED = "closed"


class Author(StrEnum):
    """The author of a message."""

    VISITOR = "visitor"
    AGENT = "agent"
    BOT = "bot"
    SYSTEM = "system"


class Kind(StrEnum):
    """The kind of a message."""

    TEXT = "text"
    POSTBACK = "postback"
    NOTE = "note"
    CAPTURE_PROMPT = "capture_prompt"
    CAPTURE_THANKS = "capture_thanks"
    CAPTURE_HINT = "capture_hint"
    AWAY = "away"


class CaptureState(StrEnum):
    """The state of the question for an email."""

    IDLE = "idle"
    SCHEDULED = "scheduled"
    ASKED = "asked"
    CAPTURED = "captured"
    DECLINED = "declined"
    SKIPPED = "skipped"


class Source(StrEnum):
    """The source of an address or of an association."""

    CAPTURE = "capture"
    PROFILE = "messenger_profile"
    AGENT = "agent"
    API = "api"


OF_THE_TEAM: Final = frozenset({Source.AGENT, Source.API})


class Assurance(StrEnum):
    """The assurance that an address is the visitor's own."""

    CLAIMED = "claimed"
    CONFIRMED = "confirmed"
    VERIFIED = "verified"


class Consent(StrEnum):
    """A visitor's consent that its address is kept."""

    GIVEN = "given"
    WITHDRAWN = "withdrawn"


class VisitorKey(NamedTuple):
    """A visitor's key: channel, account (a page id or a site's origin) and external id."""

    channel: str
    account: str
    external_id: str


class Capture(NamedTuple):
    """The capture state that a conversation remembers."""

    state: CaptureState = CaptureState.IDLE
    reason: str = "The visitor has not written yet."
    due_at: datetime | None = None
    by_hand: bool = False
    """An agent asked for the prompt that is due."""
    asked_at: datetime | None = None
    """When a prompt was claimed for sending: from then on it counts as asked, once for ever."""
    agent_wrote_since_asked: bool = False
    """Since our last question, the prompt or a hint: "yes" and "no" may be for the agent now."""
    hints: int = 0
    typed_email: str | None = None
    """An address with a likely typo that waits for an answer to our hint…"""
    suggested_email: str | None = None
    """…and what we took it for."""
    offered_email: str | None = None
    """An address seen in passing: ready for the agents, and for the prompt to confirm."""
    confirm_email: str | None = None
    """The address that the prompt, or a hint, asked to confirm or to keep."""
    consent_text: str | None = None
    """The words in which consent was asked for, and to which no answer has come."""
    consent: Consent | None = None
    """The visitor's last word about keeping its address; None: it has said none."""
    given_at: tuple[datetime, ...] = ()
    """When the last addresses were taken from the visitor, the oldest first."""
    limit_told_at: datetime | None = None
    """When the visitor was last told that no more are taken for a while."""


class Conversation(NamedTuple):
    """A conversation as the rules of capture know it."""

    channel: str
    status: Status = Status.OPEN
    closed_for_others: bool = False
    """The conversation was reopened by words for some: to the others it is closed."""
    locale: str | None = None
    """The visitor's language where it is known."""
    zone: str | None = None
    """The visitor's time zone, an IANA name, where its browser tells."""
    stopped: bool = False
    """The visitor wants no automatic messages any more."""
    unanswered: int = 0
    """Visitor's messages since an agent last wrote or closed, unsent ones not counted."""
    waiting_since: datetime | None = None
    """The own time of the first of them."""
    agent_wrote_at: datetime | None = None
    visitor_seen_at: datetime | None = None
    """The last sign of life that opens the channel's window."""
    page_wrote_at: datetime | None = None
    """The own time of the last message that the page wrote elsewhere."""
    owned_elsewhere: bool = False
    """Another app has the thread: we only listen."""
    owner_known_at: datetime | None = None
    """The own time of the last word, but for messages meant for us, about who has the thread."""
    away_period: str | None = None
    """The away period in which the away message was last shown."""
    email: str | None = None
    """The address that is known: captured, or of the contact an agent associated."""
    email_source: Source | None = None
    proved_email: str | None = None
    """The address whose owner has the conversation: it was proved."""
    beside_email: str | None = None
    """Another address that was given since, and is not proved."""
    capture: Capture = Capture()

    @property
    def mailed_email(self) -> str | None:
        """The address that mails go to."""
        return self.proved_email or self.email

    @property
    def own_emails(self) -> tuple[str, ...]:
        """The claimed addresses that a browser may prove, once or again."""
        known = (self.proved_email, self.beside_email) if self.proved_email else (self.email,)
        return tuple(filter(None, known))
