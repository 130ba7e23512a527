"""The sockets of this process: what is new is read once and written once for all that show it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from aiohttp import WSCloseCode

from bot.core.arrivals import Arrival, MessagesSeen
from bot.core.model import Author, ConversationId, VisitorKey
from bot.edge.threads import WorkKind, working_at
from bot.ports.errors import UnavailableError
from bot.ports.signals import ChangeSignal, SignalKind, room_of
from bot.ports.visitor_view import ConversationProgress, Stretch, VisitorConversation
from channels.base import Receive
from channels.webchat import views
from channels.webchat.settings import WebChatParts
from channels.webchat.socket_writer import BAD_TICKET, SocketWriter

PAGE = 50
"""Less than may wait for one reader: who reads at all is never sent away."""
_TYPING_TOLD_EVERY = 1.0  # seconds


def write_frame(type: str, **fields: object) -> str:
    """Write a frame."""
    return json.dumps({"type": type, **fields}, ensure_ascii=False)


def write_message(room: VisitorConversation, index: int) -> str:
    """Write one of a room's messages as a frame."""
    return write_frame("message", message=views.message(room.messages[index], room))


class Seat(NamedTuple):
    """A socket's seat: its conversation and its browser."""

    place: VisitorKey
    browser: VisitorKey


class Table:
    """The open sockets of one browser, each a tab."""

    __slots__ = (
        "_browser",
        "_conversation_id",
        "_goes_on",
        "_is_behind",
        "_parts",
        "_read_up_to",
        "_reading",
        "_receive",
        "_seen",
        "_shown",
        "_told_typing_at",
        "_turn",
        "_up_to",
        "_writing",
        "outlets",
        "place",
        "state",
    )

    def __init__(self, seat: Seat, parts: WebChatParts, receive: Receive) -> None:
        """Read nothing before the first socket has said where it stands."""
        self.place = seat.place
        self.state = ConversationProgress()
        """As it is stored: shown is only what the browser may know."""
        self._browser = seat.browser
        self._shown = ConversationProgress()
        self.outlets: tuple[SocketWriter, ...] = ()  # of one, mostly: a set is four times as large
        self._parts = parts
        self._receive = receive
        self._conversation_id: ConversationId | None = None
        self._goes_on: str | None = None
        self._read_up_to: datetime | None = None
        self._up_to: int | None = None
        self._is_behind = False
        self._reading: asyncio.Task[None] | None = None
        self._seen = 0
        self._writing: asyncio.Task[None] | None = None
        self._told_typing_at = 0.0
        self._turn: asyncio.Lock | None = None

    async def read(self, stretch: Stretch, kind: WorkKind) -> VisitorConversation:
        """Read on, with the threads for this kind of work."""
        with working_at(kind):
            look = self._parts.rooms.look
            return await asyncio.to_thread(look, self.place, stretch, self._browser)

    @asynccontextmanager
    async def catching_up(self) -> AsyncIterator[None]:
        """Let one socket at a time read what it has missed."""
        self._turn = self._turn or asyncio.Lock()
        async with self._turn:
            yield

    def start(self, room: VisitorConversation, up_to: int) -> None:
        """Take a socket's last look as ours, if it is the first."""
        if self._up_to is None:
            self._up_to = up_to
            self._note(room)
            if self._is_behind:
                self.look_again()

    def look_again(self) -> None:
        """Read what is new, and then again if more happens meanwhile."""
        self._is_behind = True
        if self._up_to is not None and self._reading is None:
            self._reading = asyncio.create_task(self._read_on(self._up_to))

    def show_typing(self, hint: ChangeSignal) -> None:
        """Show that an agent is typing."""
        if self._is_behind or self._reading:
            return  # the conversation may have gone over to another reader
        if hint.author is Author.AGENT and hint.conversation_id == self._conversation_id:
            self._push(write_frame("typing", name=hint.name, on=True))

    def leave(self) -> None:
        """Send everybody elsewhere."""
        self._close(WSCloseCode.GOING_AWAY)

    def tell_typing(self) -> None:
        """Tell the agents that the visitor is typing."""
        now = asyncio.get_running_loop().time()
        if self._conversation_id and now - self._told_typing_at >= _TYPING_TOLD_EVERY:
            self._told_typing_at = now
            self._parts.hint(
                ChangeSignal(
                    room_of(self.place),
                    self._conversation_id,
                    kind=SignalKind.TYPING,
                    author=Author.VISITOR,
                )
            )

    def tell_seen(self, seq: int) -> bool:
        """Keep up to where the visitor has read; False: there is no such message."""
        if seq > max(self._shown.last_seq, self._up_to or 0):
            return False
        if seq > self._seen:
            self._seen = seq
            if self._writing is None:
                self._writing = asyncio.create_task(self._write_seen())
        return True

    async def _read_on(self, up_to: int) -> None:
        try:
            while self._is_behind:
                self._is_behind = False
                room = await self.read(Stretch(PAGE, after_seq=up_to), WorkKind.NEWS)
                self._up_to = up_to = self._show(room, up_to)
        except UnavailableError:
            pass  # the next hint or poll comes
        finally:
            self._reading = None

    def _show(self, room: VisitorConversation, up_to: int) -> int:
        if (self._conversation_id or self._goes_on) and self._is_another(room):
            self._close(BAD_TICKET)  # the frame begins anew, and perhaps has already
            return 0
        for index, message in enumerate(room.messages):
            self._push(write_message(room, index), message.seq)
        before = self._shown
        self._note(room)
        if room.state.answered_seq > before.answered_seq:
            self._push(write_frame("seen", seq=room.state.answered_seq))
        if room.state.status is not before.status:
            self._push(write_frame("status", status=room.state.status))
        newest = max([up_to, *(message.seq for message in room.messages)])
        if len(room.messages) == PAGE:
            self._is_behind = True
            return newest
        return max(newest, room.state.last_seq)

    def _is_another(self, room: VisitorConversation) -> bool:
        """Whether the visitor was erased, or the browser's rights have changed."""
        if room.goes_on and self._goes_on:
            return False
        is_erased = room.conversation_id != self._conversation_id
        return is_erased or room.numbering.number_of(self.state.last_seq) != self._shown.last_seq

    def _note(self, room: VisitorConversation) -> None:
        self.state, self._shown = room.stored, room.state
        self._conversation_id, self._goes_on = room.conversation_id, room.goes_on
        self._read_up_to = room.read_up_to

    async def _write_seen(self) -> None:
        written = 0
        try:
            while (seen := self._seen) > written:
                try:
                    await self._write_one(seen)
                    written = seen
                except UnavailableError:
                    if not self.outlets:  # who comes back says it again; who stays does not
                        return
                await asyncio.sleep(self._parts.pace.seen_every.total_seconds())
        finally:
            self._writing = None

    async def _write_one(self, seq: int) -> None:
        written_at = self._parts.rooms.written_at
        at = await asyncio.to_thread(written_at, self.place, seq, self._browser)
        if at and (self._read_up_to is None or at > self._read_up_to):
            await self._receive([self._seen_arrival(at)], [])
            self._read_up_to = at

    def _seen_arrival(self, at: datetime) -> Arrival:
        return Arrival(self.place, MessagesSeen(at), browser=self._browser)

    def _push(self, frame: str, seq: int = 0) -> None:
        for outlet in self.outlets:
            outlet.push(frame, seq)

    def _close(self, code: int) -> None:
        for outlet in self.outlets:
            outlet.close(code)


@dataclass(slots=True)
class Hub:
    """The hub's sockets, counted by browser and address."""

    parts: WebChatParts
    receive: Receive
    tables: dict[Seat, Table] = field(default_factory=dict)

    def join(self, seat: Seat, outlet: SocketWriter) -> Table:
        """Sit down."""
        table = self.tables.get(seat)
        if table is None:
            table = self.tables[seat] = Table(seat, self.parts, self.receive)
            self.parts.live.join(seat.place, table)
        table.outlets += (outlet,)
        return table

    def part(self, seat: Seat, outlet: SocketWriter) -> None:
        """Stand up; the last one takes the table away."""
        table = self.tables[seat]
        table.outlets = tuple(each for each in table.outlets if each is not outlet)
        if not table.outlets:
            del self.tables[seat]
            self.parts.live.part(seat.place, table)


@dataclass(slots=True)
class SocketLimit:
    """Counts who holds how many sockets."""

    most: int
    taken: dict[str, int] = field(default_factory=dict)

    def take(self, who: str) -> bool:
        """Take one, unless they are all taken."""
        if self.taken.get(who, 0) >= self.most:
            return False
        self.taken[who] = self.taken.get(who, 0) + 1
        return True

    def give_back(self, who: str) -> None:
        """Give one back that was taken."""
        self.taken[who] -= 1
        if not self.taken[who]:
            del self.taken[who]
