"""Who was asked, who answered, who is a contact now."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.core.model import VisitorKey
from bot.desk.funnel import SPAN, Funnel, Steps, fold, read_funnel
from bot.storage.operations.funnel import AskedHour
from tests.factories import NOON
from tests.office import ANN, BEN, PAGE, Office

UTC = ZoneInfo("UTC")
CLO = VisitorKey("messenger", PAGE, "clo")
DAN = VisitorKey("messenger", PAGE, "dan")


def test_each_visitor_counts_as_far_as_it_came(office: Office) -> None:
    for place in (ANN, BEN, CLO, DAN):
        office.write(place=place)
    office.pass_time(61)
    office.work()
    office.pass_time(5)
    office.write("ann@example.com", ANN)
    office.write("No thanks", BEN)
    office.write("When do you open?", CLO)
    assert read_funnel(office.database, office.now, UTC).total == Steps(4, 3, 1)


def test_who_was_never_asked_is_not_in_it(office: Office) -> None:
    office.write()
    office.reply()
    office.pass_time(61)
    office.work()
    assert read_funnel(office.database, office.now, UTC).total == Steps()


def test_who_was_asked_long_ago_is_not_in_it(office: Office) -> None:
    office.write()
    office.pass_time(61)
    office.work()
    asked_at, later = office.now, timedelta(seconds=1)
    assert read_funnel(office.database, asked_at + SPAN, UTC).total == Steps(1)
    assert read_funnel(office.database, asked_at + SPAN + later, UTC).total == Steps()


def test_hours_are_those_of_the_teams_own_day() -> None:
    rows = [AskedHour("webchat", NOON.replace(minute=0), 3, 2, 1)]
    funnel = fold(rows, ZoneInfo("Asia/Tokyo"))
    assert funnel.hours[(NOON.hour + 9) % 24] == Steps(3, 2, 1)
    assert sum(funnel.hours, Steps()) == funnel.total == Steps(3, 2, 1)


def test_channels_are_counted_apart() -> None:
    rows = [AskedHour("webchat", NOON, 3, 2, 1), AskedHour("messenger", NOON, 5, 1, 0)]
    assert fold(rows, UTC).channels == {"webchat": Steps(3, 2, 1), "messenger": Steps(5, 1, 0)}
    assert fold([], UTC) == Funnel(Steps(), {}, (Steps(),) * 24)
