from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.core.back import say_back
from bot.core.decisions import AskForEmail, ShowAway
from bot.core.hours import away_period, back_at
from bot.core.model import Conversation
from config.hours import parse_holidays, parse_hours
from config.rules import Availability, Holiday, Hours
from tests.factories import RULES, came_due, find, tell, wrote

ROME = ZoneInfo("Europe/Rome")
CHRISTMAS = "2026-12-25, 2026-12-24 09:00-12:00, 2026-12-26"
OPEN = replace(
    RULES,
    availability=Availability.BUSINESS_HOURS,
    hours=Hours(parse_hours("Mon-Fri 09:00-17:00"), ROME, parse_holidays(CHRISTMAS)),
)


def rome(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ROME)


def test_holidays_are_read_with_the_hours_beside_them() -> None:
    assert parse_holidays(CHRISTMAS) == (
        Holiday(date(2026, 12, 24), ((time(9), time(12)),)),
        Holiday(date(2026, 12, 25)),
        Holiday(date(2026, 12, 26)),
    )
    assert parse_holidays("") == ()


@pytest.mark.parametrize("text", ["25.12.2026", "2026-13-01", "2026-12-25 9-12", "Christmas"])
def test_what_is_no_holiday_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_holidays(text)


@pytest.mark.parametrize(
    ("at", "back"),
    [
        ("2026-12-23T10:00", None),
        ("2026-12-23T18:00", "2026-12-24T09:00"),
        ("2026-12-24T10:00", None),
        ("2026-12-24T12:00", "2026-12-28T09:00"),
        ("2026-12-25T10:00", "2026-12-28T09:00"),
        ("2026-12-28T09:00", None),
    ],
)
def test_the_team_is_away_on_holidays_and_back_after_them(at: str, back: str | None) -> None:
    assert back_at(OPEN, rome(at)) == (rome(back) if back else None)
    assert (away_period(OPEN, rome(at)) is not None) == (back is not None)


def test_one_long_holiday_is_one_away_period() -> None:
    periods = {away_period(OPEN, rome(f"2026-12-{day}T13:00")) for day in (24, 25, 26, 27)}
    assert len(periods) == 1


def test_a_night_shift_ends_where_a_holiday_begins() -> None:
    hours = Hours(parse_hours("Mon-Sun 22:00-06:00"), ROME, parse_holidays("2026-12-25"))
    rules = replace(OPEN, hours=hours)
    assert away_period(rules, rome("2026-12-24T23:00")) is None
    assert away_period(rules, rome("2026-12-25T01:00")) is not None
    assert back_at(rules, rome("2026-12-25T01:00")) == rome("2026-12-26T22:00")


@pytest.mark.parametrize(
    ("locale", "at", "said"),
    [
        ("en", "2026-12-04T18:00", "We are back on Monday at 9:00."),
        ("en", "2026-12-03T08:00", "We are back today at 9:00."),
        ("en", "2026-12-02T18:00", "We are back tomorrow at 9:00."),
        ("it", "2026-12-04T18:00", "Torniamo lunedì alle 9:00."),
        ("de-AT", "2026-12-04T18:00", "Wir sind am Montag um 9:00 Uhr wieder da."),
        ("fr", "2026-12-24T13:00", "Nous serons de retour lundi à 9:00."),
        ("es", "2026-12-04T18:00", "Volvemos el lunes a las 9:00."),
        ("pt", "2026-12-04T18:00", "Voltamos segunda-feira às 9:00."),
        ("nl", "2026-12-04T18:00", "We zijn maandag om 9:00 uur terug."),
    ],
)
def test_the_visitor_hears_in_its_language_when_we_are_back(
    locale: str, at: str, said: str
) -> None:
    assert say_back(Conversation("webchat", locale=locale), rome(at), OPEN) == said


def test_a_day_beyond_the_week_is_a_date() -> None:
    long = ", ".join(f"2026-12-{day}" for day in range(21, 32))
    rules = replace(
        OPEN, hours=Hours(parse_hours("Mon-Fri 09:00-17:00"), ROME, parse_holidays(long))
    )
    said = say_back(Conversation("webchat", locale="de"), rome("2026-12-21T10:00"), rules)
    assert said == "Wir sind am 1. Januar um 9:00 Uhr wieder da."


def test_the_hour_is_the_visitors_where_its_zone_is_known() -> None:
    visitor = Conversation("webchat", zone="America/New_York")
    assert say_back(visitor, rome("2026-12-04T18:00"), OPEN) == "We are back on Monday at 3:00."
    nowhere = Conversation("webchat", zone="Moon/Base")
    assert say_back(nowhere, rome("2026-12-04T18:00"), OPEN) == "We are back on Monday at 9:00."


@pytest.mark.parametrize("availability", [Availability.ALWAYS, Availability.AWAY])
def test_where_nobody_can_tell_nothing_is_said(availability: Availability) -> None:
    rules = replace(OPEN, availability=availability)
    assert say_back(Conversation("webchat"), rome("2026-12-04T18:00"), rules) is None


def test_the_away_message_says_when_we_are_back() -> None:
    weekend = replace(OPEN, hours=Hours(parse_hours("Tue-Fri 09:00-17:00"), ZoneInfo("UTC")))
    story = tell(wrote(at=0), start=Conversation("webchat"), rules=weekend)
    [message] = find(ShowAway, story.last)
    assert message.text.endswith("We are back tomorrow at 9:00.")
    custom = replace(weekend, away_message="Gone fishing")
    [own] = find(ShowAway, tell(wrote(at=0), start=Conversation("webchat"), rules=custom).last)
    assert own.text == "Gone fishing"


def test_a_prompt_that_no_away_message_goes_with_says_it_itself() -> None:
    weekend = replace(OPEN, hours=Hours(parse_hours("Tue-Fri 09:00-17:00"), ZoneInfo("UTC")))
    shown = tell(wrote(at=0), start=Conversation("webchat"), rules=weekend)
    asked = tell(came_due(0), start=shown.conversation, rules=weekend)
    [question] = find(AskForEmail, asked.last)
    assert question.text.endswith("We are back tomorrow at 9:00.")
