"""What Prometheus is told."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, timedelta
from typing import TypeAlias

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from prometheus_client.parser import text_string_to_metric_families
from rq import Queue

from bot.ports.errors import Cause, SendError, Trouble, UndeliverableError
from bot.storage.database.engine import Database
from bot.storage.operations.tallies import DROPPED_MAILS, add_to_tally
from bot.storage.tables import dead_letters
from bot.web.metrics import Metrics
from tests.factories import NOON
from tests.office import PAGE, Office
from workers.doorbell import open_queue, ring_once

Samples: TypeAlias = dict[tuple[str, frozenset[tuple[str, str]]], float]
Scrape: TypeAlias = Callable[[Metrics], Awaitable[Samples]]
_Serve: TypeAlias = Callable[[web.Application], Awaitable[TestClient[web.Request, web.Application]]]
REFUSED = UndeliverableError("No.", Cause.REJECTED)


@pytest.fixture
def queue(redis_url: str) -> Iterator[Queue]:
    opened = open_queue(redis_url)
    yield opened
    opened.connection.close()


@pytest.fixture
def metrics(office: Office, queue: Queue) -> Metrics:
    return Metrics(office.database, queue, lambda: office.now)


@pytest.fixture
def scrape(aiohttp_client: _Serve) -> Scrape:
    """Read as Prometheus does, and find each value by its name and labels."""

    async def scrape(metrics: Metrics) -> Samples:
        app = web.Application()
        app.add_routes(metrics.routes())
        response = await (await aiohttp_client(app)).get("/metrics")
        assert response.status == 200
        return {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(await response.text())
            for sample in family.samples
        }

    return scrape


def value(samples: Samples, name: str, **labels: str) -> float:
    return samples[f"whosthere_{name}", frozenset(labels.items())]


def names(samples: Samples) -> set[str]:
    return {name for name, _ in samples}


async def test_webhooks_are_counted_and_timed_by_their_answer(
    scrape: Scrape, metrics: Metrics
) -> None:
    for status in (200, 200, 403):
        metrics.webhook(status, 0.02)
    samples = await scrape(metrics)
    assert value(samples, "webhook_seconds_count", status="200") == 2
    assert value(samples, "webhook_seconds_count", status="403") == 1
    assert value(samples, "webhook_seconds_bucket", status="200", le="0.01") == 0
    assert value(samples, "webhook_seconds_bucket", status="200", le="0.025") == 2


async def test_what_was_ignored_is_counted_by_kind(scrape: Scrape, metrics: Metrics) -> None:
    metrics.ignored("reaction", 2)
    metrics.ignored("reaction", 1)
    assert value(await scrape(metrics), "webhook_ignored_total", kind="reaction") == 3


async def test_the_outbox_is_shown_with_how_late_it_is(
    scrape: Scrape, metrics: Metrics, office: Office
) -> None:
    office.write()
    office.work()
    office.pass_time(60 + 42)
    samples = await scrape(metrics)
    assert value(samples, "outbox_oldest_due_seconds") == 42
    assert value(samples, "outbox_rows", kind="capture_prompt", state="pending") == 1


async def test_what_is_not_due_yet_is_not_late(
    scrape: Scrape, metrics: Metrics, office: Office
) -> None:
    office.write()
    office.work()
    assert value(await scrape(metrics), "outbox_oldest_due_seconds") == 0


async def test_what_went_wrong_is_shown(scrape: Scrape, metrics: Metrics, office: Office) -> None:
    def refuse(*_: object) -> None:
        raise REFUSED

    office.write()
    office.pass_time(60)
    office.channel.answer = refuse
    office.work()
    with office.database.write() as connection:
        letter = {"channel": "messenger", "raw": b"<xml/>", "reason": "x", "state": "open"}
        connection.execute(dead_letters.insert(), {**letter, "created_at": NOON})
    samples = await scrape(metrics)
    assert value(samples, "outbox_rows", kind="capture_prompt", state="dead") == 1
    assert value(samples, "dead_letters") == 1


@pytest.mark.parametrize(
    ("error", "is_ok"), [(None, 1), (SendError("No.", trouble=Trouble.CREDENTIALS), 0)]
)
async def test_a_page_that_may_not_speak_is_shown(
    scrape: Scrape, metrics: Metrics, office: Office, error: SendError | None, is_ok: int
) -> None:
    def answer(*_: object) -> None:
        if error:
            raise error

    office.write()
    office.pass_time(60)
    office.channel.answer = answer
    office.work()
    office.pass_time(3600)
    samples = await scrape(metrics)
    assert value(samples, "account_ok", channel="messenger", account=PAGE) == is_ok


async def test_the_queue_is_shown_with_its_age(
    scrape: Scrape, metrics: Metrics, office: Office, queue: Queue
) -> None:
    ring_once(queue, 1)
    ring_once(queue, 2)
    [first, _] = queue.get_jobs()
    assert first.enqueued_at
    office.now = first.enqueued_at.replace(tzinfo=UTC) + timedelta(seconds=9)
    samples = await scrape(metrics)
    assert value(samples, "queue_length") == 2
    assert value(samples, "queue_age_seconds") == 9


async def test_an_empty_queue_has_no_age(scrape: Scrape, metrics: Metrics) -> None:
    samples = await scrape(metrics)
    assert (value(samples, "queue_length"), value(samples, "queue_age_seconds")) == (0, 0)


async def test_what_nobody_can_read_in_the_queue_hides_nothing_else(
    scrape: Scrape, metrics: Metrics, queue: Queue
) -> None:
    queue.connection.hset("rq:job:odd", "data", "x")
    queue.connection.hset("rq:job:odd", "created_at", "yesterday")
    queue.connection.rpush(queue.key, "odd")
    samples = await scrape(metrics)
    assert value(samples, "queue_length") == 1
    assert "whosthere_queue_age_seconds" not in names(samples)


async def test_without_redis_everything_else_is_shown(scrape: Scrape, office: Office) -> None:
    away = Metrics(office.database, open_queue("redis://127.0.0.1:1/0"), lambda: office.now)
    shown = names(await scrape(away))
    assert "whosthere_outbox_oldest_due_seconds" in shown
    assert "whosthere_queue_length" not in shown


async def test_without_a_database_what_the_process_saw_is_shown(
    scrape: Scrape, queue: Queue
) -> None:
    away = Metrics(Database("postgresql://ann@127.0.0.1:1/none"), queue, lambda: NOON)
    away.webhook(503, 0.1)
    samples = await scrape(away)
    assert value(samples, "webhook_seconds_count", status="503") == 1
    assert value(samples, "queue_length") == 0
    assert "whosthere_outbox_oldest_due_seconds" not in names(samples)


async def test_mails_that_a_worker_dropped_are_counted_here_too(
    metrics: Metrics, office: Office, scrape: Scrape
) -> None:
    assert value(await scrape(metrics), "mailbox_dropped_total") == 0
    for count in (2, 3):
        with office.database.write() as connection:
            add_to_tally(connection, DROPPED_MAILS, count)
    assert value(await scrape(metrics), "mailbox_dropped_total") == 5
