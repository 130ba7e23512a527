"""Libraries log what strangers send: nothing of it reaches our log, whichever library it is."""

import asyncio
import json
import logging
import warnings
from collections.abc import Callable, Iterator

import pytest
from aiohttp import ClientSession, WSMsgType, web

from bot.runtime.logs import set_up_logs
from bot.wiring.settings import given_settings
from tests.bot.web.serving import serving

CANARY = "canary"
SENT = {
    "a header": f"Authorization: Bearer {CANARY}",
    "a query": f"GET /v25.0/me?access_token={CANARY}",
    "a ticket": f"Sec-WebSocket-Protocol: chat, {CANARY}",
    "a cookie": f"__Host-inbox={CANARY}",
    "an address": f"{CANARY}@example.com at 203.0.113.9",
    "words": f"my doctor is {CANARY}",
}
LOGGERS = (
    *("aiohttp.server", "aiohttp.web", "aiohttp.websocket", "aiohttp.client", "aiohttp.internal"),
    *("asyncio", "rq.worker", "rq.queue", "redis", "redis.connection", "limits", "croniter"),
    *("alembic.runtime.migration", "sqlalchemy.engine.Engine", "sqlalchemy.pool", "psycopg"),
    *("psycopg.pool", "apprise", "imaplib", "smtplib", "urllib3.connectionpool", "requests"),
    *("facebook", "pywebpush", "py.warnings", "concurrent.futures", "root", "botany", "channels2"),
)
Read = Callable[[], list[dict[str, object]]]
Begin = Callable[[], Read]


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in (None, "alembic", *LOGGERS)]
    before = [(logger, logger.level, logger.handlers[:], logger.filters[:]) for logger in loggers]
    for logger in loggers:  # a test before may have set a channel up, with a filter of its own
        logger.filters.clear()
    yield
    for logger, level, handlers, filters in before:
        logger.setLevel(level)
        logger.handlers[:] = handlers
        logger.filters[:] = filters


@pytest.fixture(params=["debug", "warning"])
def begin(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Begin:
    """Set the log up, to be read; no line may hold a word of what was sent."""

    def read() -> list[dict[str, object]]:
        text = capsys.readouterr().err
        assert CANARY not in text
        return [json.loads(line) for line in text.splitlines()]

    def start() -> Read:
        set_up_logs(given_settings({"log_format": "json", "log_level": request.param}))
        return read

    return start


def log_in_every_way(logger: logging.Logger, sent: str) -> None:
    """Log as libraries do: filled in, ready made, with more facts, with an error."""
    logger.warning("got %r", sent)
    logger.warning(f"got {sent}")  # noqa: G004 - libraries do so
    logger.warning(sent)
    logger.warning("got it", extra={"what": sent})
    logger.warning({"got": sent})
    logger.warning("got it on the way", stack_info=True)
    try:
        raise ValueError(sent)  # noqa: TRY301 - to be caught here
    except ValueError as error:
        logger.exception("could not read %s", sent)
        logger.error(error, exc_info=error)  # noqa: TRY400 - libraries do so


@pytest.mark.parametrize("name", LOGGERS)
@pytest.mark.parametrize("sent", SENT.values(), ids=SENT)
def test_nothing_that_was_sent_comes_into_the_log(begin: Begin, name: str, sent: str) -> None:
    lines = begin()
    logger = logging.getLogger(None if name == "root" else name)
    logger.setLevel(logging.DEBUG)
    log_in_every_way(logger, sent)
    told = lines()
    assert [line["event"] for line in told] == [
        "got %r",
        *["a library tells of something"] * 2,
        "got it",
        "a library tells of something",
        "got it on the way",
        "could not read %s",
        "a library tells of something",
    ]
    assert {line["logger"] for line in told} == {name}
    assert all(str(line["place"]).startswith("bot/test_foreign_logs.py:") for line in told)
    assert ["ValueError" in str(line.get("exception")) for line in told][-2:] == [True, True]


def test_a_place_is_heard_once_a_minute_and_each_kind_of_error(begin: Begin) -> None:
    lines, logger = begin(), logging.getLogger("aiohttp.server")
    for error in [ValueError(), KeyError()] * 50:
        logger.warning("refused", exc_info=error)
    told = lines()
    assert [line["count"] for line in told] == [1, 1]


def test_a_warning_is_told_by_its_kind_and_place(begin: Begin) -> None:
    lines = begin()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(SENT["words"], UserWarning, stacklevel=1)
    [line] = lines()
    assert line["kind"] == "UserWarning"
    assert str(line["place"]).startswith("bot/test_foreign_logs.py:")


async def test_a_task_that_nobody_awaits_tells_no_words(begin: Begin) -> None:
    async def fail() -> None:
        raise ValueError(SENT["words"])

    lines, loop = begin(), asyncio.get_running_loop()
    task = loop.create_task(fail(), name=SENT["words"])
    await asyncio.wait({task})
    loop.default_exception_handler({"message": "x", "exception": task.exception(), "task": task})
    [line] = lines()
    assert "ValueError" in str(line["exception"])


async def test_a_ticket_in_a_protocol_is_not_told_by_the_server(begin: Begin) -> None:
    async def open_socket(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(protocols=["other"])
        await socket.prepare(request)
        await socket.close()
        return socket

    lines, app = begin(), web.Application()
    app.add_routes([web.get("/", open_socket)])
    async with serving(app) as served, ClientSession() as client:
        async with client.ws_connect(served.url, protocols=["chat", CANARY]) as socket:
            assert (await socket.receive()).type is WSMsgType.CLOSE
        assert (await client.get(served.url, headers={"Upgrade": CANARY})).status == 400
    lines()
