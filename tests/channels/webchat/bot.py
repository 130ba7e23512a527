"""A whole bot with its web chat, served; and browsers and programs that call it."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from typing import Any

from aiohttp import (
    ClientResponse,
    ClientSession,
    ClientWebSocketResponse,
    DummyCookieJar,
    FormData,
    TCPConnector,
    WSMsgType,
    web,
)
from aiohttp.test_utils import TestServer, unused_port

from bot.core.model import Author, ConversationId, Status, VisitorKey
from bot.desk import Desk
from bot.desk.types import Actor, ConversationChanges, Words
from bot.edge.limits import Allowance, Limits
from bot.edge.pictures import PictureMaker
from bot.files import FileKeeper, Files
from bot.follow_ups.proving import Proving
from bot.follow_ups.returns import Returns
from bot.intake import Intake
from bot.live.listener import SignalListener
from bot.live.visitor_view import VisitorViews
from bot.ports.signals import ChangeSignal
from bot.storage.database.engine import Database
from bot.storage.files.file_pieces import DatabaseFiles
from bot.storage.visitors.batch import Batch
from bot.storage.visitors.message_rows import NewMessage
from bot.storage.visitors.visitor_states import lock_visitor_states
from channels.webchat.channel import WebChatChannel
from channels.webchat.identity import TICKET_HEADER
from channels.webchat.limits import ALLOWANCES
from channels.webchat.settings import Pace, WebChatParts, WebChatSettings
from config.rules import CaptureRules, ChannelRules
from tests.factories import NOON
from tests.office import Office
from workers.doorbell import RqDoorbell

SHOP = "https://shop.example"
OTHER_SHOP = "https://other.example"
SECRET = "a long random text"  # noqa: S105 - of these tests only
MAYA = Actor("maya@shop.example", name="Maya")
RULES = CaptureRules(
    channels=frozenset({"messenger", "webchat"}),
    own_domains=frozenset({"shop.example"}),
    channel_rules={"webchat": ChannelRules(row_is_delivery=True, has_card=True)},
)
SOON = 15.0  # seconds


@dataclass
class Bot:
    """The web's side and a desk, with a clock that the test turns on."""

    database: Database
    redis_url: str
    session: ClientSession
    settings: WebChatSettings
    pace: Pace = field(default_factory=lambda: Pace(seen_every=timedelta(0)))
    allowances: dict[str, Allowance] = field(default_factory=lambda: dict(ALLOWANCES))
    poll_every: timedelta = timedelta(seconds=60)
    rules: CaptureRules = RULES
    now: datetime = NOON
    mails_leave: bool = True

    def __post_init__(self) -> None:
        self.doorbell = RqDoorbell(self.redis_url)
        self.rooms = VisitorViews(self.database)
        self.live = SignalListener(
            self.redis_url,
            self.rooms.states,
            find_names=lambda: {7: "Maya"},
            poll_every=self.poll_every,
        )
        keeper = FileKeeper(self.database, {"database": DatabaseFiles(self.database)}, self.clock)
        self.files = Files(self.database, keeper, PictureMaker(), self.clock)
        self.limits = Limits(self.redis_url, self.allowances)
        self.intake = Intake(self.database, lambda: self.rules, self.doorbell, self.clock)
        self.desk = Desk(self.database, lambda: self.rules, self.doorbell, self.clock)
        self.office = Office(self.database, doorbell=self.doorbell)

    def clock(self) -> datetime:
        return self.now

    @property
    def url(self) -> str:
        return self.settings.public_origin

    def pass_time(self, **length: float) -> None:
        self.now += timedelta(**length)

    def channel(self) -> WebChatChannel:
        return WebChatChannel(
            WebChatParts(
                self.settings,
                lambda: self.rules,
                self.clock,
                self.rooms,
                self.live,
                self.doorbell.hint,
                self.limits,
                Returns(self.database, self.clock, self.doorbell),
                self.files,
                Proving(self.database, self.clock, self.doorbell) if self.mails_leave else None,
                self.pace,
            )
        )

    @asynccontextmanager
    async def served(self) -> AsyncIterator["Bot"]:
        app = web.Application()
        app.add_routes(self.channel().routes(partial(self.intake.receive, "webchat")))
        app.cleanup_ctx.extend([self.live.run, self.limits.run])
        app.on_shutdown.append(self._dismiss)
        port = int(self.url.rpartition(":")[2])
        server = TestServer(app, port=port)
        await server.start_server(shutdown_timeout=1)
        try:
            yield self
        finally:
            await server.close()
            await self.intake.close()
            self.files.pictures.close()
            self.doorbell.close()

    async def _dismiss(self, _app: web.Application) -> None:
        self.live.dismiss()

    async def browser(self, site: str = SHOP, **headers: str) -> "Browser":
        """Open the frame in a new browser."""
        browser = Browser(self, site)
        await browser.open_frame(**headers)
        return browser

    async def reply(self, text: str = "Here I am", conversation_id: int | None = None) -> None:
        """Let an agent answer, by default in the newest conversation."""
        chosen = ConversationId(conversation_id or self.newest["id"])
        words = Words(text, f"a{self.office.count('messages')}")
        await asyncio.to_thread(self.desk.reply, chosen, words, MAYA)

    async def reply_much(self, texts: Sequence[str]) -> None:
        """Let agents write many messages, a hundred in each transaction."""
        [visitor] = self.office.rows("visitors")
        place = VisitorKey("webchat", visitor["account"], visitor["external_id"])
        for start in range(0, len(texts), 100):
            some = texts[start : start + 100]
            self.doorbell.hint(*await asyncio.to_thread(self._write, place, some))

    def _write(self, place: VisitorKey, texts: Sequence[str]) -> list[ChangeSignal]:
        with self.database.write() as connection:
            batch = Batch(connection, self.now)
            thread = lock_visitor_states(connection, [place])[place]
            for text in texts:
                batch.add_message(NewMessage(thread, Author.AGENT, text, self.now, self.now))
            batch.save()
            return batch.hints()

    async def note(self, text: str) -> None:
        """Let an agent write what only the team reads."""
        chosen = ConversationId(self.newest["id"])
        await asyncio.to_thread(self.desk.note, chosen, Words(text, text), MAYA)

    async def close(self) -> None:
        """Let an agent close the newest conversation."""
        chosen, version = ConversationId(self.newest["id"]), self.newest["version"]
        changes: ConversationChanges = {"status": Status.CLOSED}
        await asyncio.to_thread(self.desk.change, chosen, version, changes, MAYA)

    async def work(self) -> None:
        """Let a worker do what is due by the same clock."""
        worker = replace(self.office, rules=self.rules, now=self.now).worker()
        await asyncio.to_thread(worker.work)

    @property
    def newest(self) -> dict[str, Any]:
        """The newest conversation."""
        return self.office.rows("conversations")[-1]

    def rows(self, table: str, **where: object) -> list[dict[str, Any]]:
        return self.office.rows(table, **where)


@dataclass
class Browser:
    """A browser with the frame open: it keeps one cookie and the frame's ticket."""

    bot: Bot
    site: str = SHOP
    cookie: str | None = None
    ticket: str = ""
    page: str = ""
    settings: dict[str, Any] = field(default_factory=dict)

    async def open_frame(self, **headers: str) -> ClientResponse:
        response = await self.get("/chat/frame", params={"origin": self.site}, headers=headers)
        self.page = await response.text()
        if found := re.search(r'<script id="settings"[^>]*>(.*?)</script>', self.page, re.DOTALL):
            self.settings = json.loads(found[1])
            self.ticket = self.settings["ticket"]
        return response

    async def get(self, path: str, **more: Any) -> ClientResponse:  # noqa: ANN401 - as aiohttp's
        return await self.call("GET", path, **more)

    async def post(self, path: str, body: object = None, **more: Any) -> ClientResponse:  # noqa: ANN401 - as aiohttp's
        if body is not None:
            more["json"] = body
        headers = {"Origin": self.bot.url, **more.pop("headers", {})}
        return await self.call("POST", path, headers=headers, **more)

    async def write(self, text: str = "Hello", client_id: str = "c1") -> ClientResponse:
        return await self.post("/chat/messages", {"text": text, "client_id": client_id})

    async def upload(
        self, body: bytes, name: str = "a.pdf", declared: str = "application/octet-stream"
    ) -> ClientResponse:
        form = FormData(quote_fields=False)
        form.add_field("file", BytesIO(body), filename=name, content_type=declared)
        return await self.post("/chat/files", data=form)

    async def uploaded(self, body: bytes = b"%PDF-1.7", name: str = "a.pdf") -> str:
        response = await self.upload(body, name)
        assert response.status == 201, await response.text()
        return str((await response.json())["id"])

    async def send(self, *files: str, text: str = "", client_id: str = "f1") -> ClientResponse:
        body = {"text": text, "client_id": client_id, "files": files}
        return await self.post("/chat/messages", body)

    async def give(self, email: str, **more: object) -> ClientResponse:
        return await self.post("/chat/email", {"email": email, **more})

    async def history(self, **query: object) -> list[dict[str, Any]]:
        given = {name: str(value) for name, value in query.items()}
        response = await self.get("/chat/messages", params=given)
        assert response.status == 200
        messages: list[dict[str, Any]] = (await response.json())["messages"]
        return messages

    def without_cookie(self) -> "Browser":
        return replace(self, cookie=None)

    def without_ticket(self) -> "Browser":
        return replace(self, ticket="")

    async def connect(self, after_seq: object = 0, **more: Any) -> "Line":  # noqa: ANN401 - as aiohttp's
        line = await self.dial(**more)
        await line.send(type="hello", ticket=self.ticket, after_seq=after_seq)
        return line

    async def dial(self, **headers: str) -> "Line":
        """Open a socket and say nothing."""
        shown = {"Origin": self.bot.url, **self._cookies(), **headers}
        socket = await self.bot.session.ws_connect(self.bot.url + "/chat/socket", headers=shown)
        return Line(socket)

    async def call(self, method: str, path: str, **more: Any) -> ClientResponse:  # noqa: ANN401 - as aiohttp's
        headers = {**self._cookies(), **more.pop("headers", {})}
        if self.ticket:
            headers = {TICKET_HEADER: self.ticket, **headers}
        response = await self.bot.session.request(
            method, self.bot.url + path, headers=headers, **more
        )
        await response.read()
        if set_cookie := response.headers.get("Set-Cookie"):
            self.cookie = set_cookie.partition(";")[0]
        return response

    def _cookies(self) -> dict[str, str]:
        return {"Cookie": self.cookie} if self.cookie else {}


@dataclass
class Line:
    """A browser's end of a socket."""

    socket: ClientWebSocketResponse

    async def send(self, **frame: object) -> None:
        await self.socket.send_json(frame)

    async def next(self, type: str = "message") -> dict[str, Any]:
        """Wait for the next frame of a type; others are passed over."""
        while True:
            frame: dict[str, Any] = await self.socket.receive_json(timeout=SOON)
            if frame["type"] == type:
                return frame

    async def texts(self, count: int) -> list[str]:
        """Wait for so many messages."""
        return [(await self.next())["message"]["text"] for _ in range(count)]

    async def closed(self) -> int | None:
        """Wait until the server hangs up; returns its reason."""
        with suppress(ConnectionError):
            while not self.socket.closed:
                message = await self.socket.receive(timeout=SOON)
                if message.type is WSMsgType.CLOSE:
                    return int(message.data)  # aiohttp forgets it if the line is gone by now
        return self.socket.close_code

    async def is_quiet(self, seconds: float = 0.3) -> bool:
        """Tell whether nothing comes for a while."""
        try:
            await self.socket.receive(timeout=seconds)
        except TimeoutError:
            return True
        return False


def settings(**changes: Any) -> WebChatSettings:  # noqa: ANN401 - as the settings have them
    usual = WebChatSettings(
        public_origin=f"http://127.0.0.1:{unused_port()}",
        allowed_origins=(SHOP, OTHER_SHOP),
        secrets=(SECRET,),
        title="Northwind",
        greeting=None,
        color="#0e6b58",
    )
    return replace(usual, **changes)


async def until(is_so: Callable[[], object]) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(SOON):
        while not is_so():  # noqa: ASYNC110 - what is waited for is in another process's hands
            await asyncio.sleep(0.01)


def new_session() -> ClientSession:
    return ClientSession(connector=TCPConnector(limit=0), cookie_jar=DummyCookieJar())
