"""Every 503 and 421, at whatever address, has its cause in the log, sampled, and its end."""

import json
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator

import psycopg
import pytest
from aiohttp.test_utils import make_mocked_request
from psycopg import sql

from bot.edge.refusals import Refusals, tell_cause
from bot.storage.database.engine import Database
from bot.storage.migrate import upgrade
from tests.bot.web.calling import Caller, calling, fill
from tests.bot.web.odd import JSON, Body
from tests.office import Office
from tests.servers import as_psycopg

MESSAGE = Body(
    json.dumps(
        {
            "object": "page",
            "entry": [
                {
                    "id": "1001",
                    "time": 1,
                    "messaging": [
                        {
                            "sender": {"id": "70"},
                            "recipient": {"id": "1001"},
                            "timestamp": 1,
                            "message": {"mid": "m_away", "text": "Is anybody there?"},
                        }
                    ],
                }
            ],
        }
    ).encode(),
    JSON,
)
KINDS = {
    "/webhooks/": "webhooks",
    "/chat/": "chat",
    "/inbox": "inbox",
    "/api/": "programs",
    "/readyz": "health",
    "/metrics": "metrics",
}
Switch = Callable[[str], None]


@pytest.fixture
def own(postgres_url: str) -> Iterator[Office]:
    database = Database(postgres_url)
    upgrade(database)
    yield Office(database)
    database.close()


@pytest.fixture
async def caller(own: Office, redis_url: str) -> AsyncIterator[Caller]:
    async with calling(own, redis_url) as caller:
        yield caller


@pytest.fixture
def switch(postgres_server: str, own: Office) -> Switch:
    """Let the server take connections to the database, or none."""
    server = as_psycopg(postgres_server).set(drivername="postgresql")

    def turn(to: str) -> None:
        name = str(own.database.url.database)
        with psycopg.connect(server.render_as_string(hide_password=False), autocommit=True) as here:
            allow = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS " + to)
            here.execute(allow.format(sql.Identifier(name)))
            end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
            here.execute(end, [name])

    return turn


def kind_of(path: str) -> str:
    return next((kind for start, kind in KINDS.items() if path.startswith(start)), "pages")


async def walk(caller: Caller, host: str = "chat.example.com") -> Counter[tuple[int, str]]:
    """Call every address once; count statuses by kinds."""
    found = Counter[tuple[int, str]]()
    for method, path in caller.routes():
        body = MESSAGE if method == "POST" else None
        answer = await caller.ask(method, fill(path), body, host)
        found[answer.status, kind_of(path)] += 1
    return found


def told(caplog: pytest.LogCaptureFixture, phrase: str) -> list[dict[str, object]]:
    return [vars(each) for each in caplog.records if each.getMessage().startswith(phrase)]


async def test_without_a_database_each_kind_of_request_tells_why_and_when_it_is_over(
    caller: Caller, switch: Switch, caplog: pytest.LogCaptureFixture
) -> None:
    await walk(caller)
    assert told(caplog, "requests are") == []
    switch("false")
    refused = Counter[str]()
    walks = 0
    while walks < 3 or not refused["health"]:  # the last good answer holds for a moment
        walks += 1
        for (status, kind), number in (await walk(caller)).items():
            refused[kind] += number if status == 503 else 0
    lines = told(caplog, "requests are refused with 503")
    assert {line["kind"] for line in lines} == set(+refused)
    assert {"webhooks", "chat", "inbox", "programs", "health", "pages"} <= set(+refused)
    causes = {str(line["cause"]) for line in lines}
    assert len(lines) <= len(causes) * len(+refused)
    assert any("not currently accepting connections" in cause for cause in causes)
    assert not any(cause in {"", "not told", "UnavailableError"} for cause in causes)
    switch("true")
    while (await caller.ask("GET", "/readyz")).status != 200:
        refused["health"] += 1
    assert not [kind for status, kind in await walk(caller) if status == 503]
    ends = told(caplog, "requests are no longer refused")
    assert {(end["kind"], end["cause"]) for end in ends} == {
        (line["kind"], line["cause"]) for line in lines
    }
    assert sum(int(str(end["times"])) for end in ends) == refused.total()


async def test_by_another_name_each_kind_of_request_tells_which_and_when_it_is_over(
    caller: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    refused = Counter[str]()
    for host in ("Other.example", "evil.example"):
        for (status, kind), number in (await walk(caller, host)).items():
            refused[kind] += number if status == 421 else 0
    lines = told(caplog, "requests for another host are refused with 421")
    assert sorted(str(line["kind"]) for line in lines) == sorted(+refused)
    assert {line["asked_for"] for line in lines} == {"other.example"}
    assert {"webhooks", "chat", "inbox", "programs", "pages"} <= set(+refused)
    await walk(caller)
    ends = told(caplog, "requests are no longer refused")
    assert {end["kind"]: end["times"] for end in ends} == +refused


class Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_what_comes_again_and_again_is_a_number_a_minute(
    caplog: pytest.LogCaptureFixture,
) -> None:
    time = Time()
    refusals = Refusals(time)
    request = make_mocked_request("POST", "/webhooks/messenger")
    for second in range(150):
        time.now = second
        tell_cause(request, f"no room for {second}")
        refusals.look(request, 503)
        refusals.flush()
    time.now = 200
    refusals.flush()
    assert [line["count"] for line in told(caplog, "requests are refused")] == [1, 60, 60, 29]
    refusals.look(request, 403)
    assert told(caplog, "requests are no longer") == []
    refusals.look(request, 200)
    assert [line["times"] for line in told(caplog, "requests are no longer")] == [150]


async def test_what_comes_and_goes_is_a_few_lines(caplog: pytest.LogCaptureFixture) -> None:
    refusals, request = Refusals(Time()), make_mocked_request("POST", "/webhooks/messenger")
    for _ in range(100):
        tell_cause(request, "another transaction holds a row")
        refusals.look(request, 503)
        refusals.look(request, 200)
    assert len(caplog.records) == 2


def test_ever_other_causes_hold_no_memory(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    refusals, request = Refusals(Time()), make_mocked_request("POST", "/webhooks/messenger")
    for number in range(3_000):
        tell_cause(request, f"cause {chr(0x4E00 + number)}")
        refusals.look(request, 503)
    assert len(refusals._open) <= 200  # noqa: SLF001 - nothing else shows it
