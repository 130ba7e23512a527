"""Reads business hours as people write them: `Mon-Fri 09:00-17:00, Sat 10:00-14:00`."""

import re
from datetime import date, time
from zoneinfo import ZoneInfo

from config.rules import Holiday, OpenRange

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOLIDAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:\s+(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2}))?")
_RANGE = re.compile(
    r"([a-z]{3})(?:-([a-z]{3}))?\s+(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})", re.IGNORECASE
)


def parse_hours(text: str) -> tuple[OpenRange, ...]:
    """Read comma-separated ranges; an end at or before its start is on the next day.

    Raises ValueError for anything else.
    """
    return tuple(_parse_range(part.strip()) for part in text.split(",") if part.strip())


def parse_holidays(text: str) -> tuple[Holiday, ...]:
    """Read comma-separated days, each with the hours at which the team is there all the same.

    A day may stand several times, for several hours. Raises ValueError for anything else.
    """
    days: dict[date, list[tuple[time, time]]] = {}
    for part in filter(None, map(str.strip, text.split(","))):
        match = _HOLIDAY.fullmatch(part)
        if not match:
            msg = "not a holiday"
            raise ValueError(msg)
        hours = days.setdefault(date.fromisoformat(match[1]), [])
        if match[2]:
            hours.append((_clock(match[2], match[3]), _clock(match[4], match[5])))
    return tuple(Holiday(day, tuple(hours)) for day, hours in sorted(days.items()))


def parse_zone(name: str) -> ZoneInfo:
    """Look a time zone up by its IANA name; raises ValueError for an unknown one."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        msg = "unknown time zone"
        raise ValueError(msg) from None


def _parse_range(text: str) -> OpenRange:
    match = _RANGE.fullmatch(text)
    if not match:
        msg = "not a range of hours"
        raise ValueError(msg)
    first, last, *clock = match.groups()
    return OpenRange(
        _weekdays(first.lower(), (last or first).lower()), _clock(*clock[:2]), _clock(*clock[2:])
    )


def _clock(hour: str, minute: str) -> time:
    return time(0 if int(hour) == _MIDNIGHT else int(hour), int(minute))


_MIDNIGHT = 24


def _weekdays(first: str, last: str) -> frozenset[int]:
    start, end = _DAYS.index(first), _DAYS.index(last)
    return frozenset((start + step) % 7 for step in range((end - start) % 7 + 1))
