"""A chat server in memory: all that a browser asks of the web chat, and an agent to talk to."""

import json
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import WSMsgType, web
from jinja2 import Environment, FileSystemLoader

from channels.webchat.slim import slim

_WEBCHAT = Path(__file__).parents[3] / "channels" / "webchat"
_WIDGET = _WEBCHAT / "widget"
_TEMPLATES = Environment(
    loader=FileSystemLoader(_WEBCHAT / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
_VERSION = "00000000"
_COOKIE = "__Host-visitor"
_ACCENT = {
    "light": {"accent": "#0e6b58", "on_accent": "#ffffff"},
    "dark": {"accent": "#46bfa0", "on_accent": "#05231b"},
}
_TYPES = {".js": "text/javascript", ".css": "text/css"}
_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' {socket}; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors {site}; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)

Json = dict[str, object]
Strings = dict[str, dict[str, object]]


@dataclass(slots=True)
class _Conversation:
    messages: list[Json] = field(default_factory=list)
    sockets: set[web.WebSocketResponse] = field(default_factory=set)
    email: str | None = None
    is_asked: bool = False
    is_closed: bool = False
    hinted: str | None = None
    read_seq: int = 0
    seen_seq: int = 0


@dataclass(slots=True)
class StandInChat:
    """Serves one origin; what it knows outlives a stop and a new start, as a database would."""

    origin: str
    sites: tuple[str, ...]
    title: str = "Northwind Outfitters"
    is_online: bool = True
    consent: str = "off"
    conversations: dict[tuple[str, str], _Conversation] = field(default_factory=dict)
    tickets: dict[str, tuple[str, str]] = field(default_factory=dict)
    asked_for: list[str] = field(default_factory=list)
    """The paths of the requests so far."""
    typed: int = 0
    """How often the visitor was said to type."""
    has_sockets: bool = True
    has_good_tickets: bool = True
    sets_cookie: bool = True
    dies_after_storing: bool = False
    """The next message is stored and nobody hears of it; nothing answers until a new start."""
    _is_dead: bool = False
    _now: datetime | None = None
    _runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen on the origin's port, on both loopback addresses."""
        self._is_dead = False
        app = web.Application(middlewares=[self._note])
        app.add_routes(
            [
                web.get("/widget.js", self._loader),
                web.get(f"/chat/static/{_VERSION}/{{name}}", _asset),
                web.get("/chat/frame", self._frame),
                web.get("/chat/messages", self._history),
                web.post("/chat/messages", self._store),
                web.post("/chat/email", self._take_email),
                web.post("/chat/decline", self._decline),
                web.get("/chat/socket", self._socket),
            ]
        )
        self._runner = web.AppRunner(app, shutdown_timeout=0)
        await self._runner.setup()
        port = int(self.origin.rpartition(":")[2])
        for host in ("127.0.0.1", "::1"):
            await web.TCPSite(self._runner, host, port).start()

    async def stop(self) -> None:
        """Go away at once, with every connection."""
        await self.cut()
        if self._runner:
            await self._runner.cleanup()
        self._runner = None

    async def reply(self, text: str, name: str = "Maya") -> None:
        """Answer as an agent, in the newest conversation."""
        await self._add("agent", "text", text, name=name)

    async def repeat(self) -> None:
        """Push the last message once more, as a reconnect may."""
        conversation = self._newest()
        await _push(conversation, {"type": "message", "message": conversation.messages[-1]})

    async def ask(self, text: str = "Where should we email our reply?") -> None:
        """Ask for an email."""
        self._newest().is_asked = True
        await self._add("bot", "capture_prompt", text)

    async def thank(self, text: str) -> None:
        """Take the address that a message held."""
        self._newest().is_asked = False
        await self._add("bot", "capture_thanks", text)

    async def go_away(self, text: str) -> None:
        """Say that nobody is here."""
        self.is_online = False
        await self._add("bot", "away", text)

    async def close(self) -> None:
        """Close the conversation as an agent does."""
        self._newest().is_closed = True

    async def type(self, name: str = "Maya") -> None:
        """Begin to type as an agent."""
        await _push(self._newest(), {"type": "typing", "name": name})

    async def see(self) -> None:
        """Look at all that the visitor wrote."""
        conversation = self._newest()
        conversation.seen_seq = len(conversation.messages)
        await _push(conversation, {"type": "seen", "seq": conversation.seen_seq})

    async def forget_tickets(self) -> None:
        """Let every ticket be too old, and cut the sockets that came with them."""
        self.tickets.clear()
        await self.cut()

    def set_clock(self, moment: str) -> None:
        """Let messages be of a moment."""
        self._now = datetime.fromisoformat(moment)

    def texts(self) -> list[object]:
        """What is stored in the newest conversation."""
        return [message["text"] for message in self._newest().messages]

    def last_email(self) -> str | None:
        """The address given in the newest conversation."""
        return self._newest().email

    def read_seq(self) -> int:
        """Up to where the visitor has read the newest conversation."""
        return self._newest().read_seq

    async def cut(self) -> None:
        """End every socket."""
        for conversation in self.conversations.values():
            while conversation.sockets:
                await conversation.sockets.pop().close(code=1001)

    def _newest(self) -> _Conversation:
        return list(self.conversations.values())[-1]

    async def _add(self, author: str, kind: str, text: str, name: str | None = None) -> None:
        await self._append(self._newest(), author=author, kind=kind, text=text, name=name)

    async def _append(self, conversation: _Conversation, **fields: object) -> Json:
        message: Json = {
            "seq": len(conversation.messages) + 1,
            "direction": "incoming" if fields["author"] == "visitor" else "outgoing",
            "attachments": [],
            "at": (self._now or datetime.now(UTC)).isoformat(),
            **fields,
        }
        conversation.messages.append(message)
        await _push(conversation, {"type": "message", "message": message})
        return message

    @web.middleware
    async def _note(
        self,
        request: web.Request,
        handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        self.asked_for.append(request.path)
        if self._is_dead:
            _hang_up(request)
        return await handler(request)

    async def _loader(self, _request: web.Request) -> web.Response:
        strings = {
            path.stem: _read(path)["launcher"]
            for path in sorted((_WIDGET / "strings").glob("*.json"))
        }
        settings = {
            "origin": self.origin,
            "title": self.title,
            "locale": "en",
            "accent": _ACCENT,
            "strings": strings,
        }
        written = json.dumps(settings, ensure_ascii=False, separators=(",", ":"))
        text = slim((_WIDGET / "widget.js").read_text()).replace("__SETTINGS__", written)
        return web.Response(text=text, content_type="text/javascript")

    async def _frame(self, request: web.Request) -> web.Response:
        site = request.query.get("origin", "")
        if site not in self.sites:
            raise web.HTTPForbidden
        visitor = request.cookies.get(_COOKIE) or secrets.token_urlsafe(32)
        ticket = secrets.token_urlsafe(16)
        self.tickets[ticket] = (visitor, site)
        language = request.query.get("lang", "en")
        path = _WIDGET / "strings" / f"{language.partition('-')[0]}.json"
        strings = _read(path if path.exists() else path.with_name("en.json"))
        page = _TEMPLATES.get_template("frame.html").render(
            lang=language,
            dir=request.query.get("dir", "ltr"),
            settings=self._settings(ticket, strings),
            strings=strings,
            asset=lambda name: f"/chat/static/{_VERSION}/{name}",
        )
        socket = self.origin.replace("http", "ws")
        response = web.Response(text=page, content_type="text/html")
        response.headers["Content-Security-Policy"] = _CSP.format(site=site, socket=socket)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        if self.sets_cookie:
            response.headers["Set-Cookie"] = (
                f"{_COOKIE}={visitor}; Path=/; Max-Age=34128000; Secure; HttpOnly; "
                "SameSite=None; Partitioned"
            )
        return response

    def _settings(self, ticket: str, strings: Strings) -> Json:
        place = self.tickets[ticket]
        conversation = self.conversations.get(place) or _Conversation()
        return {
            "ticket": ticket,
            "site": place[1],
            "title": self.title,
            "greeting": strings["page"]["greeting" if self.is_online else "greeting_away"],
            "online": self.is_online,
            "accent": _ACCENT,
            "consent": self.consent,
            "strings": strings["script"],
            "conversation": {
                "messages": conversation.messages[-50:],
                "last_seq": len(conversation.messages),
                "read_seq": conversation.read_seq,
                "seen_seq": conversation.seen_seq,
                "status": "closed" if conversation.is_closed else "open",
                "asked": conversation.is_asked,
            },
        }

    def _place(self, request: web.Request) -> tuple[str, str]:
        place = self.tickets.get(request.headers.get("X-Chat-Ticket", ""))
        if place is None:
            raise web.HTTPUnauthorized
        return place

    async def _history(self, request: web.Request) -> web.Response:
        conversation = self.conversations.get(self._place(request)) or _Conversation()
        messages = conversation.messages
        if "before_seq" in request.query:
            before = int(request.query["before_seq"]) - 1
            chosen = messages[max(0, before - 50) : before]
        else:
            after = int(request.query.get("after_seq", 0))
            chosen = messages[after : after + 100]
        return web.json_response({"messages": chosen, "last_seq": len(messages)})

    async def _store(self, request: web.Request) -> web.Response:
        conversation = self.conversations.setdefault(self._place(request), _Conversation())
        body = await request.json()
        if not body["text"].strip():
            return _error(422, "empty")
        for message in conversation.messages:
            if message.get("client_id") == body["client_id"]:
                if message["text"] != body["text"]:
                    return _error(409, "client_id_taken")
                return web.json_response(message)
        conversation.is_closed = False
        fields = {"kind": "text", "text": body["text"], "client_id": body["client_id"]}
        if self.dies_after_storing:
            self.dies_after_storing, self._is_dead = False, True
            await self.cut()
            await self._append(conversation, author="visitor", **fields)
            _hang_up(request)
        message = await self._append(conversation, author="visitor", **fields)
        return web.json_response(message, status=201)

    async def _take_email(self, request: web.Request) -> web.Response:
        conversation = self.conversations.setdefault(self._place(request), _Conversation())
        body = await request.json()
        email = str(body["email"])
        if self.consent == "required" and body.get("consent") is not True:
            return _error(422, "consent_required")
        if "@" not in email or "." not in email.partition("@")[2]:
            return _error(422, "bad_email")
        if email.endswith("@gmial.com") and conversation.hinted != email:
            conversation.hinted = email
            return _error(422, "typo", suggestion=email.replace("gmial", "gmail"))
        conversation.email = email
        conversation.is_asked = False
        text = f"Thank you. We will use {email} to reply to you."
        await self._append(conversation, author="bot", kind="capture_thanks", text=text)
        return web.json_response({"email": email})

    async def _decline(self, request: web.Request) -> web.Response:
        conversation = self.conversations.setdefault(self._place(request), _Conversation())
        conversation.is_asked = False
        return web.Response(status=204)

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        if not self.has_sockets:
            raise web.HTTPNotFound
        socket = web.WebSocketResponse(heartbeat=20)
        await socket.prepare(request)
        hello = await socket.receive_json()
        place = self.tickets.get(str(hello["ticket"]))
        if place is None or not self.has_good_tickets:
            await socket.close(code=4401)
            return socket
        # an empty one stands for a visitor who has not written: nothing is stored of it
        conversation = self.conversations.setdefault(place, _Conversation())
        conversation.sockets.add(socket)
        for message in conversation.messages[int(hello["after_seq"]) :]:
            await socket.send_json({"type": "message", "message": message})
        async for frame in socket:
            if frame.type is not WSMsgType.TEXT:
                break
            content = json.loads(frame.data)
            self.typed += content["type"] == "typing"
            if content["type"] == "seen":
                conversation.read_seq = max(conversation.read_seq, int(content["seq"]))
        conversation.sockets.discard(socket)
        return socket


def _hang_up(request: web.Request) -> None:
    if request.transport:
        request.transport.abort()
    raise ConnectionResetError


async def _push(conversation: _Conversation, frame: Json) -> None:
    for socket in tuple(conversation.sockets):
        with suppress(ConnectionError):
            await socket.send_json(frame)


async def _asset(request: web.Request) -> web.Response:
    path = _WIDGET / request.match_info["name"]
    if path.suffix not in _TYPES or not path.is_file():
        raise web.HTTPNotFound
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return web.Response(
        text=slim(path.read_text()), content_type=_TYPES[path.suffix], headers=headers
    )


def _error(status: int, code: str, **more: object) -> web.Response:
    return web.json_response({"error": {"code": code, "message": code, **more}}, status=status)


def _read(path: Path) -> Strings:
    strings: Strings = json.loads(path.read_text())
    return strings
