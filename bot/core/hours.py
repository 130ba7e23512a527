"""Business hours: whether the team is away, and since when."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import assert_never

from config.rules import Availability, CaptureRules, Hours

_DAY = timedelta(days=1)
_DAYS_AHEAD = 400  # over every list of holidays, and over the year's end
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


def back_at(rules: CaptureRules, at: datetime) -> datetime | None:
    """Say when the team is there again, in UTC; None: it is there, or nobody can tell."""
    if rules.availability is not Availability.BUSINESS_HOURS or rules.hours is None:
        return None
    if _closed_period(rules.hours, at) is None:
        return None
    today = at.astimezone(rules.hours.zone).date()
    coming = (_openings_of(rules.hours, today + ahead * _DAY) for ahead in range(_DAYS_AHEAD))
    return min((opens for day in coming for opens, _ in day if opens > at), default=None)


@lru_cache(maxsize=32)
def _openings(hours: Hours, today: date) -> tuple[tuple[datetime, datetime], ...]:
    back = range(_DAYS_BACK + len(hours.holidays) + 1)
    return tuple(each for days in back for each in _openings_of(hours, today - days * _DAY))


@lru_cache(maxsize=512)
def _openings_of(hours: Hours, day: date) -> tuple[tuple[datetime, datetime], ...]:
    clocks = _exceptions(hours).get(day)
    if clocks is None:
        ranges = [each for each in hours.ranges if day.weekday() in each.weekdays]
        clocks = tuple((each.opens, each.closes) for each in ranges)
    return tuple(_opening(hours, day, opens, closes) for opens, closes in clocks)


def _opening(hours: Hours, day: date, opens: time, closes: time) -> tuple[datetime, datetime]:
    last = day if closes > opens else day + _DAY
    if last != day and last in _exceptions(hours):
        closes = time()  # the night before a holiday ends with the day
    # In UTC: within one zone Python compares the clocks on the wall, which jump.
    begins = datetime.combine(day, opens, hours.zone).astimezone(UTC)
    return begins, datetime.combine(last, closes, hours.zone).astimezone(UTC)


@lru_cache(maxsize=32)
def _exceptions(hours: Hours) -> Mapping[date, tuple[tuple[time, time], ...]]:
    return {each.day: each.hours for each in hours.holidays}
