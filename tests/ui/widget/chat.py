"""The chat's own server, for a browser to talk to; with an agent, a worker and a clock at hand.

Only what no server of ours does of itself is done by a middleware: a network without sockets, and
tickets that are never good.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from redis.asyncio import Redis

from bot.core.model import Author, ConversationId, Status, VisitorKey
from bot.desk import Desk
from bot.desk.types import Actor, ConversationChanges, Words
from bot.live.listener import SignalListener
from bot.live.typing_names import TypingNames
from bot.ports.signals import SIGNALS, ChangeSignal, SignalKind, read_signals, room_of
from bot.storage.database.engine import Database
from bot.web.app import make_app
from bot.wiring.settings import given_settings
from bot.wiring.web import open_parts
from channels.webchat.identity import TICKET_LASTS
from channels.webchat.socket_writer import BAD_TICKET
from config.hours import parse_hours
from config.rules import Availability, Hours
from config.settings import Settings
from tests.office import Office
from tests.ui.conftest import PATIENCE
from workers.doorbell import RqDoorbell

_MAYA = "maya@shop.example"
_TICK = timedelta(milliseconds=1)
_EVERY_ROOM = range(2**32)
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Chat:
    """Serves one origin; the database, the agent and the worker are there all the time."""

    database: Database
    wishes: dict[str, str]
    """The server's variables, as the environment would have them."""
    asked_for: list[str] = field(default_factory=list)
    """The paths of the requests so far."""
    has_sockets: bool = True
    has_good_tickets: bool = True
    _told: datetime | None = None
    _ahead: timedelta = timedelta(0)
    _runner: web.AppRunner | None = None

    def __post_init__(self) -> None:
        settings = self._settings()
        self.origin = settings.public_origin
        self.rules = settings.capture_rules
        self._doorbell = RqDoorbell(self.wishes["redis_url"])
        self._desk = Desk(self.database, lambda: self.rules, self._doorbell, self.clock)
        self._office = Office(self.database, doorbell=self._doorbell)
        self._dismiss: Callable[[], None] = lambda: None
        self._live: SignalListener | None = None

    def clock(self) -> datetime:
        """Tell the time; where it was told, no two moments are the same all the same."""
        if self._told is None:
            return datetime.now(UTC) + self._ahead
        self._told += _TICK
        return self._told + self._ahead

    def set_clock(self, moment: str) -> None:
        """Let it be so late."""
        self._told = datetime.fromisoformat(moment)

    async def start(self) -> None:
        """Listen on the origin's port, on both loopback addresses."""
        parts = open_parts(self._settings(), self.clock, lambda: self.rules)
        self._dismiss, self._live = parts.dismiss, parts.inbox.live
        app = make_app(parts)
        app.middlewares.insert(0, self._pass)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
        await self._runner.setup()
        for host in ("127.0.0.1", "::1"):
            await web.TCPSite(self._runner, host, int(self.wishes["port"])).start()

    async def stop(self) -> None:
        """Go away at once, with every connection."""
        if self._runner:
            await self._runner.cleanup()
        self._runner = None

    async def close_down(self) -> None:
        """Stop for good."""
        await self.stop()
        await asyncio.to_thread(self._doorbell.close)

    async def change(self, **wishes: str) -> None:
        """Set variables, which takes a new start."""
        self.wishes |= wishes
        asked = self._settings().capture_rules
        self.rules = replace(self.rules, consent=asked.consent, privacy_url=asked.privacy_url)
        await self.stop()
        await self.start()

    async def reply(self, text: str, name: str = "Maya") -> None:
        """Answer as an agent, in the newest conversation."""
        words = Words(text, token_hex(8))
        await asyncio.to_thread(self._desk.reply, self._id, words, Actor(_MAYA, name=name))

    async def ask(self, text: str | None = None) -> None:
        """Ask for an email at an agent's wish, in words of our own if there are any."""
        self.rules = replace(self.rules, message=text)
        await asyncio.to_thread(self._desk.ask, self._id, Actor(_MAYA))
        worker = replace(self._office, rules=self.rules, now=self.clock()).worker()
        await asyncio.to_thread(worker.work)

    def go_away(self, text: str | None = None) -> None:
        """Let nobody be there from now on."""
        self.rules = replace(self.rules, availability=Availability.AWAY, away_message=text)

    def close_until_monday(self) -> None:
        """Keep the hours of an office in Rome from now on."""
        hours = Hours(parse_hours("Mon-Fri 09:00-17:00"), ZoneInfo("Europe/Rome"))
        kept = Availability.BUSINESS_HOURS
        self.rules = replace(self.rules, availability=kept, away_message=None, hours=hours)

    async def close(self) -> None:
        """Close the newest conversation."""
        await self._set_status(Status.CLOSED)

    async def reopen(self) -> None:
        """Open it again."""
        await self._set_status(Status.OPEN)

    async def be_joined(self) -> None:
        """Wait until a visitor's socket hears of its conversation, which must be there."""
        async with asyncio.timeout(PATIENCE.total_seconds()):
            while not self._is_heard():  # noqa: ASYNC110 - the browser decides when
                await asyncio.sleep(0.02)

    async def type(self, name: str = "Maya") -> None:
        """Begin to type as an agent; whoever joins later hears nothing of it."""
        await self.be_joined()
        visitor = self._office.rows("visitors", id=self._newest["visitor_id"])[0]
        place = VisitorKey(visitor["channel"], visitor["account"], visitor["external_id"])
        typing = ChangeSignal(room_of(place), self._id, 7, SignalKind.TYPING, Author.AGENT)
        assert self._live
        self._live._names = TypingNames(lambda: {7: name})  # noqa: SLF001 - the team is elsewhere
        self._doorbell.hint(typing)

    def cut(self) -> None:
        """End every socket."""
        self._dismiss()

    def let_tickets_end(self) -> None:
        """Let so much time pass that no ticket is good any more."""
        self._ahead += TICKET_LASTS

    def texts(self) -> list[str]:
        """What is stored in the newest conversation."""
        return [row["text"] for row in self._messages()]

    def last_visit(self) -> dict[str, Any]:
        """Where the last of the visitors is."""
        return self._office.rows("visits")[-1]

    def last_email(self) -> str | None:
        """The address that was given last."""
        claims = self._office.rows("claims")
        return str(claims[-1]["email"]) if claims else None

    def read_seq(self) -> int:
        """Up to where the visitor has read the newest conversation."""
        seen = self._newest["seen_up_to"]
        return max(
            (row["seq"] for row in self._messages() if seen and row["at"] <= seen), default=0
        )

    @asynccontextmanager
    async def overheard(self) -> AsyncIterator[list[ChangeSignal]]:
        """Hear what the processes tell each other."""
        heard: list[ChangeSignal] = []

        async def listen() -> None:
            async for message in ear.listen():
                if message["type"] == "message":
                    heard.extend(read_signals(message["data"], _EVERY_ROOM))

        async with Redis.from_url(self.wishes["redis_url"]) as redis, redis.pubsub() as ear:
            await ear.subscribe(SIGNALS)
            listening = asyncio.create_task(listen())
            yield heard
            listening.cancel()

    def _is_heard(self) -> bool:
        if not (self._live and self._live.is_subscribed):
            return False
        # a socket that came before the first message learns of the conversation a moment after it
        watchers = self._live._all()  # noqa: SLF001 - only a test asks
        return any(watcher.state.conversation_id for _, watcher in watchers)

    def _settings(self) -> Settings:
        return given_settings(self.wishes)

    @property
    def _newest(self) -> dict[str, Any]:
        return self._office.rows("conversations")[-1]

    @property
    def _id(self) -> ConversationId:
        return ConversationId(self._newest["id"])

    async def _set_status(self, status: Status) -> None:
        version, changes = self._newest["version"], ConversationChanges(status=status)
        await asyncio.to_thread(self._desk.change, self._id, version, changes, Actor(_MAYA))

    def _messages(self) -> list[dict[str, Any]]:
        rows = self._office.rows("messages", conversation_id=self._id)
        return sorted(rows, key=lambda row: row["seq"])

    @web.middleware
    async def _pass(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        self.asked_for.append(request.path)
        if request.path == "/chat/socket":
            if not self.has_sockets:
                raise web.HTTPNotFound
            if not self.has_good_tickets:
                socket = web.WebSocketResponse()
                await socket.prepare(request)
                await socket.close(code=BAD_TICKET)
                return socket
        return await handler(request)
