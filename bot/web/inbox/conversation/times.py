"""Moments and lengths as agents read them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def read_zone(name: str, default: ZoneInfo) -> ZoneInfo:
    """Find the time zone that a browser names."""
    try:
        return ZoneInfo(name) if name else default
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder
        return default


def clock_time(at: datetime, zone: ZoneInfo) -> str:
    """Write the time of day."""
    return at.astimezone(zone).strftime("%H:%M")


def row_time(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Write a moment as shortly as it can be understood."""
    there, here = at.astimezone(zone), now.astimezone(zone)
    match (here.date() - there.date()).days:
        case 0:
            return there.strftime("%H:%M")
        case 1:
            return "Yesterday"
        case _ if there.year == here.year:
            return f"{there.day} {there:%b}"
        case _:
            return f"{there.day} {there:%b %Y}"


def day_name(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Name the day that a part of a conversation happened on."""
    there, here = at.astimezone(zone), now.astimezone(zone)
    match (here.date() - there.date()).days:
        case 0:
            return "Today"
        case 1:
            return "Yesterday"
        case _ if there.year == here.year:
            return f"{there:%A} {there.day} {there:%B}"
        case _:
            return date_name(at, zone)


def date_name(at: datetime, zone: ZoneInfo) -> str:
    """Name a day whatever day it is now."""
    there = at.astimezone(zone)
    return f"{there.day} {there:%B %Y}"


def length(span: timedelta) -> str:
    """Write how long something takes."""
    if span < _HOUR:
        return f"{max(1, span // _MINUTE)} min"
    if span < 2 * _DAY:
        return f"{span // _HOUR} h"
    return f"{span // _DAY} d"


def ago(at: datetime, now: datetime) -> str:
    """Write how long something is past."""
    return "a moment ago" if now - at < _MINUTE else f"{length(now - at)} ago"
