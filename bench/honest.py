"""Honest visitors and agents, as a process of its own: `python -m bench.honest PLAN`.

PLAN is JSON. For each request a line goes out: when it began by the clock that processes share,
how many seconds it took, of which kind it was and how it was answered (0: not at all).
"""

import asyncio
import json
import random
import re
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

from aiohttp import ClientError, ClientSession, ClientTimeout, CookieJar

from channels.meta.signature import sign

_PAUSE = 0.8, 1.2  # seconds
_PATIENCE = ClientTimeout(total=20)
_TALKS = re.compile(r"/inbox/(\d+)")
_CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')
_SIGNS_IN_EVERY = 5  # rounds


@dataclass(frozen=True)
class Plan:
    """Where to go, and who comes."""

    origin: str
    app_secret: str
    page: str
    chatting: int
    on_messenger: int
    agents: list[tuple[str, str]]
    """Emails and passwords."""


@dataclass
class Person:
    """An honest visitor at a network address of its own."""

    plan: Plan
    address: str
    session: ClientSession
    numbers: "count[int]" = field(default_factory=count)

    async def ask(self, kind: str, path: str, **more: object) -> str:
        """Send one request, GET or POST, and tell how it went; returns the body."""
        headers = {"X-Forwarded-For": self.address, **more.pop("headers", {})}  # type: ignore[dict-item] # always a dict
        method = "POST" if more else "GET"
        started, status, text = time.monotonic(), 0, ""
        try:
            url = f"{self.plan.origin}{path}"
            async with self.session.request(method, url, headers=headers, **more) as answer:  # type: ignore[arg-type] # aiohttp's own words
                text, status = await answer.text(), answer.status
        except (ClientError, TimeoutError):
            pass
        _tell(started, kind, status)
        return text


async def chat(me: Person) -> None:
    """Open the chat, write, read, and come back by the socket."""
    origin = {"Origin": me.plan.origin}
    opened = json.loads(await me.ask("chat: open", "/chat/session", json={}, headers=origin))
    shown = {**origin, "X-Chat-Ticket": opened["ticket"]}
    email = {"email": f"visitor-{me.address}@example.com"}
    await me.ask("chat: email", "/chat/email", json=email, headers=shown)
    while True:
        await me.ask("chat: frame", "/chat/frame", headers=shown)
        await _pause()
        body = {"text": "Hello, do you ship to Iceland?", "client_id": str(next(me.numbers))}
        await me.ask("chat: write", "/chat/messages", json=body, headers=shown)
        await _pause()
        read = json.loads(await me.ask("chat: read", "/chat/messages", headers=shown) or "{}")
        await _pause()
        await _greet(me, opened["ticket"], read.get("last_seq", 0))
        await _pause()


async def _greet(me: Person, ticket: str, last_seq: int) -> None:
    started, status = time.monotonic(), 0
    headers = {"Origin": me.plan.origin, "X-Forwarded-For": me.address}
    try:
        async with asyncio.timeout(20):
            url = f"{me.plan.origin}/chat/socket"
            async with me.session.ws_connect(url, headers=headers) as socket:
                hello = {"type": "hello", "ticket": ticket, "after_seq": last_seq}
                await socket.send_json(hello)
                async for frame in socket:
                    if json.loads(frame.data)["type"] == "status":
                        status = 200
                        break
    except (ClientError, TimeoutError, ValueError, TypeError):
        pass
    _tell(started, "chat: socket", status)


async def write_on_messenger(me: Person) -> None:
    """Write by Messenger: Meta signs and delivers."""
    visitor = "7" + "".join(re.findall(r"\d", me.address)).zfill(15)
    while True:
        body = _webhook(me.plan.page, visitor, next(me.numbers))
        signed = {
            "X-Hub-Signature-256": sign(me.plan.app_secret, body),
            "Content-Type": "application/json",
        }
        await me.ask("Messenger: write", "/webhooks/messenger", data=body, headers=signed)
        await _pause()


def _webhook(page: str, visitor: str, number: int) -> bytes:
    now = int(time.time() * 1000)
    item = {
        "sender": {"id": visitor},
        "recipient": {"id": page},
        "timestamp": now,
        "message": {"mid": f"m_{visitor}_{number}", "text": "Do you ship to Iceland?"},
    }
    return json.dumps(
        {"object": "page", "entry": [{"id": page, "time": now, "messaging": [item]}]}
    ).encode()


async def work(me: Person, email: str, password: str) -> None:
    """Sign in, look at the inbox and at conversations, and reply; now and then sign in again."""
    form = {"email": email, "password": password, "next": "/inbox"}
    fragment = {"HX-Request": "true"}
    for round in count():  # noqa: A001 - the right word
        if round % _SIGNS_IN_EVERY == 0:
            await me.ask("inbox: sign in", "/inbox/login", data=form)
        await me.ask("inbox: page", "/inbox")
        await _pause()
        listed = await me.ask("inbox: list", "/inbox/list", headers=fragment)
        await _pause()
        talks = _TALKS.findall(listed)
        if not talks:
            continue
        here = f"/inbox/{random.choice(talks)}"
        shown = await me.ask("inbox: conversation", here)
        await _pause()
        token = _CSRF.search(shown)
        if token:
            words = {"csrf": token[1], "text": "Yes, we do.", "client_id": f"{me.address}-{round}"}
            await me.ask("inbox: reply", f"{here}/messages", data=words, headers=fragment)
            await _pause()


async def _pause() -> None:
    await asyncio.sleep(random.uniform(*_PAUSE))


def _tell(started: float, kind: str, status: int) -> None:
    print(json.dumps([started, time.monotonic() - started, kind, status]), flush=True)


async def come(plan: Plan) -> None:
    """Let everybody come, and go on until the process is ended."""
    async with asyncio.TaskGroup() as group:
        for number in range(plan.chatting):
            group.create_task(_as(plan, f"10.1.0.{number + 1}", chat))
        for number in range(plan.on_messenger):
            group.create_task(_as(plan, f"10.2.0.{number + 1}", write_on_messenger))
        for number, (email, password) in enumerate(plan.agents):
            act = _working(email, password)
            group.create_task(_as(plan, f"10.3.0.{number + 1}", act))


def _working(email: str, password: str) -> Callable[[Person], Awaitable[None]]:
    return lambda person: work(person, email, password)


async def _as(plan: Plan, address: str, act: Callable[[Person], Awaitable[None]]) -> None:
    async with _session() as session:
        await _pause()
        await act(Person(plan, address, session))


@asynccontextmanager
async def _session() -> AsyncIterator[ClientSession]:
    async with ClientSession(timeout=_PATIENCE, cookie_jar=CookieJar(unsafe=True)) as session:
        yield session


if __name__ == "__main__":
    asyncio.run(come(Plan(**json.loads(sys.argv[1]))))
