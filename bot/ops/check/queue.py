"""The doorbell: does Redis answer, and does a worker listen there."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from redis.exceptions import AuthenticationError, RedisError
from rq import Queue, Worker

from bot.findings import Finding, attention, broken, ok
from bot.wiring.ground import redis_url
from config.settings import Settings
from workers.doorbell import open_queue

_ALIVE = timedelta(seconds=90)
"""A worker is heard of every few seconds, but for as long as one job may take."""


def check_queue(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Look at the doorbell and at who hears it."""
    try:
        queue = open_queue(redis_url(settings))
    except ValueError:
        yield broken(
            "redis", "REDIS_URL is no URL of a Redis.", "It looks like redis://host:6379/0."
        )
        return
    try:
        beats = _heartbeats(queue)
    except AuthenticationError:
        yield broken("redis", "It does not take the password in REDIS_URL.")
    except (RedisError, OSError):
        yield _silent(settings)
    else:
        yield ok("redis", "It answers.")
        yield _check_workers([now - beat for beat in beats])
    finally:
        queue.connection.close()


def _silent(settings: Settings) -> Finding:
    if settings.redis_url:
        advice = "What comes in is stored, and nothing goes out until it runs at REDIS_URL."
        return broken("redis", "It does not answer.", advice)
    return attention("redis", "The embedded one does not run.", "./run starts it, and the rest.")


def _heartbeats(queue: Queue) -> list[datetime]:
    queue.connection.ping()
    beats = [worker.last_heartbeat for worker in Worker.all(queue=queue)]
    return [beat.replace(tzinfo=beat.tzinfo or UTC) for beat in beats if beat]


def _check_workers(ages: list[timedelta]) -> Finding:
    alive = [age for age in ages if age < _ALIVE]
    if not alive:
        return broken("workers", "None is alive: nothing goes out.", "Start python -m workers.")
    seconds = max(round(min(alive).total_seconds()), 0)
    return ok("workers", f"{len(alive)} alive, last heard of {seconds} seconds ago.")
