"""How much is too much, for a visitor, an address and a site."""

import asyncio
import time
from contextlib import nullcontext
from ipaddress import ip_network
from pathlib import Path
from types import SimpleNamespace

import pytest
from aiohttp.test_utils import make_mocked_request
from limits import RateLimitItemPerHour

from bot.edge.client_ip import caller
from bot.edge.limits import Allowance, Limits, TooOftenError
from bot.runtime.embedded_valkey import running_valkey
from tests.channels.webchat.bot import Bot, Browser
from tests.channels.webchat.conftest import Start
from tests.silent import silent_server

PROXY = "10.0.0.1"


def called_from(peer: str | None, *forwarded: str, proxies: tuple[str, ...] = (PROXY,)) -> str:
    headers = [("X-Forwarded-For", value) for value in forwarded]
    transport = SimpleNamespace(get_extra_info=lambda _name: (peer, 1) if peer else None)
    request = make_mocked_request("GET", "/", headers=headers, transport=transport)
    return caller(request, [ip_network(proxy) for proxy in proxies])


async def test_a_visitor_that_writes_too_fast_is_told_to_wait(small: Bot) -> None:
    browser, other = await small.browser(), await small.browser()
    statuses = []
    for number in range(30):
        response = await browser.write(client_id=str(number))
        statuses.append(response.status)
    assert statuses == [201] * 20 + [429] * 10
    assert 1 <= int(response.headers["Retry-After"]) <= 10
    assert (await response.json())["error"]["code"] == "too_many"
    assert len(small.rows("messages")) == 20
    assert (await other.write()).status == 201


async def test_a_thousand_addresses_of_one_network_are_one(start_small: Start) -> None:
    bot: Bot = await start_small(
        trusted_proxies=(ip_network("127.0.0.1/32"),),
        allowances={
            "opening": Allowance(None, None),
            "message": Allowance(None, RateLimitItemPerHour(5)),
        },
    )
    browser = await bot.browser()

    async def write_from(address: str, number: int) -> int:
        body = {"text": "hi", "client_id": str(number)}
        headers = {"X-Forwarded-For": address}
        return (await browser.post("/chat/messages", body, headers=headers)).status

    statuses = [await write_from(f"2001:db8:1:2::{number:x}", number) for number in range(1, 9)]
    assert statuses == [201] * 5 + [429] * 3
    assert await write_from("2001:db8:1:3::1", 99) == 201


@pytest.mark.parametrize(
    ("strangers", "other"),
    [
        ("2001:db8:1:{:x}::1", "2001:db8:2::1"),
        ("198.51.100.{}", "203.0.113.1"),
    ],
)
async def test_who_has_many_addresses_uses_up_a_share_that_no_other_visitor_needs(
    start_small: Start, strangers: str, other: str
) -> None:
    share = Allowance(None, None, RateLimitItemPerHour(2))
    bot: Bot = await start_small(
        trusted_proxies=(ip_network("127.0.0.1/32"),),
        allowances={"opening": Allowance(None, None), "message": share},
    )

    async def write_from(address: str) -> int:
        body = {"text": "hi", "client_id": address}
        browser = await bot.browser()
        headers = {"X-Forwarded-For": address}
        return (await browser.post("/chat/messages", body, headers=headers)).status

    statuses = [await write_from(strangers.format(number)) for number in range(1, 6)]
    assert statuses == [201, 201, 429, 429, 429]
    assert await write_from(other) == 201


async def test_calls_are_counted_for_all_processes(redis_url: str) -> None:
    allowances = {"x": Allowance(RateLimitItemPerHour(1), None)}
    one, other = Limits(redis_url, allowances), Limits(redis_url, allowances)
    await one.spend("x", "ann", "here")
    with pytest.raises(TooOftenError):
        await other.spend("x", "ann", "here")
    await other.spend("x", "ben", "here")
    await _close(one, other)


@pytest.mark.parametrize("is_shared", [True, False])
async def test_a_call_that_is_held_counts_only_if_it_is_used(
    redis_url: str, *, is_shared: bool
) -> None:
    limits = Limits(
        redis_url if is_shared else None, {"x": Allowance(RateLimitItemPerHour(2), None)}
    )
    for is_used in (False, True, False, True):
        async with limits.hold("x", "ann", "here") as hold:
            hold.is_used = is_used
    with pytest.raises(TooOftenError):
        async with limits.hold("x", "ann", "here"):
            pass
    async with limits.hold("x", "ben", "here"):
        pass
    await _close(limits)


async def test_calls_that_are_held_at_once_have_one_share(redis_url: str) -> None:
    limits = Limits(redis_url, {"x": Allowance(RateLimitItemPerHour(3), None)})

    async def hold(until: asyncio.Event) -> None:
        async with limits.hold("x", "ann", "here"):
            await until.wait()

    let_go = asyncio.Event()
    holding = [asyncio.create_task(hold(let_go)) for _ in range(10)]
    refused, _ = await asyncio.wait(holding, return_when=asyncio.FIRST_COMPLETED)
    while len(refused) < 7:
        refused, _ = await asyncio.wait(holding, timeout=0.01)
    let_go.set()
    ends = await asyncio.gather(*holding, return_exceptions=True)
    assert sum(isinstance(end, TooOftenError) for end in ends) == 7
    async with limits.hold("x", "ann", "here"):  # none of them was used
        pass
    await _close(limits)


async def test_who_hangs_up_while_a_call_is_held_pays(redis_url: str) -> None:
    limits = Limits(redis_url, {"x": Allowance(RateLimitItemPerHour(1), None)})
    is_held = asyncio.Event()

    async def hold() -> None:
        async with limits.hold("x", "ann", "here"):
            is_held.set()
            await asyncio.Event().wait()

    holding = asyncio.create_task(hold())
    await is_held.wait()
    holding.cancel()
    await asyncio.wait({holding})
    assert holding.cancelled()
    with pytest.raises(TooOftenError):
        async with limits.hold("x", "ann", "here"):
            pass
    await _close(limits)


@pytest.mark.parametrize("is_hung", [True, False])
async def test_without_redis_each_process_counts_and_waits_once(*, is_hung: bool) -> None:
    allowances = {"x": Allowance(RateLimitItemPerHour(50), None)}
    async with silent_server() as address:
        limits = Limits(address if is_hung else "redis://127.0.0.1:1", allowances)
        started = time.monotonic()
        await asyncio.gather(*(limits.spend("x", "ann", "here") for _ in range(25)))
        for _ in range(25):
            await limits.spend("x", "ann", "here")
        assert time.monotonic() - started < 3  # each for itself they would have waited six
        with pytest.raises(TooOftenError):
            await limits.spend("x", "ann", "here")
        await _close(limits)


@pytest.mark.parametrize("strict", [True, False])
async def test_redis_that_goes_gives_away_nothing_of_what_is_counted_strictly(
    tmp_path: Path, *, strict: bool
) -> None:
    allowances = {"x": Allowance(RateLimitItemPerHour(2), None)}
    with running_valkey(tmp_path) as redis_url:
        limits = Limits(redis_url, allowances, strict=strict)
        await limits.spend("x", "ann", "here")
        await limits.spend("x", "ann", "here")
    with pytest.raises(TooOftenError) if strict else nullcontext():
        await limits.spend("x", "ann", "here")
    await _close(limits)


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("1.2.3.4", (), "1.2.3.4"),
        ("1.2.3.4", ("9.9.9.9",), "1.2.3.4"),
        (PROXY, ("9.9.9.9",), "9.9.9.9"),
        (PROXY, ("6.6.6.6, 9.9.9.9",), "9.9.9.9"),
        (PROXY, ("6.6.6.6", "9.9.9.9"), "9.9.9.9"),
        (PROXY, ("9.9.9.9, 10.0.0.1",), "9.9.9.9"),
        (PROXY, ("nonsense",), PROXY),
        (PROXY, (), PROXY),
        (PROXY, ("2001:db8::1",), "2001:db8::/64"),
        (PROXY, ("::ffff:9.9.9.9",), "9.9.9.9"),
        (None, (), "local"),
    ],
)
def test_only_proxies_of_ours_are_believed(
    peer: str | None, forwarded: tuple[str, ...], address: str
) -> None:
    assert called_from(peer, *forwarded) == address


async def test_idle_connections_keep_nobody_out(small: Bot) -> None:
    port = int(small.url.rpartition(":")[2])
    idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(500)]
    for _, writer in idle:
        writer.write(b"GET /widget.js HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (await (await small.browser()).write()).status == 201
    for _, writer in idle:
        writer.close()


async def test_headers_of_any_kind_leave_no_trace(
    eve: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    headers = {"User-Agent": "<script>alert(1)</script>", "Referer": "javascript:alert(1)//"}
    response = await eve.post("/chat/messages", {"text": "hi", "client_id": "1"}, headers=headers)
    assert response.status == 201
    assert caplog.records == []


@pytest.mark.parametrize("field", ["page_url", "title", "utm_source"])
async def test_what_the_page_says_about_itself_is_not_taken(eve: Browser, field: str) -> None:
    body = {"text": "hi", "client_id": "1", field: "<b>" + "x" * 1_000}
    assert (await eve.post("/chat/messages", body)).status == 422


async def _close(*every: Limits) -> None:
    for limits in every:
        running = limits.run()
        await anext(running)
        await anext(running, None)
