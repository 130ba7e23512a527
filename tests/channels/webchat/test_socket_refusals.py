"""The socket: who gets none, and what may not come up it."""

from contextlib import suppress

import pytest
from aiohttp import WSCloseCode, WSServerHandshakeError
from limits import RateLimitItemPerHour

from bot.edge.limits import Allowance
from channels.webchat.limits import ALLOWANCES
from tests.channels.webchat.bot import SHOP, Bot, Browser, Line
from tests.channels.webchat.conftest import QUICK, Start


@pytest.mark.parametrize("origin", ["https://evil.example", SHOP, "null"])
async def test_other_sites_get_no_socket(eve: Browser, origin: str) -> None:
    with pytest.raises(WSServerHandshakeError) as refused:
        await eve.dial(Origin=origin)
    assert refused.value.status == 403


async def test_no_origin_needs_a_good_ticket(eve: Browser, small: Bot) -> None:
    url = small.url + "/chat/socket"
    for headers, status in [({}, 403), ({"X-Chat-Ticket": "x"}, 401)]:
        with pytest.raises(WSServerHandshakeError) as refused:
            await small.session.ws_connect(url, headers=headers)
        assert refused.value.status == status
    line = Line(await small.session.ws_connect(url, headers={"X-Chat-Ticket": eve.ticket}))
    await line.send(type="hello", ticket=eve.ticket, after_seq=0)
    await eve.write()
    assert await line.texts(1) == ["Hello"]


@pytest.mark.parametrize("ticket", ["", "x", None, 7, "old"])
async def test_a_bad_ticket_closes(eve: Browser, small: Bot, ticket: object) -> None:
    if ticket == "old":
        ticket = eve.ticket
        small.pass_time(hours=24)
    line = await eve.dial()
    await line.send(type="hello", ticket=ticket, after_seq=0)
    assert await line.closed() == 4401


@pytest.mark.parametrize("first", [None, '{"type":"typing"}', "nonsense"])
async def test_who_says_no_hello_is_sent_away(start_small: Start, first: str | None) -> None:
    bot: Bot = await start_small(pace=QUICK)
    line = await (await bot.browser()).dial()
    if first:
        await line.socket.send_str(first)
    assert await line.closed() == 1008


async def test_a_frame_has_an_end(eve: Browser) -> None:
    line = await eve.connect()
    await line.socket.send_str("x" * (64 * 1024 + 1))
    assert await line.closed() == 1009


async def test_a_huge_frame_is_not_read(eve: Browser) -> None:
    line = await eve.connect()
    with suppress(ConnectionError):  # it is cut off while we write
        await line.socket.send_str("x" * 8 * 1024 * 1024)
    assert await line.closed() in {1006, 1009}


async def test_nothing_is_unpacked(eve: Browser, small: Bot) -> None:
    headers = {"Origin": small.url}
    opened = await small.session.ws_connect(
        small.url + "/chat/socket", headers=headers, compress=15
    )
    assert opened.compress == 0
    await opened.close()


@pytest.mark.parametrize(
    "bad", ["nonsense", "[]", "7", '{"type":1}', '{"type":"x"}', "[" * 1_000, '{"type":"seen"}']
)
async def test_what_is_no_frame_is_said_so(eve: Browser, bad: str) -> None:
    line = await eve.connect()
    await line.socket.send_str(bad)
    assert await line.next("error") == {"type": "error", "code": "bad_frame"}
    await eve.write()
    assert await line.texts(1) == ["Hello"]


async def test_ten_in_a_row_are_enough(eve: Browser) -> None:
    line = await eve.connect()
    for _ in range(9):
        await line.socket.send_str("nonsense")
    await line.send(type="typing")
    await line.socket.send_bytes(b"binary")
    await eve.write()
    assert await line.texts(1) == ["Hello"]
    for _ in range(9):
        await line.socket.send_str("nonsense")
    assert await line.closed() == 1008


@pytest.mark.parametrize("after_seq", [-1, 10**18, 3, "1", 0.5, True, None, [1]])
async def test_an_odd_number_starts_anew(eve: Browser, small: Bot, after_seq: object) -> None:
    await eve.write()
    await small.reply()
    line = await eve.connect(after_seq=after_seq)
    assert await line.next("error") == {"type": "error", "code": "resync"}
    assert await line.texts(2) == ["Hello", "Here I am"]
    await line.send(type="resume", after_seq=after_seq, conversation_id=1)
    assert (await line.next("error"))["code"] == "resync"
    assert await line.texts(2) == ["Hello", "Here I am"]


@pytest.mark.parametrize("kind", ["assign", "note", "typing_as_agent", "reply"])
async def test_what_is_for_agents_is_refused(eve: Browser, small: Bot, kind: str) -> None:
    line = await eve.connect()
    await line.send(type=kind, text="x", conversation_id=1)
    assert (await line.next("error"))["code"] == "forbidden"
    assert small.rows("messages") == []


async def test_who_floods_is_warned_and_sent_away(eve: Browser) -> None:
    line = await eve.connect()
    for _ in range(100):
        await line.send(type="typing")
    assert (await line.next("error"))["code"] == "too_many"
    assert await line.closed() == 1008


async def test_what_sockets_read_counts_with_what_is_read_by_http(start_small: Start) -> None:
    few = {**ALLOWANCES, "reading": Allowance(RateLimitItemPerHour(3), None)}
    bot: Bot = await start_small(allowances=few)
    eve = await bot.browser()
    await eve.write()
    line = await eve.connect()
    assert await line.texts(1) == ["Hello"]
    for _ in range(2):
        await line.send(type="resume", after_seq=0)
        assert await line.texts(1) == ["Hello"]
    await line.send(type="resume", after_seq=0)
    assert (await line.next("error"))["code"] == "too_many"
    assert (await eve.get("/chat/messages")).status == 429
    await bot.reply("still heard")
    assert await line.texts(1) == ["still heard"]
    late = await eve.connect()
    assert await late.closed() == WSCloseCode.TRY_AGAIN_LATER


async def test_pings_at_full_speed_are_sent_away(small: Bot, eve: Browser) -> None:
    line = await eve.connect()
    for _ in range(5):
        await line.socket.ping()
    await line.send(type="typing")
    assert not line.socket.closed
    for _ in range(100):
        await line.socket.ping()
    assert await line.closed() == WSCloseCode.POLICY_VIOLATION
