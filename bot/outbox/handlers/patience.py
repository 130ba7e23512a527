"""Patience with foreign targets: their retries and deadlines."""

from datetime import timedelta

_HOUR = 3_600
PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 30, 120, 600, _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR, 24 * _HOUR)
)
