"""The one script that a site embeds."""

from collections.abc import AsyncIterator

import brotli
import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from channels.webchat.languages import read_strings
from channels.webchat.loader import Loader
from channels.webchat.settings import WebChatSettings
from tests.channels.webchat.bot import SHOP, Bot, Browser
from tests.channels.webchat.conftest import Start

_BUDGET = 3_072
_WORLD = "https://chat.northwind-outfitters.example"
_Client = TestClient[web.Request, web.Application]


def _loader(public: str = _WORLD, title: str = "Northwind Outfitters") -> Loader:
    settings = WebChatSettings(public, (SHOP, _WORLD), ("x" * 32,), title, None, "#0e6b58")
    return Loader(settings, "en", read_strings())


@pytest.fixture
async def client() -> AsyncIterator[_Client]:
    app = web.Application()
    app.add_routes([_loader().route()])
    async with TestClient(TestServer(app)) as client:
        yield client


async def _ask(client: _Client, **headers: str) -> ClientResponse:
    response = await client.get("/widget.js", headers=headers)
    assert response.status == 200
    return response


async def _is_refusing(response: ClientResponse) -> bool:
    refuses = '"refused":true' in await response.text()
    assert response.headers["Cache-Control"] == ("no-store" if refuses else "public, max-age=600")
    return refuses


@pytest.mark.parametrize(
    ("headers", "is_refused"),
    [
        ({}, False),
        ({"Referer": f"{SHOP}/"}, False),
        ({"Referer": f"{SHOP}/boots?of=mine"}, False),
        ({"Referer": "https://SHOP.example/"}, False),
        ({"Origin": SHOP}, False),
        ({"Origin": SHOP, "Referer": "https://www.shop.example/"}, False),
        ({"Referer": "https://www.shop.example/"}, True),
        ({"Referer": "http://shop.example/"}, True),
        ({"Referer": "https://shop.example:8443/"}, True),
        ({"Referer": "http://localhost:3000/"}, True),
        ({"Origin": "https://evil.example"}, True),
        ({"Origin": "null"}, False),
        ({"Origin": "null", "Referer": "https://evil.example/"}, True),
        ({"Referer": "about:blank"}, False),
        ({"Referer": "http://["}, False),
        ({"Referer": "x"}, False),
    ],
)
async def test_only_a_site_that_is_known_and_not_allowed_is_refused(
    client: _Client, headers: dict[str, str], *, is_refused: bool
) -> None:
    assert await _is_refusing(await _ask(client, **headers)) == is_refused


async def test_one_that_has_the_usual_one_is_refused_all_the_same(client: _Client) -> None:
    tag = (await _ask(client)).headers["ETag"]
    response = await _ask(client, **{"If-None-Match": tag, "Referer": "https://evil.example/"})
    assert await _is_refusing(response)


@pytest.mark.parametrize(
    ("origin", "is_ours"),
    [
        ("http://localhost", True),
        ("https://localhost:8443", True),
        ("http://127.0.0.1:3000", True),
        ("http://127.1.2.3", True),
        ("http://[::1]:3000", True),
        ("http://shop.localhost:3000", True),
        ("http://localhost.evil.example", False),
        ("http://evil-localhost", False),
        ("http://localhost:80; script-src *", False),
        ("http://localhost/", False),
        ("http://localhost\n", False),
        ("http://me@localhost", False),
        ("file://localhost", False),
        ("http://128.0.0.1", False),
        ("http://[::2]", False),
        ("null", False),
    ],
)
async def test_on_loopback_the_whole_machine_may_embed_it(
    start_small: Start, origin: str, *, is_ours: bool
) -> None:
    bot: Bot = await start_small()
    response = await Browser(bot, origin).open_frame()
    assert (response.status == 200) == is_ours
    if is_ours:
        policy = response.headers["Content-Security-Policy"]
        source = "http:" if "[" in origin else origin
        assert source in policy.partition("frame-ancestors ")[2].partition(";")[0].split()


async def test_elsewhere_this_machine_is_a_site_like_any_other(client: _Client) -> None:
    settings = WebChatSettings(_WORLD, (SHOP,), ("x",), "", None, "#0e6b58")
    assert settings.admits(SHOP)
    assert not settings.admits("http://localhost:3000")
    assert await _is_refusing(await _ask(client, Referer="http://localhost:3000/"))


@pytest.mark.parametrize("referer", [SHOP, "https://evil.example"])
@pytest.mark.parametrize("title", ["Chat with us", "Northwind Outfitters"])
async def test_it_stays_within_its_budget(title: str, referer: str) -> None:
    app = web.Application()
    app.add_routes([_loader(title=title).route()])
    async with TestClient(TestServer(app)) as client:
        body = await (await _ask(client, Referer=referer)).read()
    assert len(brotli.compress(body, quality=11)) <= _BUDGET
