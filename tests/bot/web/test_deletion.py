"""Meta's data deletion callback: what it takes, what it answers, what anybody may see."""

import asyncio
import io
import re
from typing import Any

import sqlalchemy as sa
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.core.events import VisitorWrote
from bot.erasure import DeletionDesk
from bot.storage.database.engine import Database
from bot.storage.outbox.rows import Work
from channels.meta.app import MetaApp
from channels.meta.deletion import PATH, DeletionPages
from tests.bot.traces import bury, snapshot, traces
from tests.bot.web.deletions import DONE, NOTHING, ORIGIN, PENDING, Client, ask, look
from tests.factories import ADA, NOON
from tests.fakes import QuietDoorbell
from tests.office import BEN, Office
from tests.signed_requests import encode, seal, sign

DEEP = "[" * 100_000 + "]" * 100_000


REFUSED: dict[str, dict[str, Any]] = {
    "D01-no-field": {},
    "D01-empty": {"signed_request": ""},
    "D01-no-dot": {"signed_request": "nodot"},
    "D01-only-a-dot": {"signed_request": "."},
    "D01-dot-lost": {"signed_request": sign().replace(".", "")},
    "D01-twice": {"signed_request": [sign(), sign()]},
    "D02-another-signature": {"signed_request": sign("not-our-secret")},
    "D02-signed-with-nothing": {"signed_request": sign("")},
    "D02-no-signature": {"signed_request": "." + sign().partition(".")[2]},
    "D02-cut-signature": {"signed_request": sign()[1:]},
    "D02-longer-payload": {"signed_request": sign() + "A"},
    "D02-letters-that-are-no-digits": {"signed_request": "é" + sign()},
    "D02-signed-letters-that-are-no-digits": {"signed_request": seal("é")},
    "D02-half-a-byte": {"signed_request": seal("A")},
    "D02-nothing-signed": {"signed_request": seal("")},
    "D02-not-json": {"signed_request": seal(encode(b"hello"))},
    "D02-a-list": {"signed_request": seal(encode(b"[1]"))},
    "D02-null": {"signed_request": seal(encode(b"null"))},
    "D02-not-unicode": {"signed_request": seal(encode(b'{"a":"\xff"}'))},
    "D02-deep": {"signed_request": seal(encode(DEEP.encode()))},
    "D02-a-long-number": {"signed_request": seal(encode(b"9" * 10_000))},
    "D04-none": {"signed_request": sign(algorithm="none")},
    "D04-sha1": {"signed_request": sign(algorithm="HMAC-SHA1")},
    "D04-null": {"signed_request": sign(algorithm=None)},
    "D04-missing": {"signed_request": seal(encode(b'{"user_id":"1"}'))},
    "D04-a-list": {"signed_request": sign(algorithm=["HMAC-SHA256"])},
    "nobody": {"signed_request": sign(user_id=None)},
    "an-empty-id": {"signed_request": sign(user_id="")},
    "a-path": {"signed_request": sign(user_id="me/../1")},
    "a-nul": {"signed_request": sign(user_id="1\x00")},
    "a-long-id": {"signed_request": sign(user_id="1" * 2_000)},
    "many-fields": {f"field{number}": "x" for number in range(20)},
}


async def test_what_is_not_metas_word_is_refused(client: Client, asked: Office) -> None:
    taken = []
    for name, form in REFUSED.items():
        async with client.post(PATH, data=form) as response:
            if (response.status, await response.text()) != (400, "Bad Request"):
                taken.append(name)
    assert taken == []
    assert not asked.rows("deletion_requests")


async def test_a_body_that_is_no_form_is_refused(client: Client) -> None:
    async with client.post(PATH, json={"signed_request": sign()}) as response:
        assert response.status == 400
    async with client.post(PATH, data=b"signed_request=\xff") as response:
        assert response.status == 400


async def test_a_body_that_is_too_large_is_refused(client: Client, asked: Office) -> None:
    body = f"signed_request={sign(filler='x' * 1_000_000)}".encode()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    async with client.post(PATH, data=io.BytesIO(body), headers=form) as response:
        assert (response.status, await response.text()) == (400, "Bad Request")
    assert not asked.rows("deletion_requests")


async def test_of_an_unknown_id_nothing_is_stored(client: Client, asked: Office) -> None:
    answered = await ask(client, sign(user_id="404"))
    code = answered["confirmation_code"]
    assert answered["url"] == f"{ORIGIN}/meta/data-deletion/{code}"
    assert await look(client, code) == PENDING
    asked.work()
    assert await look(client, code) == NOTHING
    async with client.get(f"{PATH}/{code}") as response:
        assert "Nothing is stored under this id." in await response.text()
    assert asked.count("visitors") == 2


async def test_everything_of_the_person_is_gone_and_nothing_brings_it_back(
    client: Client, asked: Office, doorbell: QuietDoorbell
) -> None:
    asked.write(ADA)
    asked.reply("pending for Ann")
    bury(asked, b'{"sender": {"id": "ann"}}', b'{"sender": {"id": "ben"}}')
    others = snapshot(asked, BEN)
    code = (await ask(client))["confirmation_code"]
    [order] = asked.rows("outbox", kind=Work.DELETE_PERSON)
    assert doorbell.rung == [order["id"]]
    asked.work()
    assert await look(client, code) == DONE
    asked.pass_time(3600)
    sent = len(asked.channel.sent)
    asked.work()
    asked.receive(VisitorWrote("this is Ann", NOON, asked.now), key="m_1")
    assert len(asked.channel.sent) == sent
    assert not traces(asked, "'ann'", "'ada", "Ann", '"ann"')
    assert snapshot(asked, BEN) == others
    assert asked.count("dead_letters") == 1


async def test_a_guessed_code_opens_nothing(client: Client) -> None:
    code = (await ask(client))["confirmation_code"]
    assert re.fullmatch("[0-9a-f]{40}", code)
    unknown = set()
    for guess in ("0" * 40, code[:-1] + "g", code[:-1], code.upper(), "%00" * 40, "x"):
        async with client.get(f"{PATH}/{guess}") as response:
            unknown.add((response.status, await response.text()))
    async with client.get("/no/such/page") as response:
        assert unknown == {(response.status, await response.text())}
        assert response.status == 404


async def test_the_same_request_again_gets_the_same_code(client: Client, asked: Office) -> None:
    first = await ask(client)
    assert await ask(client) == first
    asked.work()
    assert await ask(client) == first
    assert await look(client, first["confirmation_code"]) == DONE
    assert asked.count("outbox", kind=Work.DELETE_PERSON) == 1


async def test_twenty_at_once_get_one_code(client: Client, asked: Office) -> None:
    answers = await asyncio.gather(*(ask(client) for _ in range(20)))
    assert len({answered["confirmation_code"] for answered in answers}) == 1
    assert asked.count("outbox", kind=Work.DELETE_PERSON) == 1


async def test_a_later_request_is_another_one(client: Client, asked: Office) -> None:
    first = await ask(client)
    asked.work()
    asked.pass_time(60)
    asked.write("Ann is back")
    second = await ask(client, sign(issued_at=1_767_700_000))
    assert second != first
    asked.work()
    assert await look(client, second["confirmation_code"]) == DONE
    assert not traces(asked, "'ann'")


async def test_a_database_that_is_gone_takes_no_requests(
    own_database: Database, apps: list[MetaApp], doorbell: QuietDoorbell
) -> None:
    with own_database.write() as connection:
        connection.execute(sa.text("DROP TABLE deletion_requests"))
    app = web.Application()
    desk = DeletionDesk(own_database, doorbell, lambda: NOON)
    app.add_routes(DeletionPages("messenger", desk, apps, ORIGIN).routes())
    async with TestClient(TestServer(app)) as client:
        async with client.post(PATH, data={"signed_request": sign()}) as response:
            assert response.status == 503
        async with client.get(f"{PATH}/{'0' * 40}") as response:
            assert response.status == 503
    assert not doorbell.rung
