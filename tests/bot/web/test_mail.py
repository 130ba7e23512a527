"""One click ends mails; and answers come in by a door with a lock."""

import asyncio
import re
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from typing import TypeAlias

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.edge.child_process import ChildProcess
from bot.edge.plain_page import PlainPages
from bot.follow_ups.answers import AnswerDesk, Parse
from bot.follow_ups.unsubscribing import Unsubscribing
from bot.follow_ups.withdrawing import Withdrawing
from bot.mail.inbound import MOST_BYTES, read_mail
from bot.mail.parser import MailParser
from bot.storage.database.engine import Database
from bot.web.mail import MailPages
from bot.web.mail_door import MailDoor
from channels.base import NobodyCounts
from tests.bot.mail.test_parser import STUBBORN
from tests.letters import answer
from tests.mail_server import PostOffice, post
from tests.mailroom import ORIGIN, MailRoom
from tests.office import Office

__all__ = ["post"]  # for pytest to find
Client: TypeAlias = TestClient[web.Request, web.Application]
GUESS = f"reply+{0:032x}@shop.example"
BEARER = {"Authorization": "Bearer hush"}


@pytest.fixture
def room(office: Office, post: PostOffice) -> MailRoom:
    return MailRoom(office, post)


def app_of(room: MailRoom, database: Database, parse: Parse = read_mail) -> web.Application:
    office = room.office
    app = web.Application()
    unsubscribing = Unsubscribing(database, room.stationery.signer, lambda: office.now)
    withdrawing = Withdrawing(
        database,
        lambda: office.rules,
        room.stationery.signer,
        room.doorbell,
        lambda: office.now,
    )
    pages = MailPages(unsubscribing, withdrawing, PlainPages("#0e6b58"), "en")
    app.add_routes(pages.routes())
    desk = AnswerDesk(
        database,
        lambda: office.rules,
        room.doorbell,
        lambda: office.now,
        "reply@shop.example",
        parse,
    )
    app.add_routes(MailDoor(desk, "hush", NobodyCounts()).routes())
    return app


@pytest.fixture
async def client(room: MailRoom) -> AsyncIterator[Client]:
    async with TestClient(TestServer(app_of(room, room.office.database))) as client:
        yield client


@pytest.fixture
def nowhere() -> Iterator[Database]:
    """A database that is away."""
    database = Database("postgresql://nobody@127.0.0.1:1/none")
    yield database
    database.close()


def unsubscribe_path(room: MailRoom) -> str:
    found = re.fullmatch(
        rf"<{ORIGIN}(/mail/unsubscribe/\S+)>", room.follow_up()["List-Unsubscribe"]
    )
    assert found
    return found[1]


async def test_one_click_without_a_cookie_ends_the_mails(room: MailRoom, client: Client) -> None:
    path = unsubscribe_path(room)
    for _ in range(2):  # repeated: the same answer
        response = await client.post(path, data={"List-Unsubscribe": "One-Click"})
        assert response.status == 200
        assert "Set-Cookie" not in response.headers
    assert [row["reason"] for row in room.office.rows("suppressions")] == ["unsubscribed"]
    room.reply(room.come())
    room.wait()
    assert len(room.post.mails) == 1


async def test_a_forged_token_looks_like_an_unknown_one(room: MailRoom, client: Client) -> None:
    path = unsubscribe_path(room)
    forged = [path[:-1] + ("A" if path[-1] != "A" else "B"), "/mail/unsubscribe/guess", path + "x"]
    for method in ("GET", "POST"):
        answers = [await client.request(method, each) for each in forged]
        assert {one.status for one in answers} == {404}
        assert len({await one.text() for one in answers}) == 1
    assert room.office.rows("suppressions") == []


async def test_a_scanner_that_opens_the_link_ends_nothing(room: MailRoom, client: Client) -> None:
    response = await client.get(unsubscribe_path(room), headers={"Accept-Language": "de-AT, en"})
    text = await response.text()
    assert response.status == 200
    assert "E-Mails abstellen" in text
    assert 'method="post"' in text
    assert "ada@example.com" not in text
    assert room.office.rows("suppressions") == []


async def test_an_answer_comes_in_by_the_door(room: MailRoom, client: Client) -> None:
    to = str(room.follow_up()["Reply-To"])
    response = await client.post("/webhooks/email", data=answer(to), headers=BEARER)
    assert response.status == 200
    assert room.office.rows("messages")[-1]["text"] == "Monday is fine."


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "hush"}]
)
async def test_without_the_secret_nothing_comes_in(
    room: MailRoom, client: Client, headers: dict[str, str]
) -> None:
    to = str(room.follow_up()["Reply-To"])
    before = room.office.count("messages")
    response = await client.post("/webhooks/email", data=answer(to), headers=headers)
    assert response.status == 403
    assert room.office.count("messages") == before


async def test_too_large_a_mail_is_not_read(room: MailRoom, client: Client) -> None:
    body = BytesIO(b"x" * (MOST_BYTES + 1))
    response = await client.post("/webhooks/email", data=body, headers=BEARER)
    assert response.status == 413

    async def drip() -> AsyncIterator[bytes]:
        for _ in range(12):
            yield b"x" * 1024 * 1024

    try:
        streamed = await client.post("/webhooks/email", data=drip(), headers=BEARER)
    except ConnectionError:
        pass  # hung up on while it still sent
    else:
        assert streamed.status == 413
    assert room.office.count("dead_letters") == 0


async def test_a_mail_that_can_not_be_stored_now_is_asked_for_again(
    room: MailRoom, nowhere: Database
) -> None:
    async with TestClient(TestServer(app_of(room, nowhere))) as client:
        response = await client.post("/webhooks/email", data=answer(GUESS), headers=BEARER)
        assert (response.status, response.headers["Retry-After"]) == (503, "5")


async def test_a_mail_waits_for_no_thread_of_somebody_else_s(
    room: MailRoom, client: Client
) -> None:
    to, let_go = str(room.follow_up()["Reply-To"]), threading.Event()
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    waiting = asyncio.create_task(asyncio.to_thread(let_go.wait))
    try:
        async with asyncio.timeout(30):
            response = await client.post("/webhooks/email", data=answer(to), headers=BEARER)
    finally:
        let_go.set()
        await waiting
    assert response.status == 200


async def test_while_mails_hold_the_parser_few_wait_and_a_stop_lets_all_go(
    room: MailRoom,
) -> None:
    to = str(room.follow_up()["Reply-To"])
    parser = MailParser(ChildProcess(STUBBORN, timedelta(seconds=60)))
    app = app_of(room, room.office.database, parser.read)
    async with TestClient(TestServer(app)) as client:

        async def post(key: str) -> int:
            body = answer(to, "sleep", key=key)
            return (await client.post("/webhooks/email", data=body, headers=BEARER)).status

        eager = [asyncio.create_task(post(str(number))) for number in range(9)]
        done, waiting = await asyncio.wait(eager, timeout=30, return_when=asyncio.FIRST_COMPLETED)
        parser.stop()
        assert [each.result() for each in done] == [503]
        assert await asyncio.gather(*waiting) == [503] * 8
    assert room.office.rows("dead_letters") == []
