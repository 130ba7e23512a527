"""Rings RQ and spreads hints without ever making anybody wait.

A ring is a fresh job with one integer. It may be lost: the outbox row is the truth, and the clock
rings again. A hint may be lost as well: who watches a conversation looks again by itself.
"""

import logging
import threading
from datetime import timedelta

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

from bot.ports.signals import SIGNALS, ChangeSignal, SignalKind, write_signals

QUEUE = "outbox"
JOB = "workers.jobs.work"
JOB_TIMEOUT = timedelta(seconds=90)  # a shift, and the settling of its last sends
KEEP_FAILED = timedelta(days=1)
ENOUGH = 16
"""A queue this long wakes every worker: more rings add nothing."""
_PATIENCE = 1.0  # seconds
_GATHERING = 0.02  # seconds: under load intake commits more often, and a round is not cheap
CROWD = 20
"""Where so many conversations have changed meanwhile, hints are gathered for longer."""
_OF_A_CROWD = timedelta(seconds=0.1)
_MOST_HINTS = 10_000  # that Redis is gone for long is no reason to fill the memory
_log = logging.getLogger(__name__)


def open_queue(redis_url: str) -> Queue:
    """Open the queue for ringing: quick to give up, and never the event loop's affair."""
    client = Redis.from_url(
        redis_url,
        socket_timeout=_PATIENCE,
        socket_connect_timeout=_PATIENCE,
        retry=Retry(NoBackoff(), 0),
    )
    return Queue(QUEUE, connection=client, serializer=JSONSerializer)


class RqDoorbell:
    """The doorbell's thread: it rings for callers who go on at once."""

    def __init__(self, redis_url: str, *, gathering_of_a_crowd: timedelta = _OF_A_CROWD) -> None:
        self._gathering_of_a_crowd = gathering_of_a_crowd.total_seconds()
        self._queue = open_queue(redis_url)
        self._waiting: set[int] = set()
        self._hints: dict[tuple[int, int, SignalKind], ChangeSignal] = {}
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._silent = False
        self._thread = threading.Thread(target=self._run, name="doorbell", daemon=True)
        self._thread.start()

    def ring(self, *outbox_ids: int) -> None:
        """Ask for a ring; never blocks, never raises."""
        if outbox_ids:
            with self._changed:
                self._waiting.update(outbox_ids[:ENOUGH])
                self._changed.notify()

    def hint(self, *hints: ChangeSignal) -> None:
        """Ask for hints to be spread; of several for one place the last will do."""
        if hints:
            with self._changed:
                for hint in hints[:_MOST_HINTS]:
                    self._hints[hint.room, hint.conversation_id, hint.kind] = hint
                if len(self._hints) > _MOST_HINTS:
                    self._hints.clear()
                self._changed.notify()

    def close(self) -> None:
        """Ring what is asked for and end."""
        with self._changed:
            self._closing.set()
            self._changed.notify()
        self._thread.join(3 * _PATIENCE)
        self._queue.connection.close()

    def _run(self) -> None:
        pause = _GATHERING
        while True:
            with self._changed:
                self._changed.wait_for(
                    lambda: self._waiting or self._hints or self._closing.is_set()
                )
            self._closing.wait(pause)
            with self._changed:
                ids, self._waiting = self._waiting, set()
                hints, self._hints = list(self._hints.values()), {}
            pause = self._gathering_of_a_crowd if len(hints) >= CROWD else _GATHERING
            if ids or hints:
                try:
                    self._tell(hints, ids)
                except Exception:  # noqa: BLE001 - the next rings must be heard
                    _log.exception("doorbell failed by a fault of our own")
            elif self._closing.is_set():
                return

    def _tell(self, hints: list[ChangeSignal], ids: set[int]) -> None:
        try:
            if hints:
                self._queue.connection.publish(SIGNALS, write_signals(hints))
            if ids:
                self._ring_all(ids)
        except (RedisError, OSError):
            if not self._silent:
                _log.warning("doorbell does not ring: is Redis there?")
            self._silent = True
        else:
            self._silent = False

    def _ring_all(self, ids: set[int]) -> None:
        for outbox_id in sorted(ids)[: max(ENOUGH - self._queue.count, 0)]:
            ring_once(self._queue, outbox_id)


def ring_once(queue: Queue, outbox_id: int) -> None:
    """Put one ring into the queue."""
    queue.enqueue(
        JOB,
        outbox_id,
        job_timeout=int(JOB_TIMEOUT.total_seconds()),
        result_ttl=0,
        failure_ttl=int(KEEP_FAILED.total_seconds()),
    )
