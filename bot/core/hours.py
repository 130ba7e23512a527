"""Whether the team is away, and since when."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import assert_never

from config.rules import Availability, CaptureRules, Hours, OpenRange

_DAY = timedelta(days=1)
_DAYS_BACK = 8  # a range that opens once a week has closed within them


def away_period(rules: CaptureRules, at: datetime) -> str | None:
    """Name the period in which the team is away at this moment; None: somebody is there."""
    match rules.availability:
        case Availability.ALWAYS:
            return None
        case Availability.AWAY:
            return "away"
        case Availability.AGENTS:
            return rules.agents_away_since
        case Availability.BUSINESS_HOURS:
            return _closed_period(rules.hours, at) if rules.hours else None
        case _:
            assert_never(rules.availability)


def _closed_period(hours: Hours, at: datetime) -> str | None:
    openings = _openings(hours, at.astimezone(hours.zone).date())
    if any(opens <= at < closes for opens, closes in openings):
        return None
    closed = max((closes for _, closes in openings if closes <= at), default=None)
    return f"closed since {closed.isoformat()}" if closed else "closed"


@lru_cache(maxsize=32)
def _openings(hours: Hours, today: date) -> tuple[tuple[datetime, datetime], ...]:
    days = [today - back * _DAY for back in range(_DAYS_BACK + 1)]
    return tuple(
        _opening(hours, opened, day)
        for opened in hours.ranges
        for day in days
        if day.weekday() in opened.weekdays
    )


def _opening(hours: Hours, opened: OpenRange, day: date) -> tuple[datetime, datetime]:
    last = day if opened.closes > opened.opens else day + _DAY
    opens = datetime.combine(day, opened.opens, hours.zone)
    closes = datetime.combine(last, opened.closes, hours.zone)
    # In UTC: within one zone Python compares the clocks on the wall, which jump.
    return opens.astimezone(UTC), closes.astimezone(UTC)
