"""Ringing costs nobody any time, whatever Redis does."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest
from redis import Redis
from rq import Queue

from bot.core.model import ConversationId
from bot.ports.signals import SIGNALS, ChangeSignal, SignalKind
from workers.doorbell import CROWD, ENOUGH, JOB, RqDoorbell

AT_ONCE = timedelta(seconds=0.5)
"""A thousand rings take less: each would wait for a second if it waited for Redis."""


@pytest.fixture
def hung() -> Iterator[str]:
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"redis://127.0.0.1:{listening.getsockname()[1]}/0"


@pytest.fixture
def away() -> str:
    """Nobody listens there."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    return f"redis://127.0.0.1:{port}/0"


def rung(queue: Queue) -> list[int]:
    return sorted(job.args[0] for job in queue.get_jobs())


def hint(seq: int, conversation_id: int = 7) -> ChangeSignal:
    return ChangeSignal(3, ConversationId(conversation_id), seq)


def test_a_ring_is_a_fresh_job_with_one_integer(redis_url: str, queue: Queue) -> None:
    for _ in range(2):
        with closing(RqDoorbell(redis_url)) as doorbell:
            doorbell.ring(41)
    first, second = queue.get_jobs()
    assert first.id != second.id
    assert (first.func_name, first.args, first.kwargs) == (JOB, [41], {})
    assert (first.result_ttl, first.failure_ttl) == (0, 86_400)


@pytest.mark.parametrize("where", ["hung", "away"])
def test_ringing_neither_blocks_nor_raises_without_redis(
    request: pytest.FixtureRequest, where: str, caplog: pytest.LogCaptureFixture
) -> None:
    doorbell = RqDoorbell(request.getfixturevalue(where))
    started = time.monotonic()
    for number in range(1000):
        doorbell.ring(number)
        doorbell.hint(hint(number))
    assert time.monotonic() - started < AT_ONCE.total_seconds()
    doorbell.close()
    assert time.monotonic() - started < 5
    assert [record.getMessage() for record in caplog.records] == [
        "doorbell does not ring: is Redis there?"
    ]


def test_rings_that_wait_become_one(redis_url: str, queue: Queue) -> None:
    with Redis.from_url(redis_url) as client, closing(RqDoorbell(redis_url)) as doorbell:
        client.client_pause(500, all=False)  # whoever writes waits
        for _ in range(100):
            doorbell.ring(1, 2)
        client.client_unpause()
    assert len(rung(queue)) <= 4
    assert set(rung(queue)) == {1, 2}


def test_a_queue_that_wakes_everybody_is_rung_no_further(redis_url: str, queue: Queue) -> None:
    with closing(RqDoorbell(redis_url)) as doorbell:
        doorbell.ring(*range(1000))
    with closing(RqDoorbell(redis_url)) as doorbell:
        doorbell.ring(*range(1000))
    assert rung(queue) == list(range(ENOUGH))


def test_a_fault_in_ringing_does_not_silence_the_bell(
    redis_url: str, queue: Queue, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(RqDoorbell(redis_url)) as doorbell:
        doorbell.hint(hint(1)._replace(name=b"no text"))  # type: ignore[arg-type]
        while not caplog.records:
            time.sleep(0.01)
        doorbell.ring(41)
    assert rung(queue) == [41]
    assert caplog.records[0].getMessage() == "doorbell failed by a fault of our own"


def test_no_ring_is_no_ring(redis_url: str, queue: Queue) -> None:
    with closing(RqDoorbell(redis_url)) as doorbell:
        doorbell.ring()
        doorbell.hint()
    assert queue.count == 0


def test_of_the_hints_for_one_conversation_the_last_is_spread(redis_url: str) -> None:
    with Redis.from_url(redis_url) as client, client.pubsub() as listening:
        listening.subscribe(SIGNALS)
        listening.get_message(timeout=5)
        typing = hint(0)._replace(kind=SignalKind.TYPING)
        with closing(RqDoorbell(redis_url)) as doorbell:
            doorbell.hint(hint(1), hint(2), hint(5, 8), hint(3), typing)
        message = listening.get_message(timeout=5)
    assert message
    assert [(each[1], each[2], each[3]) for each in json.loads(message["data"])] == [
        (7, 3, "changed"),
        (8, 5, "changed"),
        (7, 0, "typing"),
    ]


def test_after_the_hints_of_a_crowd_others_are_gathered_for_longer(redis_url: str) -> None:
    with Redis.from_url(redis_url) as client, client.pubsub() as listening:
        listening.subscribe(SIGNALS)
        listening.get_message(timeout=5)
        long = timedelta(minutes=1)
        with closing(RqDoorbell(redis_url, gathering_of_a_crowd=long)) as doorbell:
            doorbell.hint(*(hint(1, number) for number in range(CROWD)))
            assert listening.get_message(timeout=5)
            doorbell.hint(hint(2, 1))
            assert listening.get_message(timeout=0.3) is None
            doorbell.hint(hint(3, 2))
        message = listening.get_message(timeout=5)
    assert message
    assert [each[1] for each in json.loads(message["data"])] == [1, 2]
