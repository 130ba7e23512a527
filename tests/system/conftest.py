"""An installation for each test, and what every test must leave behind it: harmless logs."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.runtime.embedded_valkey import running_valkey
from tests.environment import TOKEN as SECRET_OF_INBOUND_MAIL
from tests.fake_graph import FakeGraph, fake_graph
from tests.mail_server import PostOffice
from tests.system.processes import API_TOKEN, APP_SECRET, TOKEN, System, installed

__all__ = ["fake_graph"]  # for pytest to find
CANARIES = (API_TOKEN, APP_SECRET, TOKEN, "@example.com", "Hello", "zebra")


@pytest.fixture
def system(
    tmp_path: Path, migrated_url: str, redis_url: str, fake_graph: FakeGraph
) -> Iterator[System]:
    """Web, worker and clock on each database engine, not started yet."""
    with installed(tmp_path, migrated_url, redis_url, fake_graph) as system:
        yield system
    check_logs(system)


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[str]:
    """A Valkey of this test's own."""
    with running_valkey(tmp_path / "valkey") as url:
        yield url


@pytest.fixture
def fragile(
    tmp_path: Path, migrated_url: str, own_redis: str, fake_graph: FakeGraph
) -> Iterator[System]:
    """An installation whose Redis may be hurt."""
    with installed(tmp_path, migrated_url, own_redis, fake_graph) as system:
        yield system
    check_logs(system)


def mail_wishes(post: PostOffice) -> dict[str, str]:
    """Settings with which mails leave at once by this server, and answers are taken."""
    return {
        "SMTP_URL": post.url,
        "EMAIL_FROM": "Northwind <chat@shop.example>",
        "FOLLOW_UP_DELAY_SECONDS": "0",
        "INBOUND_EMAIL_ADDRESS": "reply@shop.example",
        "INBOUND_EMAIL_SECRET": SECRET_OF_INBOUND_MAIL,
    }


def check_logs(system: System) -> None:
    for line in system.log_lines():
        assert isinstance(json.loads(line), dict), "a log line that is no JSON"
        assert not [canary for canary in CANARIES if canary in line]
