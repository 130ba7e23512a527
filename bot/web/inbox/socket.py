"""The agents' socket: signals that something has changed go down, typing goes up."""

import asyncio
import json
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from aiohttp import WSCloseCode, WSMessage, WSMsgType, web

from bot.core.model import Author, ConversationId, VisitorKey
from bot.desk.agent import Agent
from bot.desk.errors import NotFoundError
from bot.edge.frames import FramePatience, answer_control, send_away
from bot.edge.numbers import is_id
from bot.ports.errors import UnavailableError
from bot.ports.signals import ChangeSignal, SignalKind, room_of
from bot.web.inbox.dependencies import SESSION, Entry, InboxParts, Who, agent_of
from config.origins import is_same_origin

SIGNED_OUT = 4401
MOST_IN_FRAME = 4 * 1024
MOST_NAMED = 50
"""More conversations than this are not named one by one."""
MOST_ROOMS = 1_000
"""The same for visitors who come and leave."""
_MOST_REMEMBERED = 200
_HELLO_WITHIN = timedelta(seconds=5)
_HEARTBEAT = timedelta(seconds=25)
_CHECK_EVERY = timedelta(seconds=3)
"""A session that has ended closes its sockets within this time."""
_SAW_EVERY = 10
"""That many checks lie between two notes that somebody is there."""
_GATHER = timedelta(milliseconds=120)
_TYPING_EVERY = timedelta(seconds=1)
_PATIENCE = timedelta(seconds=10)
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Line:
    """An agent's socket: one open page."""

    socket: web.WebSocketResponse
    agent: Agent
    changed: set[ConversationId] = field(default_factory=set)
    is_anything: bool = False
    typing: list[ChangeSignal] = field(default_factory=list)
    rooms: dict[int, bool] = field(default_factory=dict)
    """Whose visitors have come or left, and which of the two."""
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    goodbye: int | None = None
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, hint: ChangeSignal) -> None:
        match hint.kind:
            case SignalKind.TYPING:
                is_own = hint.author is Author.AGENT and hint.seq == self.agent.id
                if not is_own and len(self.typing) < MOST_NAMED:
                    self.typing.append(hint)
            case SignalKind.CAME | SignalKind.LEFT if len(self.rooms) < MOST_ROOMS:
                self.rooms[hint.room] = hint.kind is SignalKind.CAME
            case SignalKind.CHANGED if len(self.changed) < MOST_NAMED:
                self.changed.add(hint.conversation_id)
            case _:
                self.is_anything = True
        self.woken.set()

    def look_around(self) -> None:
        self.is_anything = True
        self.woken.set()

    def leave(self) -> None:
        self.hang_up(WSCloseCode.GOING_AWAY)

    def hang_up(self, code: int) -> None:
        self.goodbye = self.goodbye or code
        self.woken.set()

    async def speak(self) -> None:
        """Say what has gathered, again and again; who does not listen is told less often."""
        while self.goodbye is None:
            await self.woken.wait()
            await asyncio.sleep(_GATHER.total_seconds())
            self.woken.clear()
            for frame in self._take():
                await self.socket.send_str(frame)
        await self.socket.close(code=self.goodbye)

    def _take(self) -> list[str]:
        frames = [
            _write("typing", conversation=each.conversation_id, author=each.author, name=each.name)
            for each in self.typing
        ]
        if self.changed or self.is_anything:
            named = [] if self.is_anything else sorted(self.changed)
            frames.append(_write("changed", conversations=named))
        if self.rooms:
            frames.append(_write("presence", rooms=self.rooms))
        self.typing, self.changed, self.is_anything, self.rooms = [], set(), False, {}
        return frames


def socket_entries(parts: InboxParts) -> list[Entry]:
    """Serve the socket, and the tickets that open it."""
    sockets = _Sockets(parts)
    return [
        Entry("GET", "/socket", sockets.open, Who.AGENT),
        Entry("GET", "/ticket", sockets.give_ticket, Who.AGENT),
    ]


@dataclass(frozen=True, slots=True)
class _Sockets:
    parts: InboxParts

    async def give_ticket(self, request: web.Request) -> web.Response:
        ticket = self.parts.tickets.issue(request[SESSION])
        return web.json_response({"ticket": ticket}, headers={"Cache-Control": "no-store"})

    async def open(self, request: web.Request) -> web.StreamResponse:
        """Upgrade for our own pages only, and stay until one of the two hangs up."""
        origins = request.headers.getall("Origin", [])
        if len(origins) != 1 or not is_same_origin(origins[0], self.parts.public_origin):
            raise web.HTTPForbidden
        socket = web.WebSocketResponse(
            heartbeat=_HEARTBEAT.total_seconds(),
            timeout=_PATIENCE.total_seconds(),
            max_msg_size=MOST_IN_FRAME,
            compress=False,
            autoping=False,
        )
        try:
            await socket.prepare(request)
        except ConnectionError:
            return web.Response()  # nobody is there to read it
        if await self._is_greeted(socket, request[SESSION]):
            await self._stay(_Line(socket, agent_of(request)), request[SESSION])
        return socket

    async def _is_greeted(self, socket: web.WebSocketResponse, session: str) -> bool:
        try:
            first = await socket.receive(timeout=_HELLO_WITHIN.total_seconds())
        except TimeoutError:
            await send_away(socket)
            return False
        frame = _read(first)
        if frame is None or frame.get("type") != "hello":
            await send_away(socket)
            return False
        try:
            is_good = await self.parts.tickets.redeem(str(frame.get("ticket", "")), session)
        except UnavailableError:
            await socket.close(code=WSCloseCode.TRY_AGAIN_LATER)
            return False
        if not is_good:
            await socket.close(code=SIGNED_OUT)
        return is_good

    async def _stay(self, line: _Line, session: str) -> None:
        with self.parts.live.overheard_by(line):
            speaking = asyncio.create_task(line.speak())
            watching = asyncio.create_task(self._watch(line, session))
            try:
                with suppress(ConnectionError):
                    await line.socket.send_str(_write("ready"))
                    await _Ear(line, self.parts).listen()
            finally:
                speaking.cancel()
                line.gone.set()  # not cancelled: a thread of its own may be asking the database
                await asyncio.gather(speaking, watching, return_exceptions=True)

    async def _watch(self, line: _Line, session: str) -> None:
        """Look after the session, and note that somebody is there."""
        team, turn = self.parts.team, 0
        while not line.gone.is_set():
            try:
                if await asyncio.to_thread(team.find_session, session) is None:
                    line.hang_up(SIGNED_OUT)
                    return
                if turn % _SAW_EVERY == 0:
                    await asyncio.to_thread(team.saw, line.agent.id)
            except UnavailableError:
                pass  # whoever is signed out meanwhile is found out when it is back
            except Exception:  # noqa: BLE001 - nobody stays connected unwatched
                _log.exception("session can't be looked after")
                line.hang_up(WSCloseCode.TRY_AGAIN_LATER)
                return
            turn += 1
            with suppress(TimeoutError):
                await asyncio.wait_for(line.gone.wait(), _CHECK_EVERY.total_seconds())


@dataclass(slots=True)
class _Ear:
    line: _Line
    parts: InboxParts
    places: dict[int, VisitorKey | None] = field(default_factory=dict)
    told_at: dict[int, float] = field(default_factory=dict)

    async def listen(self) -> None:
        loop, socket = asyncio.get_running_loop(), self.line.socket
        patience = FramePatience(loop.time())
        async for message in socket:
            if not patience.spend(loop.time()):
                await socket.send_str(_write("error", code="too_many"))
            elif not await answer_control(socket, message):
                patience.judge(is_good=await self._take(message))
            if patience.is_over:
                await send_away(socket)
                return

    async def _take(self, message: WSMessage) -> bool:
        frame = _read(message)
        conversation = frame.get("conversation") if frame else None
        if frame and frame.get("type") == "typing" and is_id(conversation):
            await self._tell_typing(conversation)
            return True
        await self.line.socket.send_str(_write("error", code="bad_frame"))
        return False

    async def _tell_typing(self, conversation: int) -> None:
        now = asyncio.get_running_loop().time()
        if now - self.told_at.get(conversation, 0) < _TYPING_EVERY.total_seconds():
            return
        self.told_at[conversation] = now
        place = await self._find_place(conversation)
        if place:
            self.parts.hint(
                ChangeSignal(
                    room_of(place),
                    ConversationId(conversation),
                    self.line.agent.id,
                    SignalKind.TYPING,
                    Author.AGENT,
                )
            )

    async def _find_place(self, conversation: int) -> VisitorKey | None:
        if conversation in self.places:
            return self.places[conversation]
        if len(self.places) >= _MOST_REMEMBERED:
            self.places.clear()
            self.told_at.clear()
        try:
            view = await asyncio.to_thread(
                self.parts.desk.conversation, ConversationId(conversation)
            )
        except UnavailableError:
            return None  # it may be known later
        except NotFoundError:
            self.places[conversation] = None
        else:
            self.places[conversation] = view.place
        return self.places[conversation]


def _read(message: WSMessage) -> dict[str, object] | None:
    if message.type is not WSMsgType.TEXT:
        return None
    try:
        frame = json.loads(message.data)
    except (ValueError, RecursionError):
        return None
    return frame if isinstance(frame, dict) else None


def _write(type: str, **fields: object) -> str:
    return json.dumps({"type": type, **fields})
