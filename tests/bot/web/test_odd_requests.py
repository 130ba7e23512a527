"""Every address with bodies, encodings, numbers and bytes that no honest caller sends.

None is answered by a fault of ours, all are answered in words, and nothing is logged as an error.
"""

import logging
from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest

from tests.bot.web.calling import Caller, calling, fill
from tests.bot.web.odd import BODIES, ODD_BYTES, ODD_TEXTS, QUERY
from tests.office import Office


@pytest.fixture
async def caller(office: Office, redis_url: str) -> AsyncIterator[Caller]:
    async with calling(office, redis_url) as caller:
        yield caller


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    """List what is logged as an error, or with a traceback."""
    return [
        f"{record.name}: {record.getMessage()}"
        for record in caplog.records
        if record.levelno >= logging.ERROR or record.exc_info
    ]


async def test_odd_paths(caller: Caller, caplog: pytest.LogCaptureFixture) -> None:
    odd = [*ODD_BYTES, *(quote(text, safe="") for text in ODD_TEXTS)]
    for method, path in caller.routes():
        for part in odd if "{" in path else ():
            await caller.call(method, fill(path, part))
    assert (caller.faults, logged(caplog)) == ([], [])


async def test_odd_queries(caller: Caller, caplog: pytest.LogCaptureFixture) -> None:
    odd = [*ODD_BYTES, *(quote(text, safe="") for text in ODD_TEXTS if len(text) < 100)]
    queries = ["&".join(f"{name}={value}" for name in QUERY) for value in odd]
    for method, path in caller.routes():
        for query in (*queries, "q=a&q=b&&=&%ff=%fe&" + "a" * 4_000):
            if method == "GET":
                await caller.call(method, f"{fill(path)}?{query}")
    assert (caller.faults, logged(caplog)) == ([], [])


async def test_each_odd_query_alone(caller: Caller, caplog: pytest.LogCaptureFixture) -> None:
    for method, path in caller.routes():
        for name in QUERY if method == "GET" and "static" not in path else ():
            for value in ("%00", "9999999999999999999"):
                await caller.call(method, f"{fill(path)}?{name}={value}")
    assert (caller.faults, logged(caplog)) == ([], [])


async def test_odd_bodies(caller: Caller, caplog: pytest.LogCaptureFixture) -> None:
    for method, path in caller.routes():
        for body in BODIES if method != "GET" else ():
            await caller.call(method, fill(path), body)
    assert (caller.faults, logged(caplog)) == ([], [])
