"""The visitor's socket: what is new comes down as it happens; typing and seen go up."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from aiohttp import WSCloseCode, WSMessage, WSMsgType, web

from bot.edge.client_ip import likely_caller
from bot.edge.frames import FramePatience, answer_control, send_away
from bot.edge.limits import TooOftenError
from bot.edge.threads import WorkKind
from bot.ports.errors import UnavailableError
from bot.ports.visitor_view import Stretch, VisitorConversation
from channels.webchat.answers import BusyError
from channels.webchat.frames import Bad, Frame, Hello, Resume, Seen, Typing, read_frame
from channels.webchat.hub import Hub, Seat, SocketLimit, Table, write_frame, write_message
from channels.webchat.origins import check_origin
from channels.webchat.reception import Reception
from channels.webchat.settings import WebChatParts
from channels.webchat.shapes import MOST_IN_PAGE, NEWEST
from channels.webchat.site import Site
from channels.webchat.socket_writer import BAD_TICKET, SocketWriter

MOST_IN_FRAME = 64 * 1024
MOST_FOR_VISITOR = 50
MOST_FOR_ADDRESS = 200
_MOST_PINGS_BEFORE_HELLO = 5
_RETRY_AFTER = 30  # seconds


@dataclass(frozen=True, slots=True)
class _Guest:
    """A socket's hello: the visitor and the end of its ticket."""

    seat: Seat
    after_seq: int | None
    until: datetime | None
    clock: Callable[[], datetime]
    back: str | None
    """When the team is there again, in the visitor's time zone."""

    def is_over(self) -> bool:
        return self.until is not None and self.clock() >= self.until


@dataclass(frozen=True, slots=True)
class ChatSockets:
    """Opens sockets, as many as one may have.

    Thousands are open at a time: what a socket holds on to, frames of coroutines included, is kept
    small.
    """

    parts: WebChatParts
    reception: Reception
    site: Site
    lounge: Hub
    by_visitor: SocketLimit = field(default_factory=lambda: SocketLimit(MOST_FOR_VISITOR))
    by_address: SocketLimit = field(default_factory=lambda: SocketLimit(MOST_FOR_ADDRESS))

    async def open(self, request: web.Request) -> web.StreamResponse:
        """Upgrade, and stay until one of the two hangs up."""
        settings, pace = self.parts.settings, self.parts.pace
        check_origin(request, settings.public_origin, needs_ticket=True)
        known = await self.reception.recognise(request)
        visitor = known.place.external_id if known else None
        address = likely_caller(request, settings.trusted_proxies)
        self._seat(address, visitor)
        try:
            socket = web.WebSocketResponse(
                heartbeat=pace.heartbeat.total_seconds(),
                timeout=pace.close_within.total_seconds(),
                max_msg_size=MOST_IN_FRAME,
                compress=False,  # it would cost every socket more memory than all the rest
                autoping=False,
            )
            await socket.prepare(request)
            await self._talk(socket, request.transport, visitor, address)
        finally:
            self.by_address.give_back(address)
            if visitor:
                self.by_visitor.give_back(visitor)
        return socket

    def _seat(self, address: str, visitor: str | None) -> None:
        if not self.by_address.take(address):
            raise BusyError(_RETRY_AFTER)
        if visitor and not self.by_visitor.take(visitor):
            self.by_address.give_back(address)
            raise BusyError(_RETRY_AFTER)

    async def _talk(
        self,
        socket: web.WebSocketResponse,
        transport: asyncio.Transport | None,
        seated: str | None,
        address: str,
    ) -> None:
        guest = await self._greeted(socket)
        if guest is None:
            return
        seat, visitor = guest.seat, guest.seat.place.external_id
        is_seated = visitor == seated
        if not is_seated and not self.by_visitor.take(visitor):
            await socket.close(code=WSCloseCode.TRY_AGAIN_LATER)
            return
        outlet = SocketWriter(socket, transport, guest.is_over, self.parts.pace.close_within)
        table = self.lounge.join(seat, outlet)
        # what is read here counts with what is read by HTTP
        charge = partial(self.parts.limits.spend, "reading", visitor, address)
        try:
            if guest.back:
                await outlet.push_now(write_frame("back", text=guest.back))
            await _Visit(socket, outlet, table, charge).stay(guest.after_seq)
        except ConnectionError:
            pass  # it has hung up while we were speaking
        finally:
            self.lounge.part(seat, outlet)
            if not is_seated:
                self.by_visitor.give_back(visitor)
            await outlet.finish()

    async def _greeted(self, socket: web.WebSocketResponse) -> _Guest | None:
        hello = await self._hear_hello(socket)
        if hello is None:
            await send_away(socket)
            return None
        identity = self.reception.identities.read_ticket(hello.ticket)
        if identity is None:
            await socket.close(code=BAD_TICKET)
            return None
        try:
            identity = await self.reception.homes.find_now(identity)
        except UnavailableError:
            await socket.close(code=WSCloseCode.TRY_AGAIN_LATER)
            return None
        seat = Seat(identity.place, identity.own_place)
        back = self._back(identity.language, hello.zone)
        return _Guest(seat, hello.after_seq, identity.expires_at, self.parts.clock, back)

    def _back(self, language: str | None, zone: str | None) -> str | None:
        return self.site.back(language, zone) if zone else None

    async def _hear_hello(self, socket: web.WebSocketResponse) -> Hello | None:
        try:
            async with asyncio.timeout(self.parts.pace.hello_within.total_seconds()):
                message = await socket.receive()
                for _ in range(_MOST_PINGS_BEFORE_HELLO):
                    if not await answer_control(socket, message):
                        break
                    message = await socket.receive()
        except (ConnectionError, TimeoutError):
            return None
        frame = read_frame(message.data) if message.type is WSMsgType.TEXT else None
        return frame if isinstance(frame, Hello) else None


@dataclass(slots=True)
class _Visit:
    """A visitor's socket after its hello."""

    socket: web.WebSocketResponse
    outlet: SocketWriter
    table: Table
    charge: Callable[[], Awaitable[None]]
    """Counts one page of history; raises TooOftenError."""

    async def stay(self, after_seq: int | None) -> None:
        if not await self._may_read():
            await send_away(self.socket, WSCloseCode.TRY_AGAIN_LATER)
            return
        await self._catch_up(after_seq)
        loop = asyncio.get_running_loop()
        patience = FramePatience(loop.time())
        async for message in self.socket:
            if not patience.spend(loop.time()):
                await self.outlet.push_now(write_frame("error", code="too_many"))
            elif not await answer_control(self.socket, message):
                patience.judge(is_good=await self._take(message))
            if patience.is_over:
                await send_away(self.socket)
                return

    async def _take(self, message: WSMessage) -> bool:
        frame = read_frame(message.data) if message.type is WSMsgType.TEXT else Bad("bad_frame")
        code = self._obey(frame)
        if code is not None:
            await self.outlet.push_now(write_frame("error", code=code))
        elif isinstance(frame, Resume):
            return await self._resume(frame.after_seq)
        return code is None

    async def _resume(self, after_seq: int | None) -> bool:
        if not await self._may_read():
            return False
        self.outlet.pause()
        await self._catch_up(after_seq)
        return True

    async def _may_read(self) -> bool:
        try:
            await self.charge()
        except TooOftenError:
            await self.outlet.push_now(write_frame("error", code="too_many"))
            return False
        return True

    def _obey(self, frame: Frame) -> str | None:
        match frame:
            case Typing():
                self.table.tell_typing()
                return None
            case Seen(seq):
                return None if self.table.tell_seen(seq) else "bad_frame"
            case Resume():
                return None
            case Bad(code):
                return code
            case Hello():
                return "bad_frame"

    async def _catch_up(self, after_seq: int | None) -> None:
        """Send all since then, page by page, and let the table go on from there."""
        try:
            room, up_to = await self._send_since(after_seq)
        except UnavailableError:
            self.outlet.close(WSCloseCode.TRY_AGAIN_LATER)
            return
        if room.state.answered_seq:
            await self.outlet.push_now(write_frame("seen", seq=room.state.answered_seq))
        if room.conversation_id:
            await self.outlet.push_now(write_frame("status", status=room.state.status))
        self.table.start(room, up_to)
        self.outlet.open(up_to)

    async def _send_since(self, after_seq: int | None) -> tuple[VisitorConversation, int]:
        """Send page after page; the first one is paid for."""
        up_to = after_seq
        while up_to is not None:
            room = await self._read(Stretch(MOST_IN_PAGE, after_seq=up_to))
            if up_to > room.state.last_seq:
                break
            await self._send(room)
            if len(room.messages) < MOST_IN_PAGE:
                return room, _newest(room)
            up_to = room.messages[-1].seq
            await self._wait_for_more()
        await self.outlet.push_now(write_frame("error", code="resync"))
        room = await self._read(Stretch(NEWEST))
        await self._send(room)
        return room, _newest(room)

    async def _read(self, stretch: Stretch) -> VisitorConversation:
        # held for a page only: whoever takes it in slowly keeps no other tab waiting
        async with self.table.catching_up():
            return await self.table.read(stretch, WorkKind.CATCHING_UP)

    async def _wait_for_more(self) -> None:
        while True:
            try:
                return await self.charge()
            except TooOftenError as error:
                await asyncio.sleep(error.seconds)

    async def _send(self, room: VisitorConversation) -> None:
        for index in range(len(room.messages)):
            await self.outlet.push_now(write_message(room, index))


def _newest(room: VisitorConversation) -> int:
    return max([room.state.last_seq, *(message.seq for message in room.messages)])
