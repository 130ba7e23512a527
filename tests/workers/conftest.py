"""A queue in a Valkey, and a worker at it."""

import signal
from collections.abc import Callable, Iterator

import pytest
from redis import Redis
from rq import Queue

from workers.doorbell import open_queue
from workers.runner import open_worker


@pytest.fixture
def queue(redis_url: str) -> Iterator[Queue]:
    """The queue as a doorbell opens it."""
    opened = open_queue(redis_url)
    yield opened
    opened.connection.close()


@pytest.fixture
def work(redis_url: str) -> Iterator[Callable[[], None]]:
    """Let a worker run whatever is in the queue, in this very process."""
    handlers = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    with Redis.from_url(redis_url) as connection:

        def work() -> None:
            open_worker(connection).work(burst=True, logging_level="WARNING")

        yield work
    for each, handler in handlers.items():
        signal.signal(each, handler)
