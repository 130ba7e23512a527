"""The agents' socket: who gets in, what they hear, and when they are sent away."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse, WSServerHandshakeError
from aiohttp.test_utils import TestClient, TestServer
from redis.asyncio import Redis

from bot.core.arrivals import Arrival
from bot.core.events import VisitorWrote
from bot.core.model import Author, ConversationId, VisitorKey
from bot.desk.agent import Agent
from bot.desk.agents import OPERATOR, Agents, Newcomer
from bot.desk.sessions import Sessions, SessionToken
from bot.intake.record import record
from bot.ports.signals import (
    SIGNALS,
    ChangeSignal,
    SignalKind,
    read_signals,
    room_of,
    write_signals,
)
from bot.storage.database.engine import Database
from bot.web.app import make_app
from bot.web.inbox.socket import MOST_ROOMS
from tests.bot.agents import FAST, JONAS, MAYA, PASSWORD
from tests.bot.web.sites import HOST, Client, open_site
from tests.office import RULES

ORIGIN = "https://chat.example.com"
ANN = VisitorKey("webchat", "https://shop.example", "ann")
SIGNED_OUT, TOO_RUDE = 4401, 1008


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Inbox:
    """The inbox, and a way in."""

    client: Client
    database: Database

    @property
    def team(self) -> Sessions:
        return Sessions(self.database, now, FAST)

    def join(self, email: str = MAYA, name: str = "Maya Olsen") -> Agent:
        return Agents(self.database, now, FAST).add(Newcomer(email, PASSWORD, name), OPERATOR)

    async def ticket(self, session: SessionToken) -> str:
        answer = await self.client.get("/inbox/ticket", headers=self.headers(session))
        return str((await answer.json())["ticket"])

    def headers(self, session: str | None, origin: str | None = ORIGIN) -> dict[str, str]:
        cookie = {"Cookie": f"__Host-inbox={session}"} if session else {}
        return {**HOST, **cookie, **({"Origin": origin} if origin else {})}

    async def open(
        self, session: str | None, origin: str | None = ORIGIN
    ) -> ClientWebSocketResponse:
        return await self.client.ws_connect("/inbox/socket", headers=self.headers(session, origin))

    async def connect(self, session: SessionToken) -> ClientWebSocketResponse:
        """Come all the way in."""
        line = await self.open(session)
        await line.send_json({"type": "hello", "ticket": await self.ticket(session)})
        assert await line.receive_json(timeout=10) == {"type": "ready"}
        return line

    def write(self) -> int:
        """Let Ann write; returns the conversation."""
        arrival = Arrival(ANN, VisitorWrote("Hello", now(), now()), "m1", b"raw")
        with self.database.write() as connection:
            record(connection, [arrival], RULES, now()).save()
            return int(connection.exec_driver_sql("SELECT id FROM conversations").scalar_one())


@pytest.fixture
async def inbox(migrated_url: str, database: Database, redis_url: str) -> AsyncIterator[Inbox]:
    parts = open_site(migrated_url, redis_url)
    async with TestClient(TestServer(make_app(parts))) as client:
        async with asyncio.timeout(10):
            while not parts.inbox.live.is_subscribed:  # noqa: ASYNC110 - Redis decides when
                await asyncio.sleep(0.01)
        yield Inbox(client, database)


@pytest.fixture
def session(inbox: Inbox) -> SessionToken:
    return inbox.team.sign_in_as(inbox.join().id)


async def code_of(line: ClientWebSocketResponse) -> int | None:
    async with asyncio.timeout(15):
        while not line.closed:
            await line.receive()
    return line.close_code


async def publish(redis_url: str, *hints: ChangeSignal) -> None:
    async with Redis.from_url(redis_url) as client:
        await client.publish(SIGNALS, write_signals(hints))


async def hear(line: ClientWebSocketResponse, type: str) -> dict[str, Any]:
    async with asyncio.timeout(15):
        while True:
            frame: dict[str, Any] = await line.receive_json()
            if frame["type"] == type:
                return frame


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", None, "http://chat.example.com"]
)
async def test_pages_of_other_sites_get_no_socket(
    inbox: Inbox, session: SessionToken, origin: str | None
) -> None:
    with pytest.raises(WSServerHandshakeError) as refused:
        await inbox.open(session, origin)
    assert refused.value.status == 403


@pytest.mark.parametrize("session_given", [None, "nonsense"])
async def test_without_a_session_there_is_no_socket(
    inbox: Inbox, session_given: str | None
) -> None:
    with pytest.raises(WSServerHandshakeError) as refused:
        await inbox.open(session_given)
    assert refused.value.status == 401


async def test_a_ticket_is_good_once_and_for_its_own_session_only(
    inbox: Inbox, session: SessionToken
) -> None:
    other = inbox.team.sign_in_as(inbox.join(JONAS, "Jonas").id)
    spent = await inbox.ticket(session)
    first = await inbox.open(session)
    await first.send_json({"type": "hello", "ticket": spent})
    assert await first.receive_json(timeout=10) == {"type": "ready"}
    for ticket in ("", "nonsense", spent, await inbox.ticket(other)):
        line = await inbox.open(session)
        await line.send_json({"type": "hello", "ticket": ticket})
        assert await code_of(line) == SIGNED_OUT


async def test_who_does_not_say_hello_is_sent_away(inbox: Inbox, session: SessionToken) -> None:
    line = await inbox.open(session)
    await line.send_json({"type": "typing", "conversation": 1})
    assert await code_of(line) == TOO_RUDE


@pytest.mark.parametrize("frame", ["no json", "[]", "[" * 1_000, '{"type": "what"}', '{"type": 1}'])
async def test_nonsense_is_answered_and_ten_times_is_enough(
    inbox: Inbox, session: SessionToken, frame: str
) -> None:
    line = await inbox.connect(session)
    await line.send_str(frame)
    assert await hear(line, "error") == {"type": "error", "code": "bad_frame"}
    for _ in range(9):
        await line.send_str(frame)
    assert await code_of(line) == TOO_RUDE


async def test_a_session_that_ends_takes_its_sockets_along(
    inbox: Inbox, session: SessionToken
) -> None:
    line = await inbox.connect(session)
    await asyncio.to_thread(inbox.team.sign_out, session)
    async with asyncio.timeout(5):
        assert await code_of(line) == SIGNED_OUT


async def test_a_change_anywhere_is_signalled(
    inbox: Inbox, session: SessionToken, redis_url: str
) -> None:
    line = await inbox.connect(session)
    hints = [ChangeSignal(room_of(ANN), ConversationId(each), 1) for each in (7, 9, 7)]
    await publish(redis_url, *hints)
    assert await hear(line, "changed") == {"type": "changed", "conversations": [7, 9]}


async def test_many_changes_are_one_signal_without_names(
    inbox: Inbox, session: SessionToken, redis_url: str
) -> None:
    line = await inbox.connect(session)
    await publish(redis_url, *(ChangeSignal(1, ConversationId(each), 1) for each in range(1, 500)))
    assert await hear(line, "changed") == {"type": "changed", "conversations": []}


async def test_who_comes_and_leaves_is_signalled_by_the_last_that_is_known(
    inbox: Inbox, session: SessionToken, redis_url: str
) -> None:
    line = await inbox.connect(session)
    kinds = [(7, SignalKind.CAME), (8, SignalKind.CAME), (7, SignalKind.LEFT)]
    await publish(
        redis_url, *(ChangeSignal(room, ConversationId(0), kind=kind) for room, kind in kinds)
    )
    heard = await hear(line, "presence")
    assert heard == {"type": "presence", "rooms": {"7": False, "8": True}}


async def test_more_who_come_than_can_be_named_are_one_look_at_everything(
    inbox: Inbox, session: SessionToken, redis_url: str
) -> None:
    line = await inbox.connect(session)
    came = [
        ChangeSignal(room, ConversationId(0), kind=SignalKind.CAME)
        for room in range(MOST_ROOMS + 1)
    ]
    await publish(redis_url, *came)
    assert await hear(line, "changed") == {"type": "changed", "conversations": []}


async def test_typing_of_visitors_and_colleagues_is_shown_but_not_ones_own(
    inbox: Inbox, session: SessionToken, redis_url: str
) -> None:
    [maya] = inbox.team.list()
    jonas = inbox.join("jonas@shop.example", "Jonas Berg")
    line = await inbox.connect(session)

    def typing(author: Author, agent: int = 0) -> ChangeSignal:
        return ChangeSignal(
            room_of(ANN), ConversationId(7), agent, SignalKind.TYPING, author, "a forger"
        )

    hints = [typing(Author.AGENT, agent) for agent in (maya.id, 404, jonas.id)]
    await publish(redis_url, *hints)
    heard = await hear(line, "typing")
    assert (heard["conversation"], heard["author"], heard["name"]) == (7, "agent", "Jonas")
    await publish(redis_url, typing(Author.VISITOR))
    assert (await hear(line, "typing"))["author"] == "visitor"


async def test_an_agents_typing_reaches_the_visitor_and_colleagues(
    inbox: Inbox, session: SessionToken, redis_url: str
) -> None:
    written = await asyncio.to_thread(inbox.write)
    async with Redis.from_url(redis_url) as client, client.pubsub() as ear:
        await ear.subscribe(SIGNALS)
        line = await inbox.connect(session)
        for conversation in (written, 2**70, -1, 404):
            await line.send_json({"type": "typing", "conversation": conversation})
        hint = await first_hint(ear.get_message)
    [maya] = inbox.team.list()
    talk = ConversationId(written)
    assert hint == ChangeSignal(room_of(ANN), talk, maya.id, SignalKind.TYPING, Author.AGENT)


async def first_hint(get: Callable[..., Any]) -> ChangeSignal:
    async with asyncio.timeout(15):
        while True:
            message = await get(ignore_subscribe_messages=True, timeout=1)
            if message:
                return read_signals(message["data"], {room_of(ANN)})[0]


async def test_whoever_has_the_inbox_open_has_been_seen(
    inbox: Inbox, session: SessionToken
) -> None:
    before = now() - timedelta(seconds=1)
    await inbox.connect(session)
    async with asyncio.timeout(10):
        while True:
            [member] = await asyncio.to_thread(Agents(inbox.database, now, FAST).roster)
            if member.seen_at and member.seen_at > before:
                return
            await asyncio.sleep(0.05)
