"""What the machine's edge must offer: ways to speak, to look somebody up, to wake a worker."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from bot.core.model import Place
from bot.hints import Hint


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer that may be tapped instead of typed."""

    label: str
    payload: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message as we think of it; a channel with short messages may send it in parts."""

    text: str
    metadata: str
    """Our own id. The channel brings it back when, and only when, the whole message has arrived."""
    asks_for_email: bool = False
    decline_label: str | None = None
    choices: tuple[Choice, ...] = ()
    answer_to: str | None = None
    """Where the channel sends it, if not to the id that the visitor is filed under."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The provider has taken the message and calls it by this key."""

    provider_key: str


class Trouble(StrEnum):
    """What a refusal says about the whole account, not only about this message."""

    THROTTLED = "throttled"
    """Pause the account until `retry_after` has passed."""
    BLOCKED = "blocked"
    """Pause it for long, and tell the operator."""
    CREDENTIALS = "credentials"
    """Stop it and tell the operator once; nothing helps but a new token or permission."""
    UNREACHABLE = "unreachable"
    """Nobody answers there: count towards the breaker, not as an attempt."""


class Cause(StrEnum):
    """Why a message can never arrive."""

    RECIPIENT_GONE = "recipient_gone"
    WINDOW_CLOSED = "window_closed"
    NOT_OWNER = "not_owner"
    REJECTED = "rejected"
    """The message itself is at fault, and so are we."""


class _ExplainedError(Exception):
    """An error whose reason is a sentence of our own, fit for agents."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SendError(_ExplainedError):
    """Surely not carried out: try again, not before `retry_after` if there is one."""

    def __init__(
        self,
        reason: str,
        *,
        trouble: Trouble | None = None,
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(reason)
        self.trouble = trouble
        self.retry_after = retry_after


class UndeliverableError(_ExplainedError):
    """Never try this again."""

    def __init__(self, reason: str, cause: Cause) -> None:
        super().__init__(reason)
        self.cause = cause


class OutcomeUnknownError(_ExplainedError):
    """Handed over, but the answer is lost: ask or wait, never blindly repeat."""


class SchemaError(Exception):
    """The database's schema is not this code's to change; the text says what to do."""


class UnavailableError(Exception):
    """The database can't take it now: nothing was stored, send it again later."""


class SlowError(UnavailableError):
    """The database gave up after its time limit: less at once may be taken."""


class HeldError(UnavailableError):
    """Another transaction holds a row: try again in a moment, and let others go first."""


class Sender(Protocol):
    """A channel's way out."""

    def send(self, to: Place, message: Outgoing) -> Receipt:
        """Deliver now or raise one of the three errors; blocks while it does."""
        ...


@dataclass(frozen=True, slots=True)
class Profile:
    """What a channel tells about a visitor. Empty names are no names."""

    first_name: str = ""
    last_name: str = ""
    guest: bool = False
    """The channel has nothing to tell, for good."""
    alert: str | None = None
    """What an operator must do before profiles can be read."""


class ProfileReader(Protocol):
    """Looks visitors up where a channel knows them."""

    def read_profile(self, of: Place) -> Profile:
        """Say what is known, or raise `SendError` when only later can tell."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """Who a person is among our visitors, as far as the channel can tell."""

    places: tuple[Place, ...]


class PeopleFinder(Protocol):
    """Finds people whom a channel calls by another id than the one they write under."""

    def find_places(self, person: Place) -> list[Place]:
        """Say where they may be visitors, or raise `SendError` when only later can tell.

        The person's `account` is the app that knows them by this id.
        """
        ...


class ErasureRequests(Protocol):
    """Takes requests to erase a person, which a channel's service hands on."""

    def take(self, person: Place, request_hash: str) -> str:
        """Return the request's code, the same for the same hash. Raises UnavailableError."""
        ...

    def look_up(self, code: str) -> str | None:
        """Say how far a request has come; None: there is no such one. Raises UnavailableError."""
        ...


@dataclass(frozen=True, slots=True)
class Watched:
    """An account of ours at a channel, looked at now and then though nothing happens."""

    channel: str
    account: str
    look: Callable[[], str | None]
    """Ask the channel itself whether something is wrong; blocks while it does."""
    service: str
    """Who delivers what visitors write there, within a sentence."""


class Doorbell(Protocol):
    """Wakes a worker; a ring may be lost, for the clock rings again."""

    def ring(self, *outbox_ids: int) -> None:
        """Never blocks, never raises."""
        ...

    def hint(self, *hints: Hint) -> None:
        """Tell every process where to look again; never blocks, never raises."""
        ...
