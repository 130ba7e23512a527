"""Protocols of a channel: sender, profile reader, people finder, watch, erasure requests."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from bot.core.model import VisitorKey


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer that may be tapped instead of typed."""

    label: str
    payload: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An outgoing message; a channel with short messages may send it in parts."""

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


class Sender(Protocol):
    """A channel's way out."""

    def send(self, to: VisitorKey, message: Outgoing) -> Receipt:
        """Deliver now or raise one of the three errors; blocks while it does."""
        ...


@dataclass(frozen=True, slots=True)
class Profile:
    """A visitor's profile at the channel. Empty names are no names."""

    first_name: str = ""
    last_name: str = ""
    guest: bool = False
    """The channel has nothing to tell, for good."""
    alert: str | None = None
    """What an operator must do before profiles can be read."""


class ProfileReader(Protocol):
    """Looks visitors up where a channel knows them."""

    def read_profile(self, of: VisitorKey) -> Profile:
        """Say what is known, or raise `SendError` when only later can tell."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """The visitors that a person is, as far as the channel can tell."""

    places: tuple[VisitorKey, ...]


class PeopleFinder(Protocol):
    """Finds people whom a channel calls by another id than the one they write under."""

    def find_places(self, person: VisitorKey) -> list[VisitorKey]:
        """Say where they may be visitors, or raise `SendError` when only later can tell.

        The person's `account` is the app that knows them by this id.
        """
        ...


class ErasureRequests(Protocol):
    """Takes requests to erase a person, which a channel's service hands on."""

    def take(self, person: VisitorKey, request_hash: str) -> str:
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
    knock: Callable[[], str]
    """Ask the channel whether it lets us in, and give the account's name; raises SendError."""
    listen: Callable[[], str | None]
    """Say why the channel tells us nothing any more; None: it does. Raises SendError."""
    service: str
    """The name of the channel's deliverer, within a sentence."""
