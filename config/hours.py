"""Reads business hours as people write them: `Mon-Fri 09:00-17:00, Sat 10:00-14:00`."""

import re
from datetime import time
from zoneinfo import ZoneInfo

from config.rules import OpenRange

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_RANGE = re.compile(
    r"([a-z]{3})(?:-([a-z]{3}))?\s+(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})", re.IGNORECASE
)


def parse_hours(text: str) -> tuple[OpenRange, ...]:
    """Read comma-separated ranges; an end at or before its start is on the next day.

    Raises ValueError for anything else.
    """
    return tuple(_parse_range(part.strip()) for part in text.split(",") if part.strip())


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
    opens_hour, opens_minute, closes_hour, closes_minute = (int(part) for part in clock)
    return OpenRange(
        _weekdays(first.lower(), (last or first).lower()),
        time(opens_hour % 24 if opens_hour == _MIDNIGHT else opens_hour, opens_minute),
        time(closes_hour % 24 if closes_hour == _MIDNIGHT else closes_hour, closes_minute),
    )


_MIDNIGHT = 24


def _weekdays(first: str, last: str) -> frozenset[int]:
    start, end = _DAYS.index(first), _DAYS.index(last)
    return frozenset((start + step) % 7 for step in range((end - start) % 7 + 1))
