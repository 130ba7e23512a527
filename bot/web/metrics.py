"""Metrics for Prometheus: this process's counters and the outbox's figures."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from redis.exceptions import RedisError
from rq import Queue

from bot.ports.errors import UnavailableError
from bot.storage.database.engine import Database
from bot.storage.database.transactions import read
from bot.storage.forgetting.erasing_steps import count_unfinished
from bot.storage.operations.tallies import DROPPED_MAILS, read_deleted, read_tally
from bot.storage.outbox.metrics import OutboxMetrics, read_metrics

_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
_AT_ONCE = 100  # webhooks: to count one between others costs several times as much


class Metrics:
    """Counts what this process sees; the rest is read when somebody asks."""

    def __init__(self, database: Database, queue: Queue, clock: Callable[[], datetime]) -> None:
        self._registry = CollectorRegistry()
        self._seconds = Histogram(
            "whosthere_webhook_seconds",
            "Time from a webhook's arrival to its answer",
            ["status"],
            registry=self._registry,
            buckets=_BUCKETS,
        )
        self._answered: list[tuple[int, float]] = []
        self._ignored = Counter(
            "whosthere_webhook_ignored_total",
            "Reports that ask for nothing",
            ["kind"],
            registry=self._registry,
        )
        self._registry.register(_Outbox(database, queue, clock))

    def webhook(self, status: int, seconds: float) -> None:
        """Count one answered webhook."""
        self._answered.append((status, seconds))
        if len(self._answered) >= _AT_ONCE:
            self._count_answered()

    def _count_answered(self) -> None:
        answered, self._answered = self._answered, []
        statuses = {status for status, _ in answered}
        histograms = {status: self._seconds.labels(str(status)) for status in statuses}
        for status, seconds in answered:
            histograms[status].observe(seconds)

    def ignored(self, kind: str, count: int) -> None:
        """Count reports that were understood and ask for nothing."""
        self._ignored.labels(kind).inc(count)

    def routes(self) -> list[web.RouteDef]:
        """Serve `/metrics`."""
        return [web.get("/metrics", self._show)]

    async def _show(self, _request: web.Request) -> web.Response:
        self._count_answered()
        text = await asyncio.to_thread(generate_latest, self._registry)
        return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE_LATEST})


class _Outbox(Collector):
    def __init__(self, database: Database, queue: Queue, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._queue = queue
        self._clock = clock

    def describe(self) -> Iterable[Metric]:
        return []  # what there is depends on the database

    def collect(self) -> Iterable[Metric]:
        """Tell what can be told: while something is away, the rest is worth all the more."""
        now = self._clock()
        with suppress(UnavailableError):
            figures = read(self._database, lambda connection: read_metrics(connection, now))
            yield from _outbox_metrics(figures)
            dropped = read(self._database, lambda connection: read_tally(connection, DROPPED_MAILS))
            yield _dropped_mails(dropped)
            yield _deleted(read(self._database, read_deleted))
            unfinished = read(self._database, count_unfinished)
            words = "People and expired visitors who are hidden and not deleted yet"
            yield _gauge("unfinished_erasures", words, unfinished.count)
        with suppress(RedisError, OSError, ValueError):  # the last: a job that nobody can read
            yield _gauge("queue_length", "Rings that no worker has heard yet", self._queue.count)
            yield _gauge("queue_age_seconds", "How long the oldest ring has waited", self._age(now))

    def _age(self, now: datetime) -> float:
        ids = self._queue.get_job_ids(0, 1)
        first = self._queue.fetch_job(ids[0]) if ids else None
        asked_at = first.enqueued_at if first else None
        return (now - asked_at.replace(tzinfo=UTC)).total_seconds() if asked_at else 0.0


def _outbox_metrics(figures: OutboxMetrics) -> Iterable[Metric]:
    rows = GaugeMetricFamily(
        "whosthere_outbox_rows", "Outbox rows by kind and state", labels=["kind", "state"]
    )
    for (kind, state), count in figures.outbox.items():
        rows.add_metric([kind, state], count)
    yield rows
    yield _gauge(
        "outbox_oldest_due_seconds", "How overdue the oldest due row is", figures.oldest_due_seconds
    )
    yield _gauge("dead_letters", "What nobody has looked at yet", figures.dead_letters)
    pages = GaugeMetricFamily(
        "whosthere_account_ok", "1 where we may speak, 0 where not", labels=["channel", "account"]
    )
    for (channel, account), is_ok in figures.accounts.items():
        pages.add_metric([channel, account], float(is_ok))
    yield pages


def _dropped_mails(count: int) -> Metric:
    text = "Mails in the mailbox for answers that belonged to no conversation"
    return CounterMetricFamily("whosthere_mailbox_dropped", text, value=count)


def _deleted(counts: dict[str, int]) -> Metric:
    rows = CounterMetricFamily(
        "whosthere_deleted", "Rows that were erased, or kept no longer", labels=["table"]
    )
    for table, count in counts.items():
        rows.add_metric([table], count)
    return rows


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"whosthere_{name}", text, value=value)
