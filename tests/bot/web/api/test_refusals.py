"""Requests that don't fit: each gets its status and the one form of error."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.core.model import ConversationId
from bot.desk import Desk
from bot.storage.database.engine import Database
from bot.web.api import add_api
from config.rules import CaptureRules
from tests.bot.web.api.calls import AUTHORIZED, TOKEN, Api
from tests.factories import NOON
from tests.fakes import QuietDoorbell
from tests.office import Office

JSON = {**AUTHORIZED, "Content-Type": "application/json"}


@pytest.fixture
def migrated_url(migrated_file: Path, tmp_path: Path) -> str:
    """One engine is enough here."""
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'whosthere.db')}"


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/conversations/1099511627776",
        "/conversations/0",
        "/conversations/-1",
        "/conversations/01",
        "/conversations/1e3",
        "/conversations/9223372036854775808",
        "/conversations/" + "9" * 5_000,
        "/conversations/%00",
        "/conversations/\u0661",
        "/contacts/1099511627776",
        "/conversations/1099511627776/messages",
    ],
)
async def test_what_is_not_there_is_one_answer(api: Api, path: str) -> None:
    reply = await api.get(path)
    assert (reply.status, reply.code) == (404, "not_found")
    assert reply.body["error"]["message"] == "There is no such thing here."


async def test_a_method_that_is_not_there_says_which_are(api: Api) -> None:
    reply = await api.call("PUT", "/contacts/1")
    assert (reply.status, reply.code) == (405, "method_not_allowed")
    assert reply.headers["Allow"] == "GET,PATCH"


@pytest.mark.parametrize(
    "query",
    [
        "status=opened",
        "status=",
        "unknown=maybe",
        "unknown=1",
        "limit=0",
        "limit=-1",
        "limit=1e9",
        "limit=abc",
        "limit=%201",
        "limit=1_0",
        "limit=9999999999999999999",
        "cursor=nonsense",
        "cursor=" + "a" * 201,
        "q=a%00b",
        "q=" + "a" * 1_001,
        "assignee=%00",
        "channel=%00",
        "limit=1&limit=2",
        "sort=name",
    ],
)
async def test_a_query_that_says_nothing_sensible_is_refused(api: Api, query: str) -> None:
    reply = await api.get("/conversations?" + query)
    assert (reply.status, reply.code) == (422, "invalid")


@pytest.mark.parametrize(
    "query",
    [
        "after_seq=-1",
        "before_seq=-1",
        "before_seq=1e9",
        "before_seq=abc",
        "before_seq=9223372036854775808",
        "after_seq=2147483648",
        "after_seq=1&before_seq=9",
    ],
)
async def test_a_number_that_is_none_is_refused(
    api: Api, conversation_id: ConversationId, query: str
) -> None:
    reply = await api.get(f"/conversations/{conversation_id}/messages?{query}")
    assert (reply.status, reply.code) == (422, "invalid")


async def test_a_huge_limit_is_cut(api: Api, office: Office) -> None:
    for number in range(101):
        office.write(key=f"m_{number}")
    [row] = office.rows("conversations")
    path = f"/conversations/{row['id']}/messages"
    for query, count in [("?limit=1000000", 100), ("?after_seq=0", 100), ("", 50)]:
        assert len((await api.get(path + query)).body["messages"]) == count


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"null",
        b"NaN",
        b'{"text": "Hi", "client_id": "c", "note": NaN}',
        b'{"text": "Hi"}',
        b'{"text": "Hi", "client_id": "c", "extra": 1}',
        b'{"text": 1, "client_id": "c"}',
        b'{"text": "Hi", "client_id": "c", "note": 1}',
        b'{"text": "Hi", "client_id": "c", "note": "true"}',
        b'{"text": null, "client_id": "c"}',
        b'{"text": "", "client_id": "c"}',
        b'{"text": "  ", "client_id": "c"}',
        b'{"text": "a\\u0000b", "client_id": "c"}',
        b'{"text": "a\\ud83d", "client_id": "c"}',
        b'{"text": "\xff", "client_id": "c"}',
        b'{"text": "Hi", "client_id": ""}',
        b'{"text": "Hi", "client_id": "' + b"c" * 101 + b'"}',
        b'{"text": "' + b"a" * 4_001 + b'", "client_id": "c"}',
        b'{"text": ' + b"[" * 20_000 + b"]" * 20_000 + b"}",
        b'{"text": ' + b"9" * 20_000 + b"}",
    ],
)
async def test_a_body_that_does_not_fit_is_refused(
    api: Api, office: Office, conversation_id: ConversationId, body: bytes
) -> None:
    path = f"/conversations/{conversation_id}/messages"
    reply = await api.call("POST", path, data=body, headers=JSON)
    assert (reply.status, reply.code) == (422, "invalid")
    assert office.count("messages") == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json-seq"},
        {"Content-Type": ""},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    ],
)
async def test_only_plain_json_is_read(
    api: Api, conversation_id: ConversationId, headers: dict[str, str]
) -> None:
    path = f"/conversations/{conversation_id}/messages"
    body = json.dumps({"text": "Hi", "client_id": "c"}).encode()
    reply = await api.call("POST", path, data=body, headers={**AUTHORIZED, **headers})
    assert (reply.status, reply.code) == (415, "unsupported_media_type")


async def test_json_may_name_its_charset(api: Api, conversation_id: ConversationId) -> None:
    path = f"/conversations/{conversation_id}/messages"
    headers = {**AUTHORIZED, "Content-Type": "application/json; charset=UTF-8"}
    body = json.dumps({"text": "Hi", "client_id": "c"}).encode()
    assert (await api.call("POST", path, data=body, headers=headers)).status == 201


async def test_a_large_body_is_refused(api: Api) -> None:
    reply = await api.post("/contacts", {"email": "a" * 70_000})
    assert (reply.status, reply.code) == (413, "too_large")


async def test_a_large_body_is_refused_even_if_it_does_not_say_so(api: Api) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(70):
            yield b" " * 1_024
            await asyncio.sleep(0)

    reply = await api.call("POST", "/contacts", data=chunks(), headers=JSON)
    assert (reply.status, reply.code) == (413, "too_large")


async def test_a_refusal_does_not_repeat_what_was_sent(api: Api) -> None:
    reply = await api.post("/contacts", {"email": "ada@example.com", "first_name": {"a": "secret"}})
    assert reply.status == 422
    assert "secret" not in reply.body["error"]["message"]


async def test_answers_are_kept_by_no_cache(api: Api) -> None:
    assert (await api.get("/conversations")).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_database_that_is_gone_is_worth_another_try(tmp_path: Path, method: str) -> None:
    desk = Desk(
        Database(f"sqlite:///{tmp_path}"), CaptureRules, QuietDoorbell(), lambda: NOON
    )  # a directory is no database
    app = web.Application()
    add_api(app, desk, [TOKEN])
    async with TestClient(TestServer(app)) as client:
        body = None if method == "GET" else {"email": "ada@example.com"}
        reply = await Api(client).call(method, "/contacts", json=body)
    assert (reply.status, reply.code) == (503, "unavailable")
    assert reply.headers["Retry-After"] == "1"
