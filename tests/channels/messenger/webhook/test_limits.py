"""Bodies too large, too slow, too many-pieced, or packed."""

import asyncio
import gzip
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from time import thread_time

import pytest

from channels.messenger.product import PATH
from channels.meta.signature import sign
from channels.meta.webhook import MetaWebhook
from tests.channels.messenger.deliveries import delivery, message
from tests.channels.messenger.webhook.calls import (
    HELLO,
    SECRET,
    Bot,
    Client,
    Start,
    chunked,
    connect,
    converse,
    head,
    post,
    refused,
)

_MOST_BYTES = 4 * 1024 * 1024


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "deflate", "identity, gzip", "x"])
async def test_a_compressed_body_is_refused_unread(client: Client, bot: Bot, encoding: str) -> None:
    bomb = gzip.compress(bytes(20_000_000), 1)

    response = await post(client, bomb, **{"Content-Encoding": encoding})

    await refused(bot, response, 415)


async def test_identity_is_no_compression(client: Client) -> None:
    response = await post(client, HELLO, **{"Content-Encoding": "identity"})

    assert response.status == 200


@pytest.mark.parametrize("signature", ["right", "wrong"])
async def test_a_body_over_four_mebibytes_is_too_large(
    client: Client, bot: Bot, signature: str
) -> None:
    body = b" " * (_MOST_BYTES + 1)
    headers = {"X-Hub-Signature-256": sign(SECRET, body) if signature == "right" else "sha256=0"}

    await refused(bot, await client.post(PATH, data=BytesIO(body), headers=headers), 413)


async def test_a_body_of_four_mebibytes_is_taken(client: Client, bot: Bot) -> None:
    response = await post(client, HELLO + b" " * (_MOST_BYTES - len(HELLO)))

    assert response.status == 200
    assert len(bot.arrivals) == 1


async def test_a_body_announced_as_too_large_is_not_waited_for(client: Client, bot: Bot) -> None:
    announced = head(f"Content-Length: {_MOST_BYTES + 1}")

    response = await converse(client, announced, until=b"\r\n\r\n")

    assert response.startswith(b"HTTP/1.1 413 ")
    assert b"Connection: close" in response
    assert bot.calls == 0


async def test_a_body_without_a_stated_length_is_bounded_too(client: Client, bot: Bot) -> None:
    response = await converse(client, chunked([b" " * 65_536] * 65), until=b"\r\n\r\n")

    assert response.startswith(b"HTTP/1.1 413 ")
    assert bot.calls == 0


async def test_half_a_million_tiny_chunks_are_refused_without_holding_the_others_up(
    client: Client, bot: Bot
) -> None:
    request = chunked([b" "] * 500_000)

    async with asyncio.TaskGroup() as group:
        lag = group.create_task(_watch_lag(stopped := asyncio.Event()))
        response = await converse(client, request, until=b"\r\n\r\n")
        stopped.set()

    assert response.startswith(b"HTTP/1.1 413 ")
    assert lag.result() < 0.2
    assert bot.calls == 0


async def test_a_dripping_body_is_not_waited_for(
    start: Start, webhook: MetaWebhook, bot: Bot
) -> None:
    client = await start(replace(webhook, read_within=timedelta(milliseconds=30)))

    response = await converse(client, head("Content-Length: 9") + b"{", until=b"\r\n\r\n")

    assert response.startswith(b"HTTP/1.1 408 ")
    assert b"Connection: close" in response
    assert bot.calls == 0


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["X-Hub-Signature-256: sha256=0"],
        ["X-Hub-Signature-256: sha1=" + 64 * "0"],
        2 * ["X-Hub-Signature-256: sha256=" + 64 * "0"],
    ],
)
async def test_a_body_without_one_well_formed_signature_is_not_waited_for(
    client: Client, bot: Bot, lines: list[str]
) -> None:
    announced = [f"POST {PATH} HTTP/1.1", "Host: x", f"Content-Length: {_MOST_BYTES}", *lines]

    request = "\r\n".join((*announced, "", "{")).encode()
    response = await converse(client, request, until=b"\r\n\r\n")

    assert response.startswith(b"HTTP/1.1 403 ")
    assert b"Connection: close" in response
    assert bot.calls == 0


async def test_a_sender_who_hangs_up_half_way_leaves_no_trace(
    client: Client, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    _, writer = await connect(client)
    writer.write(head("Content-Length: 9") + b"{")
    await writer.drain()
    writer.close()
    await writer.wait_closed()

    assert (await post(client, HELLO)).status == 200
    assert bot.calls == 1
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_a_large_batch_is_read_whole(client: Client, bot: Bot) -> None:
    items = [message(mid=f"m_{number}") for number in range(1_000)]

    response = await post(client, delivery(*items))

    assert response.status == 200
    assert len(bot.arrivals) == 1_000
    assert bot.calls == 1


async def _watch_lag(stopped: asyncio.Event) -> float:
    # what the loop's own thread computes in one go, not what others take from it meanwhile
    longest, seen_at = 0.0, thread_time()
    while not stopped.is_set():
        await asyncio.sleep(0)
        longest, seen_at = max(longest, thread_time() - seen_at), thread_time()
    return longest
