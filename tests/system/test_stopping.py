"""Who is asked to stop finishes what is under way, and begins nothing new."""

import os
import signal
import time
from datetime import timedelta

from redis import Redis

from tests.graph_behaviours import accept_slowly
from tests.system.processes import System, server_pid, until

ANN, BEN = "7001", "7002"
AT_ONCE = timedelta(seconds=5)


def begin_to_send(system: System) -> None:
    """Let a worker wait for Graph's answer to a prompt."""
    system.graph.delay = 2
    system.graph.answers[ANN] = accept_slowly
    system.graph.names[ANN] = ("Ann", "Lee")
    system.start("web", "worker", "clock")
    system.hear(ANN)
    until(lambda: system.graph.sent_to(ANN))


def is_settled(system: System) -> bool:
    return bool(system.messages(ANN)[-1]["delivery"]["state"] == "sent")


def test_a_worker_that_is_asked_to_stop_settles_what_it_has_sent(system: System) -> None:
    begin_to_send(system)
    system.hear(BEN)
    assert system.end("worker") == 0
    assert is_settled(system)
    assert system.graph.sent_to(BEN) == []


def test_a_hung_redis_keeps_no_worker_from_settling(fragile: System, own_redis: str) -> None:
    begin_to_send(fragile)
    pid = server_pid(own_redis)
    os.kill(pid, signal.SIGSTOP)
    try:
        fragile.running["worker"].terminate()
        until(lambda: is_settled(fragile))
    finally:
        os.kill(pid, signal.SIGCONT)
    assert fragile.end("worker") == 0


def test_who_has_nothing_to_do_stops_at_once(system: System) -> None:
    system.start("web", "worker", "clock")
    system.hear(ANN)
    until(lambda: system.graph.sent_to(ANN))
    for name in ("worker", "clock", "web"):
        started = time.monotonic()
        assert system.end(name) == 0
        assert time.monotonic() - started < AT_ONCE.total_seconds()


def test_a_worker_that_waits_for_redis_stops_at_once(system: System) -> None:
    system.start("worker", REDIS_URL="redis://127.0.0.1:1/0")
    until(lambda: [line for line in system.log_lines() if "waits for Redis" in line])
    started = time.monotonic()
    assert system.end("worker") == 0
    assert time.monotonic() - started < AT_ONCE.total_seconds()


def test_a_worker_that_is_just_starting_stops_too(system: System, redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        client.client_pause(30_000, all=False)  # whoever writes waits
        system.start("worker")
        until(lambda: [one for one in client.client_list() if "b" in one["flags"]])
        system.running["worker"].terminate()
        time.sleep(0.2)  # the signal is heard while nothing is answered
        client.client_unpause()
    assert system.end("worker") == 0
