"""A log line is a constant phrase with facts; no secret finds its way into one."""

import json
import logging
from collections.abc import Callable, Iterator

import pytest
import requests

from bot.runtime.logs import set_up_logs
from bot.wiring.settings import given_settings
from config.settings import Settings
from tests.fake_graph import FakeGraph, running_fake_graph

CANARY = "canary@example.com"
Lines = Callable[[], list[str]]
_log = logging.getLogger("bot.of.these.tests")


@pytest.fixture(autouse=True)
def loggers_as_they_were() -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in (None, "alembic")]
    before = [(logger, logger.level, logger.handlers[:]) for logger in loggers]
    yield
    for logger, level, handlers in before:
        logger.setLevel(level)
        logger.handlers[:] = handlers


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    def read() -> list[str]:
        return capsys.readouterr().err.splitlines()

    return read


def settings(**values: str) -> Settings:
    return given_settings(values)


def fail() -> None:
    known: dict[str, str] = {}
    try:
        known[CANARY]
    except KeyError as error:
        message = "could not find " + CANARY
        raise LookupError(message) from error


def test_a_line_is_json_with_its_facts(lines: Lines) -> None:
    set_up_logs(settings(log_format="json"))
    _log.warning("page stopped", extra={"account": "1001", "text\n": "a\nb"})
    [line] = lines()
    facts = json.loads(line)
    assert facts.pop("timestamp").endswith("Z")
    assert facts == {
        "event": "page stopped",
        "level": "warning",
        "logger": "bot.of.these.tests",
        "account": "1001",
        "text\n": "a\nb",
    }


def test_without_a_terminal_lines_are_json(lines: Lines) -> None:
    set_up_logs(settings())
    _log.info("ready")
    [line] = lines()
    assert json.loads(line)["event"] == "ready"


@pytest.mark.parametrize("log_format", ["json", "console"])
@pytest.mark.parametrize("given", ["current", "error", "tuple"])
def test_of_an_exception_its_kind_and_place_are_told_but_not_its_words(
    lines: Lines, log_format: str, given: str
) -> None:
    set_up_logs(settings(log_format=log_format))
    try:
        fail()
    except LookupError as error:
        ways = {"current": True, "error": error, "tuple": (type(error), error, error.__traceback__)}
        _log.error("attempt failed", exc_info=ways[given])  # type: ignore[arg-type] # all are taken
    text = "\n".join(lines())
    assert CANARY not in text
    assert "LookupError" in text
    assert "in fail" in text


def test_an_exception_that_nobody_catches_in_a_json_line_is_one_line(lines: Lines) -> None:
    set_up_logs(settings(log_format="json"))
    try:
        fail()
    except LookupError:
        _log.exception("attempt failed")
    [line] = lines()
    assert "LookupError" in json.loads(line)["exception"]


@pytest.mark.parametrize("log_level", ["debug", "info"])
def test_a_token_in_an_address_is_not_logged_at_any_level(lines: Lines, log_level: str) -> None:
    set_up_logs(settings(log_level=log_level))
    with running_fake_graph(FakeGraph()) as fake, requests.Session() as session:
        session.get(f"{fake.url}/v25.0/70?access_token={CANARY}", timeout=5)
        session.get(f"{fake.url}/v25.0/70?access_token={CANARY}", timeout=5)
    assert CANARY not in "\n".join(lines())


def test_what_is_below_the_level_is_not_written(lines: Lines) -> None:
    set_up_logs(settings(log_level="warning"))
    _log.info("quiet")
    _log.warning("loud")
    assert [json.loads(line)["event"] for line in lines()] == ["loud"]


def test_setting_up_twice_writes_once(lines: Lines) -> None:
    set_up_logs(settings())
    set_up_logs(settings())
    _log.warning("once")
    assert len(lines()) == 1
