"""Settings of the web chat."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.edge.limits import Limits
from bot.ports.files import FileDesk
from bot.ports.signals import ChangeSignal
from bot.ports.visitor_view import Live, ProofDesk, ReturnDesk, VisitorConversations
from config.networks import Network
from config.origins import host_of, is_loopback
from config.own_texts import OwnText
from config.rules import CaptureRules

NAME = "webchat"


@dataclass(frozen=True, slots=True)
class WebChatSettings:
    """The operator's wishes."""

    public_origin: str
    allowed_origins: tuple[str, ...]
    """The sites that may embed the widget."""
    secrets: tuple[str, ...] = field(repr=False)
    """The first one signs; all are good."""
    title: OwnText
    greeting: OwnText | None
    color: str
    trusted_proxies: tuple[Network, ...] = ()
    most_bytes_of_file: int = 10 * 1024 * 1024

    def admits(self, origin: str) -> bool:
        """Say whether a site may embed the widget; on loopback all of loopback may."""
        is_local = all(is_loopback(host_of(each)) for each in (self.public_origin, origin))
        return is_local or origin in self.allowed_origins


@dataclass(frozen=True, slots=True)
class Pace:
    """Time limits of sockets."""

    hello_within: timedelta = timedelta(seconds=5)
    heartbeat: timedelta = timedelta(seconds=25)
    """A peer that answers no ping is gone after one and a half of them."""
    seen_every: timedelta = timedelta(seconds=1)
    """What has been seen is written this often at most."""
    close_within: timedelta = timedelta(seconds=30)
    """Who does not read its farewell is cut off after this."""


@dataclass(frozen=True, slots=True)
class WebChatParts:
    """The operator's wishes, and the ways into the system."""

    settings: WebChatSettings
    rules: Callable[[], CaptureRules]
    clock: Callable[[], datetime]
    rooms: VisitorConversations
    live: Live
    hint: Callable[[ChangeSignal], None]
    """Tells other processes; never blocks."""
    limits: Limits
    returns: ReturnDesk
    files: FileDesk
    proofs: ProofDesk | None = None
    """None: no mails leave, and nothing can be proved by one."""
    pace: Pace = field(default_factory=Pace)
