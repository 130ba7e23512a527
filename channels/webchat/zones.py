"""Reads the time zone that a browser names."""

from config.hours import parse_zone


def read_zone(name: str) -> str | None:
    """Give a time zone's IANA name back; None: there is no such zone."""
    try:
        return parse_zone(name).key if name else None
    except ValueError:
        return None
