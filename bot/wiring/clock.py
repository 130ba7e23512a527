"""Composition of the clock's process."""

from bot.outbox.clock import Clock
from bot.storage.database.engine import Database
from bot.wiring.ground import now, redis_url
from bot.wiring.lanes import visitor_queues
from config.settings import Settings
from workers.doorbell import RqDoorbell


def open_clock(settings: Settings) -> Clock:
    """Put the clock together."""
    return Clock(
        Database(settings.database),
        RqDoorbell(redis_url(settings)),
        now,
        visitor_queues(),
    )
