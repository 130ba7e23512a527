"""The base of every channel and its dependencies."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from aiohttp import web

from bot.core.arrivals import Arrival, Fault, Taken
from bot.core.model import VisitorKey
from bot.edge.limits import Allowance, Limits
from bot.findings import Finding
from bot.ports.channels import ErasureRequests, PeopleFinder, ProfileReader, Sender, Watched
from bot.ports.files import FileDesk
from bot.ports.signals import ChangeSignal
from bot.ports.visitor_view import Live, ProofDesk, ReturnDesk, VisitorConversations
from config.networks import Network
from config.rules import CaptureRules
from config.settings import Settings
from config.variables.channel import ChannelVariables


class Receive(Protocol):
    """The way into the bot: what a channel hands its arrivals to."""

    async def __call__(
        self, arrivals: Sequence[Arrival], faults: Sequence[Fault]
    ) -> Sequence[Taken | None]:
        """Return when all is stored for good; raise `UnavailableError` if it can't be now.

        For each arrival: what became of it, or None if it was known or can't be stored.
        """
        ...


class Observer(Protocol):
    """A counter of webhook deliveries, for metrics."""

    def webhook(self, status: int, seconds: float) -> None:
        """Count one answered delivery."""
        ...

    def ignored(self, kind: str, count: int) -> None:
        """Count parts of a delivery that ask for nothing."""
        ...


class NobodyCounts:
    """An observer that counts nothing, for processes without a web side."""

    def webhook(self, status: int, seconds: float) -> None:
        """Count nothing."""

    def ignored(self, kind: str, count: int) -> None:
        """Count nothing."""


@dataclass(frozen=True, slots=True)
class WebSide:
    """The services that a web process offers to channels."""

    keys: Callable[[str], tuple[str, ...]]
    """Derives signing keys for a purpose; the first one signs, all are good."""
    rules: Callable[[], CaptureRules]
    rooms: VisitorConversations
    live: Live
    hint: Callable[[ChangeSignal], None]
    """Tells other processes; never blocks."""
    limit: Callable[[Mapping[str, Allowance]], Limits]
    returns: ReturnDesk
    files: FileDesk
    proofs: ProofDesk | None
    """None: no mails leave."""
    erasures: ErasureRequests
    trusted_proxies: tuple[Network, ...] = ()


class LetterReader(Protocol):
    """Reads what a channel has kept of what could not be stored."""

    def reread(
        self, raw: bytes, received_at: datetime
    ) -> tuple[Sequence[Arrival], Sequence[Fault]]:
        """Read a dead letter once more; what we can't or don't serve is a fault."""
        ...


class Channel(Sender, ProfileReader, Protocol):
    """A channel: one way in, one way out."""

    @property
    def name(self) -> str:
        """The channel's key in visitors."""
        ...

    @property
    def fingerprints(self) -> Mapping[str, str]:
        """By account, what tells a new credential from an old one."""
        ...

    def routes(self, receive: Receive) -> list[web.RouteDef]:
        """Say where it is reached."""
        ...

    @property
    def people(self) -> PeopleFinder | None:
        """The finder of people with other ids; None: the channel has one id for each."""
        ...

    @property
    def watched(self) -> Sequence[Watched]:
        """The operator's own accounts, to be looked at now and then."""
        ...

    @property
    def file_hosts(self) -> Collection[str]:
        """The domains at which the channel keeps what visitors attach."""
        ...


_Shared = TypeVar("_Shared")


@dataclass(frozen=True, slots=True)
class Shared:
    """Objects that channels of one family share in a process, one of each type."""

    _made: dict[type[Any], Any] = field(default_factory=dict)  # Any: by its own type

    def of(self, kind: type[_Shared]) -> _Shared:
        """Give the one of this type."""
        made: _Shared = self._made.setdefault(kind, kind())
        return made


@dataclass(frozen=True, slots=True)
class Given:
    """The dependencies of a channel when it is opened."""

    settings: Settings
    derive: Callable[[str], str]
    """Derives a secret for a purpose from our own, the same in every process."""
    local_origin: str
    """Where this machine's own programs reach the web process."""
    clock: Callable[[], datetime]
    observer: Observer
    web: WebSide | None = None
    """None: in a process without a web side."""
    shared: Shared = field(default_factory=Shared)


@dataclass(frozen=True, slots=True)
class ChannelRecords:
    """A channel's accounts as a check knows them."""

    states: Mapping[str, Sequence[Finding]]
    """What is wrong with sending, by account."""
    visitors: Mapping[str, VisitorKey] | None
    """The newest visitor of each account; None: nobody's profile is to be asked for."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recorded delivery, dressed as a channel's service would send it."""

    path: str
    headers: Mapping[str, str]
    taken: str
    """What is answered where it is taken."""
    remarks: tuple[str, ...] = ()
    """What will become of it, where that is not what an operator may expect."""
    refusals: Mapping[int, str] = field(default_factory=dict)
    """Why it may be refused, by status."""
    is_for_another: bool = False
    """It looks like a delivery for another channel."""


class CannotReplayError(Exception):
    """A replay's refusal; its text says what to do."""


class ChannelKind(Protocol):
    """A channel before it is opened: what may be set for it, and how it is opened and checked."""

    @property
    def variables(self) -> type[ChannelVariables]:
        """The channel's variables."""
        ...

    def open(self, given: Given) -> Channel | None:
        """Open the channel; None: it is not configured, or has nothing to do in this process."""
        ...

    def letters(self, given: Given) -> LetterReader | None:
        """Say who reads what could not be stored, in any process; None: it is not configured."""
        ...

    def dress(self, given: Given, body: bytes) -> Recorded | None:
        """Dress a recorded delivery; None: nobody delivers anything to this channel.

        Raises CannotReplayError.
        """
        ...

    def accounts(self, settings: Settings) -> Collection[str]:
        """List the accounts whose visitors have profiles that a check may ask for."""
        ...

    def check(self, given: Given, records: ChannelRecords) -> Iterator[Finding]:
        """Look whether all is set up, here and at the channel's service; blocks while it asks."""
        ...
