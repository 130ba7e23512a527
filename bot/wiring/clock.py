"""What the clock's process is made of."""

from bot.clock import Clock
from bot.delivery.claims import QUEUES
from bot.errands.spreading import SPREAD
from bot.errands.taking import TAKEN
from bot.storage.engine import Database
from bot.wiring.ground import now, redis_url
from config.settings import Settings
from workers.doorbell import RqDoorbell


def open_clock(settings: Settings) -> Clock:
    """Put the clock together."""
    queues = (*QUEUES, SPREAD, TAKEN)
    return Clock(Database(settings.database), RqDoorbell(redis_url(settings)), now, queues)
