"""What a check says of Redis and of the workers."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis
from rq import SimpleWorker

from bot.ops.check.queue import check_queue
from tests.bot.ops.check.conftest import Check, about
from tests.environment import CANARY, SetUp
from workers.doorbell import QUEUE


@pytest.fixture
def worker(redis_url: str) -> Iterator[SimpleWorker]:
    with Redis.from_url(redis_url) as connection:
        born = SimpleWorker([QUEUE], connection=connection)
        born.register_birth()  # type: ignore[no-untyped-call] # RQ has no types here
        yield born
        born.register_death()  # type: ignore[no-untyped-call] # as above


def test_a_worker_that_is_heard_of_is_alive(
    set_up: SetUp, redis_url: str, worker: SimpleWorker
) -> None:
    settings = set_up(REDIS_URL=redis_url)
    now = datetime.now(UTC) + timedelta(seconds=40)
    findings = list(check_queue(settings, now))
    assert about("redis", findings) == ["ok: It answers."]
    [said] = about("workers", findings)
    assert said.startswith("ok: 1 alive, last heard of 4")


def test_a_worker_that_is_not_heard_of_any_more_is_not(
    set_up: SetUp, redis_url: str, worker: SimpleWorker
) -> None:
    settings = set_up(REDIS_URL=redis_url)
    now = datetime.now(UTC) + timedelta(minutes=2)
    assert about("workers", check_queue(settings, now)) == [
        "broken: None is alive: nothing goes out."
    ]


def test_without_a_worker_nothing_goes_out(check: Check, redis_url: str) -> None:
    assert about("workers", check(REDIS_URL=redis_url)) == [
        "broken: None is alive: nothing goes out."
    ]


def test_an_embedded_redis_that_does_not_run_is_no_fault(check: Check) -> None:
    findings = check()
    assert about("redis", findings) == ["needs attention: The embedded one does not run."]
    assert about("workers", findings) == []


@pytest.mark.parametrize("url", ["redis://:{}@127.0.0.1:1/0", "unix:///nowhere/{}"])
def test_a_redis_of_ones_own_that_is_away_is_broken(check: Check, url: str) -> None:
    findings = check(REDIS_URL=url.format(CANARY))
    assert about("redis", findings) == ["broken: It does not answer."]
    assert CANARY not in repr(findings)


def test_what_is_no_url_is_broken(check: Check) -> None:
    findings = check(REDIS_URL=f"redis://:{CANARY}@cache:port/0")
    assert about("redis", findings) == ["broken: REDIS_URL is no URL of a Redis."]
    assert CANARY not in repr(findings)


@pytest.fixture
def locked_redis_url(redis_url: str) -> Iterator[str]:
    with Redis.from_url(redis_url) as owner:
        owner.config_set("requirepass", "right")
        yield redis_url
        owner.config_set("requirepass", "")


@pytest.mark.parametrize("password", [f":{CANARY}@", ""])
def test_a_wrong_password_is_told_from_silence(
    check: Check, locked_redis_url: str, password: str
) -> None:
    findings = check(REDIS_URL=locked_redis_url.replace("://", f"://{password}"))
    assert about("redis", findings) == ["broken: It does not take the password in REDIS_URL."]
    assert CANARY not in repr(findings)
