"""What all answers of the web process have in common."""

import json
import logging
from collections.abc import Iterator

import pytest
from aiohttp import web

from bot.edge.refusals import REFUSALS
from bot.runtime.logs import set_up_logs
from bot.web.api.answers import explain_refusals
from bot.wiring.settings import given_settings
from channels.webchat.answers import Handler, explained
from tests.bot.web.sites import HOST, Client, Serve, make_site

WORDS = "canary@example.com and a token"


async def fail(_request: web.Request) -> web.Response:
    raise RuntimeError(WORDS)


def api(handler: Handler) -> Handler:
    """Wrap a handler as the API does with its own."""

    async def answer(request: web.Request) -> web.StreamResponse:
        return await explain_refusals(request, handler)

    return answer


@pytest.fixture(autouse=True)
def log_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    yield
    root.setLevel(level)
    root.handlers[:] = handlers


@pytest.fixture
async def site(aiohttp_client: Serve, sqlite_url: str, redis_url: str) -> Client:
    return await aiohttp_client(make_site(sqlite_url, redis_url, web.get("/fail", fail)))


@pytest.mark.parametrize(
    "host",
    ["evil.example", "chat.example.com.evil.example", "chat.example.com:81", "127.0.0.1", ""],
)
async def test_a_foreign_host_is_misdirected(site: Client, host: str) -> None:
    for path in ("/", "/api/v1/openapi.json", "/webhooks/messenger", "/widget.js", "/nowhere"):
        response = await site.get(path, headers={"Host": host}, allow_redirects=False)
        assert response.status == 421
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        answer = await response.text() + str(response.headers)
        assert "example" not in answer


@pytest.mark.parametrize(
    "host",
    ["Chat.Example.com", "chat.example.com.", "chat.example.com:443", "CHAT.example.com.:443"],
)
@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_our_own_name_is_ours_however_it_is_written(
    aiohttp_client: Serve, migrated_url: str, redis_url: str, host: str
) -> None:
    site = await aiohttp_client(make_site(migrated_url, redis_url))
    for path in ("/api/v1/openapi.json", "/inbox/login", "/chat/frame"):
        assert (await site.get(path, headers={"Host": host})).status == 200
    origin = {"Host": host, "Origin": f"https://{host}"}
    assert (await site.post("/chat/session", json={}, headers=origin)).status == 200
    form = {"email": "ann@shop.example", "password": "wrong horse"}
    assert (await site.post("/inbox/login", data=form, headers=origin)).status == 401


@pytest.mark.parametrize("public_url", ["https://exämple.com:443", "https://EXÄMPLE.com./"])
@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_a_name_in_other_letters_is_what_browsers_make_of_it(
    aiohttp_client: Serve, migrated_url: str, redis_url: str, public_url: str
) -> None:
    site = await aiohttp_client(make_site(migrated_url, redis_url, public_url=public_url))
    host = "xn--exmple-cua.com"
    headers = {"Host": host, "Origin": f"https://{host}"}
    assert (await site.post("/chat/session", json={}, headers=headers)).status == 200
    frame = await site.get("/chat/frame", params={"origin": f"https://{host}"}, headers=headers)
    assert frame.status == 200
    assert f"frame-ancestors https://{host};" in frame.headers["Content-Security-Policy"]


async def test_a_421_is_said_once_a_minute_with_the_name_that_was_asked_for(
    site: Client, caplog: pytest.LogCaptureFixture
) -> None:
    for host in ("Other.example:8443", "another.example", "x" * 2_000):
        assert (await site.get("/", headers={"Host": host})).status == 421
    [record] = [each for each in caplog.records if each.name == "bot.edge.refusals"]
    assert "PUBLIC_URL" in record.getMessage()
    assert vars(record)["asked_for"] == "other.example:8443"
    assert vars(record)["public_host"] == "chat.example.com"


async def test_the_simulator_goes_by_the_public_name(
    aiohttp_client: Serve, sqlite_url: str, redis_url: str
) -> None:
    site = await aiohttp_client(make_site(sqlite_url, redis_url, demo="true"))
    for host, status in (("chat.example.com", 200), ("evil.example", 421)):
        response = await site.get("/demo/messenger", headers={"Host": host})
        assert response.status == status


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
async def test_probes_come_by_any_name(site: Client, path: str) -> None:
    response = await site.get(path, headers={"Host": "10.0.0.7:8080"})
    assert response.status != 421


@pytest.mark.parametrize(
    "path", ["/api/v1/openapi.json", "/webhooks/messenger", "/chat/frame", "/nowhere", "/fail"]
)
async def test_no_answer_is_to_be_guessed_at_or_tells_where_it_came_from(
    site: Client, path: str
) -> None:
    response = await site.get(path, headers=HOST)
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["Server"] == "Whosthere"


async def test_a_fault_of_ours_shows_no_more_than_that_it_is_one(
    site: Client, caplog: pytest.LogCaptureFixture
) -> None:
    response = await site.get("/fail", headers=HOST)
    assert response.status == 500
    assert await response.json() == {
        "error": {"code": "internal", "message": "Something went wrong here."}
    }
    [record] = caplog.records
    assert record.getMessage() == "request failed"


async def test_a_fault_is_told_with_its_place_once_a_minute_and_without_words(
    aiohttp_client: Serve, sqlite_url: str, redis_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async def fail_elsewhere(_request: web.Request) -> web.Response:
        raise RuntimeError(WORDS)

    async def fail_by_a_library(request: web.Request) -> web.Response:
        return web.json_response({"as": int(request.headers["Host"])})

    faulty = {"/fail": fail, "/elsewhere": fail_elsewhere, "/library": fail_by_a_library}
    routes = [
        web.get(f"{start}{path}", wrap(handler))
        for path, handler in faulty.items()
        for start, wrap in (("/plain", lambda each: each), ("/chat", explained), ("/api/v1", api))
    ]
    site = await aiohttp_client(make_site(sqlite_url, redis_url, *routes))
    set_up_logs(given_settings({"log_format": "json"}))
    for _ in range(5):
        for route in routes:
            assert (await site.get(route.path, headers=HOST)).status == 500
    assert site.app
    site.app[REFUSALS].flush()
    text = capsys.readouterr().err
    lines = [line for line in map(json.loads, text.splitlines()) if "request" in line["event"]]
    assert [line["count"] for line in lines] == [1, 1, 1]
    assert all("in fail" in line["exception"] for line in lines)
    assert "canary" not in text
    assert "chat.example.com" not in text


async def test_the_front_door_leads_somewhere(site: Client) -> None:
    response = await site.get("/", headers=HOST)
    assert response.status == 200


async def test_a_process_that_stops_is_no_longer_ready(site: Client) -> None:
    assert site.app
    await site.app.shutdown()
    response = await site.get("/readyz")
    assert (response.status, (await response.json())["status"]) == (503, "draining")
