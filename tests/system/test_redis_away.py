"""Redis is a doorbell: without it everything is stored, and work goes on when it is back."""

import os
import signal
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import redis

from bot.runtime.embedded_valkey import running_valkey
from bot.storage.database.engine import Database
from tests.fake_graph import FakeGraph
from tests.system.processes import System, installed, server_pid, until

ANN, BEN = "7001", "7002"
WITHIN_PROMISE = timedelta(seconds=30)


def test_flushing_redis_loses_nothing(fragile: System, own_redis: str) -> None:
    fragile.start("web")
    fragile.hear(ANN)
    with redis.Redis.from_url(own_redis) as client:
        client.flushall()
    fragile.start("worker", "clock")
    until(lambda: fragile.graph.sent_to(ANN), WITHIN_PROMISE)


def test_a_hung_redis_slows_no_webhook_and_work_flows_again(
    fragile: System, own_redis: str
) -> None:
    pid = server_pid(own_redis)
    fragile.start("web", "worker", "clock")
    os.kill(pid, signal.SIGSTOP)
    try:
        for _ in range(5):
            started = time.monotonic()
            fragile.hear(ANN)
            assert time.monotonic() - started < 2
        # what was seen within the last second may still be told
        until(lambda: fragile.get("/readyz").json()["status"] == "degraded", WITHIN_PROMISE)
    finally:
        os.kill(pid, signal.SIGCONT)
    until(lambda: fragile.graph.sent_to(ANN), WITHIN_PROMISE)


def test_a_redis_that_comes_back_empty_is_as_good_as_ever(
    tmp_path: Path, migrated_url: str, fake_graph: FakeGraph
) -> None:
    # the socket's directory is new at each start, so the installation is told a lasting name
    link = tmp_path / "s"
    with running_valkey(tmp_path / "one") as url:
        point(link, url)
        with installed(tmp_path, migrated_url, f"unix://{link}?db=0", fake_graph) as system:
            system.start("web", "worker", "clock")
            system.hear(ANN)
            with suppress(redis.ConnectionError), redis.Redis.from_url(url) as client:
                client.shutdown(nosave=True)
            system.hear(BEN)
            with running_valkey(tmp_path / "two") as again:
                point(link, again)
                until(
                    lambda: system.graph.sent_to(ANN) and system.graph.sent_to(BEN), WITHIN_PROMISE
                )


def point(link: Path, url: str) -> None:
    link.unlink(missing_ok=True)
    link.symlink_to(url.removeprefix("unix://").partition("?")[0])


def test_a_ring_that_was_popped_and_lost_is_rung_again(
    fragile: System, own_redis: str, database: Database
) -> None:
    fragile.start("web", "clock")
    fragile.hear(ANN)
    with redis.Redis.from_url(own_redis) as client:
        until(lambda: client.llen("rq:queue:outbox"))
        client.delete("rq:queue:outbox")  # as if a worker had died right after its pop
    fragile.start("worker")
    until(lambda: fragile.graph.sent_to(ANN), timedelta(seconds=15))
