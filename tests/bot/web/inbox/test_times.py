"""Moments and lengths in words."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.web.inbox.conversation.times import ago, clock_time, day_name, length, read_zone, row_time

NOW = datetime(2026, 11, 22, 14, 36, tzinfo=UTC)
ROME, TOKYO = ZoneInfo("Europe/Rome"), ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize(
    ("back", "row", "day"),
    [
        (timedelta(0), "15:36", "Today"),
        (timedelta(hours=15), "00:36", "Today"),
        (timedelta(hours=16), "Yesterday", "Yesterday"),
        (timedelta(days=2), "20 Nov", "Friday 20 November"),
        (timedelta(days=365), "22 Nov 2025", "22 November 2025"),
        (timedelta(days=-1), "23 Nov", "Monday 23 November"),
    ],
)
def test_the_further_back_the_less_exact(back: timedelta, row: str, day: str) -> None:
    assert (row_time(NOW - back, NOW, ROME), day_name(NOW - back, NOW, ROME)) == (row, day)


def test_the_day_is_that_of_the_reader() -> None:
    assert clock_time(NOW, TOKYO) == "23:36"
    assert row_time(NOW - timedelta(hours=15), NOW, TOKYO) == "08:36"
    assert row_time(NOW + timedelta(hours=1) - timedelta(days=1), NOW, TOKYO) == "00:36"


@pytest.mark.parametrize(
    ("span", "shown"),
    [
        (timedelta(seconds=5), "1 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=47), "47 h"),
        (timedelta(days=2), "2 d"),
    ],
)
def test_lengths_are_short(span: timedelta, shown: str) -> None:
    assert length(span) == shown


def test_what_has_just_happened_is_a_moment_ago() -> None:
    assert ago(NOW - timedelta(seconds=59), NOW) == "a moment ago"
    assert ago(NOW - timedelta(minutes=5), NOW) == "5 min ago"
    assert ago(NOW + timedelta(minutes=5), NOW) == "a moment ago"


@pytest.mark.parametrize(
    "name", ["", "Nowhere/Land", "../../etc/passwd", "/etc/passwd", "Europe", "a\0b"]
)
def test_a_zone_that_is_none_is_the_teams(name: str) -> None:
    assert read_zone(name, ROME) is ROME


def test_a_zone_is_that_of_the_browser() -> None:
    assert read_zone("Asia/Tokyo", ROME) == TOKYO
