"""The handshake, and the ways that do not lead here."""

from dataclasses import replace

import pytest

from channels.messenger.product import PATH
from channels.meta.webhook import MetaWebhook
from tests.channels.messenger.webhook.calls import TOKEN, Bot, Client, Start, converse, refused

_GREETING = {"hub.mode": "subscribe", "hub.verify_token": TOKEN, "hub.challenge": "1158201444"}


async def test_the_handshake_returns_the_challenge_and_nothing_else(client: Client) -> None:
    response = await client.get(PATH, params=_GREETING)

    assert (response.status, await response.text()) == (200, "1158201444")
    assert response.content_type == "text/plain"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "challenge", ["<script>alert(1)</script>", "1" * 129, "", "1 2", "1\n", "\u0661"]
)
async def test_a_challenge_that_is_no_challenge_is_refused(
    client: Client, bot: Bot, challenge: str
) -> None:
    response = await client.get(PATH, params=_GREETING | {"hub.challenge": challenge})

    await refused(bot, response, 400)


@pytest.mark.parametrize(
    ("greeting", "status"),
    [
        ({"hub.mode": None}, 400),
        ({"hub.mode": "unsubscribe"}, 403),
        ({"hub.mode": ""}, 403),
        ({"hub.verify_token": "wrong"}, 403),
        ({"hub.verify_token": ""}, 403),
        ({"hub.verify_token": f"{TOKEN} "}, 403),
        ({"hub.verify_token": "täuschend"}, 403),
        ({"hub.verify_token": None}, 400),
        ({"hub.challenge": None}, 400),
    ],
)
async def test_a_handshake_that_is_not_metas_is_refused(
    client: Client, bot: Bot, greeting: dict[str, str | None], status: int
) -> None:
    params = {name: value for name, value in (_GREETING | greeting).items() if value is not None}

    await refused(bot, await client.get(PATH, params=params), status)


@pytest.mark.parametrize("name", _GREETING)
async def test_a_repeated_parameter_is_refused(client: Client, bot: Bot, name: str) -> None:
    params = [*_GREETING.items(), (name, _GREETING[name])]

    await refused(bot, await client.get(PATH, params=params), 400)


@pytest.mark.parametrize("token", [None, ""])
async def test_without_a_verify_token_of_our_own_no_handshake_succeeds(
    start: Start, webhook: MetaWebhook, bot: Bot, token: str | None
) -> None:
    client = await start(replace(webhook, verify_token=token))

    response = await client.get(PATH, params=_GREETING | {"hub.verify_token": ""})

    await refused(bot, response, 403)


@pytest.mark.parametrize(
    "path",
    [
        "/webhooks/messenger/",
        "//webhooks/messenger",
        "/x/%2e%2e/webhooks/messenger",
        "/x/../webhooks/messenger",
        "/webhooks%2fmessenger",
        "/webhooks/messenger%00",
        "/webhooks/messenger;x",
        "/Webhooks/Messenger",
    ],
)
async def test_only_the_very_path_leads_here(client: Client, bot: Bot, path: str) -> None:
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n".encode()

    assert (await converse(client, head, until=b"\r\n\r\n")).startswith(b"HTTP/1.1 404 ")
    assert bot.statuses == []


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
async def test_other_methods_are_not_for_here(client: Client, method: str) -> None:
    assert (await client.request(method, PATH)).status == 405
