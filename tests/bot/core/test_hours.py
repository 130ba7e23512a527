from dataclasses import replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.core.hours import away_period
from config.rules import Availability, CaptureRules, Hours, OpenRange

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
WORKDAYS = frozenset(range(5))
ROME = ZoneInfo("Europe/Rome")


def opening(opens: str, closes: str, days: frozenset[int] = WORKDAYS) -> OpenRange:
    return OpenRange(days, time.fromisoformat(opens), time.fromisoformat(closes))


def period(at: str, *ranges: OpenRange, zone: ZoneInfo = ROME) -> str | None:
    hours = Hours(ranges or (opening("09:00", "17:00"),), zone)
    rules = CaptureRules(availability=Availability.BUSINESS_HOURS, hours=hours)
    return away_period(rules, datetime.fromisoformat(at).astimezone(UTC))


def test_always_there() -> None:
    assert away_period(CaptureRules(), NOON) is None


def test_away_by_setting_is_one_long_period() -> None:
    assert away_period(CaptureRules(availability=Availability.AWAY), NOON) == "away"


def test_agents_name_the_period_in_which_nobody_is_available() -> None:
    rules = CaptureRules(availability=Availability.AGENTS)
    assert away_period(rules, NOON) is None
    assert away_period(replace(rules, agents_away_since="noon"), NOON) == "noon"


def test_business_hours_that_nobody_has_set_never_close() -> None:
    assert away_period(CaptureRules(availability=Availability.BUSINESS_HOURS), NOON) is None


@pytest.mark.parametrize(
    ("at", "there"),
    [
        ("2026-01-05 08:59:59+01:00", False),
        ("2026-01-05 09:00:00+01:00", True),
        ("2026-01-05 16:59:59+01:00", True),
        ("2026-01-05 17:00:00+01:00", False),
        ("2026-01-09 12:00:00+01:00", True),
        ("2026-01-10 12:00:00+01:00", False),
    ],
    ids=["before", "opening", "last second", "closing", "Friday", "Saturday"],
)
def test_the_team_is_there_from_opening_to_closing(at: str, there: bool) -> None:  # noqa: FBT001
    assert (period(at) is None) is there


@pytest.mark.parametrize(
    ("at", "since"),
    [
        ("2026-01-05 17:00:00+01:00", "2026-01-05T16:00:00+00:00"),
        ("2026-01-06 08:59:00+01:00", "2026-01-05T16:00:00+00:00"),
        ("2026-01-11 12:00:00+01:00", "2026-01-09T16:00:00+00:00"),
        ("2026-01-12 08:00:00+01:00", "2026-01-09T16:00:00+00:00"),
    ],
    ids=["evening", "next morning", "Sunday", "Monday before opening"],
)
def test_a_period_is_named_by_the_closing_that_began_it(at: str, since: str) -> None:
    assert period(at) == f"closed since {since}"


def test_a_break_is_a_period_of_its_own() -> None:
    ranges = (opening("09:00", "12:00"), opening("13:00", "17:00"))
    assert period("2026-01-05 12:30+01:00", *ranges) == "closed since 2026-01-05T11:00:00+00:00"
    assert period("2026-01-05 18:30+01:00", *ranges) == "closed since 2026-01-05T16:00:00+00:00"


def test_ranges_that_touch_or_overlap_have_no_break() -> None:
    touching = (opening("09:00", "12:00"), opening("12:00", "17:00"))
    assert period("2026-01-05 12:00+01:00", *touching) is None
    overlapping = (opening("09:00", "17:00"), opening("10:00", "11:00"))
    assert period("2026-01-05 11:30+01:00", *overlapping) is None


@pytest.mark.parametrize("at", ["2026-01-05 23:00+01:00", "2026-01-06 05:59+01:00"])
def test_a_range_over_midnight_belongs_to_the_day_it_opens(at: str) -> None:
    night = opening("22:00", "06:00", frozenset({0}))
    assert period(at, night) is None
    assert period("2026-01-05 05:00+01:00", night) is not None
    assert period("2026-01-06 06:00+01:00", night) == "closed since 2026-01-06T05:00:00+00:00"


def test_midnight_to_midnight_is_the_whole_day() -> None:
    always = opening("00:00", "00:00", frozenset(range(7)))
    assert period("2026-01-05 00:00+01:00", always) is None
    assert period("2026-01-04 23:59:59+01:00", always) is None


def test_a_range_once_a_week_is_found_a_week_later() -> None:
    weekly = opening("22:00", "06:00", frozenset({0}))
    assert period("2026-01-12 21:59+01:00", weekly) == "closed since 2026-01-06T05:00:00+00:00"


def test_no_opening_at_all_is_one_long_period() -> None:
    assert period("2026-01-05 12:00+01:00", opening("09:00", "17:00", frozenset())) == "closed"


def test_the_zones_clock_counts_not_ours() -> None:
    at = "2026-01-05 12:00+00:00"
    assert period(at, zone=ZoneInfo("America/Los_Angeles")) is not None
    assert period(at, zone=ZoneInfo("Asia/Kolkata")) is not None
    assert period(at, zone=ZoneInfo("Africa/Lagos")) is None


def test_hours_follow_the_clock_on_the_wall_when_it_jumps() -> None:
    summer = frozenset({0})
    assert period("2026-03-30 08:30+02:00", opening("09:00", "17:00", summer)) is not None
    assert period("2026-03-30 09:00+02:00", opening("09:00", "17:00", summer)) is None


def test_the_night_in_which_an_hour_comes_twice_is_open_throughout() -> None:
    night = opening("22:00", "06:00", frozenset({5}))
    for utc in ("2026-10-25 00:30+00:00", "2026-10-25 01:30+00:00", "2026-10-25 04:59+00:00"):
        assert period(utc, night) is None
    assert period("2026-10-25 05:00+00:00", night) == "closed since 2026-10-25T05:00:00+00:00"
