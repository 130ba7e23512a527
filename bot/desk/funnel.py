"""The capture funnel of the last weeks: asked, answered, contact."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.storage.database.engine import Database
from bot.storage.database.transactions import read
from bot.storage.operations.funnel import AskedHour, count_asked

SPAN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Steps:
    """Counts of the steps of the capture funnel."""

    asked: int = 0
    answered: int = 0
    contacts: int = 0

    def __add__(self, other: "Steps") -> "Steps":
        """Add two counts up."""
        return Steps(
            self.asked + other.asked,
            self.answered + other.answered,
            self.contacts + other.contacts,
        )


@dataclass(frozen=True, slots=True)
class Funnel:
    """The whole funnel by channel and by the hour of the question."""

    total: Steps
    channels: dict[str, Steps]
    hours: tuple[Steps, ...]
    """24 of them, in the team's time zone."""


def read_funnel(database: Database, now: datetime, zone: ZoneInfo) -> Funnel:
    """Count the last 30 days; blocks."""
    return fold(read(database, lambda found: count_asked(found, now - SPAN)), zone)


def fold(rows: Iterable[AskedHour], zone: ZoneInfo) -> Funnel:
    """Add the hours up."""
    channels: dict[str, Steps] = defaultdict(Steps)
    hours = [Steps()] * 24
    for row in rows:
        steps = Steps(row.asked, row.answered, row.contacts)
        channels[row.channel] += steps
        hours[row.hour.astimezone(zone).hour] += steps
    return Funnel(sum(channels.values(), Steps()), dict(channels), tuple(hours))
