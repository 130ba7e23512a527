"""The allowance of email addresses for one visitor and day."""

from datetime import datetime, timedelta

from bot.core.model import Capture

MOST_A_DAY = 3
DAY = timedelta(days=1)


def taken_until(capture: Capture, at: datetime) -> datetime | None:
    """Say until when no address is taken from a visitor; None: one is taken now."""
    today = [each for each in capture.given_at if at - each < DAY]
    return min(today) + DAY if len(today) >= MOST_A_DAY else None


def is_told(capture: Capture, at: datetime) -> bool:
    """Say whether the visitor was told today, and since its last address, that it is enough."""
    told_at = capture.limit_told_at
    if told_at is None or at - told_at >= DAY:
        return False
    return all(told_at >= each for each in capture.given_at)


def remember_given(capture: Capture, at: datetime) -> Capture:
    """Keep the moments that count for the next address."""
    return capture._replace(given_at=(*capture.given_at, at)[-MOST_A_DAY:])
