"""Patience with foreign targets: their retries and deadlines."""

from datetime import timedelta

_HOUR = 3_600
OLD_NEWS = timedelta(days=1)
"""After so long nobody needs a notice any more."""
TOO_LATE = timedelta(days=3)
"""After so long a program is not sent an event any more."""
PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 30, 120, 600, _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR, 24 * _HOUR)
)
