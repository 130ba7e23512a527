"""Dependencies of the inbox's pages, and who may call which of them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.desk import Desk
from bot.desk.agent import Agent
from bot.desk.agents import Agents
from bot.desk.notifying import Notifying
from bot.desk.one_time_tokens import OneTimeTokens
from bot.desk.operations import Operations
from bot.desk.overview import Overview
from bot.desk.reading import Reading
from bot.desk.saved_replies import SavedReplies
from bot.desk.sessions import Sessions
from bot.desk.suppressions import Suppressions
from bot.desk.webhooks import Webhooks
from bot.edge.limits import Limits
from bot.files import Files
from bot.live.listener import SignalListener
from bot.live.presence import Presence
from bot.notifications.stops import StopWriter
from bot.web.inbox.tickets import Tickets
from config.channel_facts import ChannelTitles
from config.concerns import Concern
from config.networks import Network

PREFIX = "/inbox"
AGENT = web.RequestKey("agent", Agent)
SESSION = web.RequestKey("session", str)
CSRF = web.RequestKey("csrf", str)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Who(Enum):
    """The callers that an address admits."""

    ANYBODY = auto()
    AGENT = auto()
    ADMIN = auto()


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry: one address of the inbox with its handler and callers."""

    method: str
    path: str
    """Under `/inbox`."""
    handler: Handler
    who: Who = Who.AGENT


@dataclass(frozen=True, slots=True)
class InboxParts:
    """The dependencies that the composition root hands over."""

    desk: Desk
    overview: Overview
    reading: Reading
    files: Files
    operations: Operations
    team: Sessions
    staff: Agents
    saved_replies: SavedReplies
    programs: Webhooks
    suppressions: Suppressions
    notifying: Notifying
    passes: OneTimeTokens
    guesses: Limits
    """How often somebody may try to sign in."""
    proxies: tuple[Network, ...]
    """Trusted proxies."""
    live: SignalListener
    presence: Presence
    hint: Callable[..., None]
    """Tell every process where to look again: takes `ChangeSignal`s, never blocks."""
    channels: ChannelTitles
    stop_writer: StopWriter
    clock: Callable[[], datetime]
    zone: ZoneInfo
    """Where the team works, until a browser says that it is elsewhere."""
    waits_long: timedelta
    """A visitor who waits longer is shown to wait."""
    public_origin: str
    concerns: tuple[Concern, ...]
    """What operators should know of the settings."""
    secrets: tuple[str, ...] = field(repr=False)
    pause: Callable[[float], Awaitable[object]] = asyncio.sleep
    """Wait so many seconds before an answer; a test need not."""

    @property
    def tickets(self) -> Tickets:
        """The tickets that open sockets."""
        return Tickets(self.passes)


def agent_of(request: web.Request) -> Agent:
    """Name who is signed in; only where the entry says that somebody is."""
    return request[AGENT]
