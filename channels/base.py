"""What every channel is, and what it is handed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from aiohttp import web

from bot.core.arrivals import Arrival, Fault, Taken
from bot.ports import ProfileReader, Sender


class Receive(Protocol):
    """The way into the bot."""

    async def __call__(
        self, arrivals: Sequence[Arrival], faults: Sequence[Fault]
    ) -> Sequence[Taken | None]:
        """Return when all is stored for good; raise `UnavailableError` if it can't be now.

        For each arrival: what became of it, or None if it was known or can't be stored.
        """
        ...


class Observer(Protocol):
    """Somebody who counts."""

    def webhook(self, status: int, seconds: float) -> None:
        """Count one answered delivery."""
        ...

    def ignored(self, kind: str, count: int) -> None:
        """Count parts of a delivery that ask for nothing."""
        ...


class NobodyCounts:
    """An observer for who has no web side."""

    def webhook(self, status: int, seconds: float) -> None:
        """Let it pass."""

    def ignored(self, kind: str, count: int) -> None:
        """Let it pass."""


class LetterReader(Protocol):
    """Reads what a channel has kept of what could not be stored."""

    def reread(
        self, raw: bytes, received_at: datetime
    ) -> tuple[Sequence[Arrival], Sequence[Fault]]:
        """Read a dead letter once more; what we can't or don't serve is a fault."""
        ...


class Channel(Sender, ProfileReader, LetterReader, Protocol):
    """One way in, one way out."""

    @property
    def name(self) -> str:
        """What visitors of this channel are filed under."""
        ...

    @property
    def fingerprints(self) -> Mapping[str, str]:
        """By account, what tells a new credential from an old one."""
        ...

    def routes(self, receive: Receive) -> list[web.RouteDef]:
        """Say where it is reached."""
        ...
