"""Meta's timestamps: milliseconds, at times seconds, strings, or nonsense."""

from datetime import UTC, datetime

_SECONDS_BELOW = 10**11
_EARLIEST = datetime(2004, 2, 4, tzinfo=UTC).timestamp() * 1000  # before, there was no Facebook
_LATEST = datetime(3000, 1, 1, tzinfo=UTC).timestamp() * 1000
_LONGEST = 20


def moment_of(value: object, received_at: datetime) -> datetime | None:
    """Read a moment that makes sense; what claims to come from the future happened just now."""
    number = value if type(value) is int else _number(value)  # which is nearly always so
    if number is None:
        return None
    milliseconds = number * 1000 if abs(number) < _SECONDS_BELOW else number
    if not _EARLIEST <= milliseconds <= _LATEST:
        return None
    return min(datetime.fromtimestamp(milliseconds / 1000, UTC), received_at)


def is_missing(value: object) -> bool:
    """Say whether there is no timestamp at all, which is usual for some events."""
    return value is None or value in (0, "", "0")


def _number(value: object) -> int | float | None:
    match value:
        case bool():
            return None
        case int() | float():
            return value
        case str() if value.isascii() and value.isdigit() and len(value) <= _LONGEST:
            return int(value)
        case _:
            return None
