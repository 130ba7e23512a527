"""What nobody would notice: a channel that has fallen silent."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.core.model import VisitorKey
from bot.notifications.watching import Watchman, is_unusually_silent
from bot.ports.channels import Watched
from tests.bot.notifications.bureau import SLACK, Bureau
from tests.factories import NOON

HOUR = timedelta(hours=1)
DEAF = "Nothing is delivered: the page “Northwind” on Messenger"
SILENT = "Unusual silence: the page “Northwind” on Messenger"
BUSY = [NOON - number * timedelta(minutes=20) for number in range(100)]


@pytest.mark.parametrize(
    ("since", "is_silent"),
    [(timedelta(minutes=41), False), (2 * HOUR, False), (timedelta(minutes=121), True)],
)
def test_a_busy_channel_that_falls_silent_is_noticed(since: timedelta, is_silent: bool) -> None:  # noqa: FBT001 - a column of the table
    assert is_unusually_silent(BUSY, NOON + since) is is_silent


def test_nights_are_not_unusual() -> None:
    with_a_night = [*BUSY[:50], *(moment - 10 * HOUR for moment in BUSY[50:])]
    assert not is_unusually_silent(with_a_night, NOON + 20 * HOUR)
    assert is_unusually_silent(with_a_night, NOON + 21 * HOUR)


def test_a_channel_that_is_seldom_heard_of_has_no_rhythm() -> None:
    assert not is_unusually_silent(BUSY[:49], NOON + 1_000 * HOUR)
    assert not is_unusually_silent([], NOON)


def see_nothing() -> None:
    """A check that finds nothing worth keeping."""


def watch(bureau: Bureau, words: str | None, check: Callable[[], None] = see_nothing) -> list[int]:
    """Let a watchman look after a page; the answer counts how often the page was asked."""
    asked: list[int] = []

    def listen() -> str | None:
        asked.append(1)
        return words

    page = Watched("messenger", "1001", lambda: "Northwind", listen, "Meta")
    bureau.look = Watchman(bureau.office.database, [page], lambda: bureau.now, check).look
    return asked


def test_the_team_hears_of_a_page_that_was_switched_off(bureau: Bureau) -> None:
    asked = watch(bureau, "Its webhook was switched off.")
    bureau.work()
    assert bureau.recorder.to(SLACK) == [DEAF]
    bureau.pass_time(3_600)
    assert len(asked) == 5  # every quarter of an hour
    assert len(bureau.recorder.said) == 1
    [row] = bureau.errands("watch")
    assert row["state"] == "pending"


def test_the_whole_installation_is_checked_each_time(bureau: Bureau) -> None:
    checks: list[int] = []
    watch(bureau, None, lambda: checks.append(1))
    bureau.work()
    bureau.pass_time(3_600)
    assert len(checks) == 5


def test_a_check_that_fails_keeps_nobody_from_looking_at_the_pages(bureau: Bureau) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    watch(bureau, "Its webhook was switched off.", fail)
    bureau.work()
    assert bureau.recorder.to(SLACK) == [DEAF]


def test_a_page_that_is_well_is_no_news(bureau: Bureau) -> None:
    watch(bureau, None)
    bureau.work()
    bureau.pass_time(3_600)
    assert not bureau.recorder.said


def test_the_team_hears_of_an_unusual_silence(bureau: Bureau) -> None:
    watch(bureau, None)
    for number in range(60):
        bureau.office.write("Hello", VisitorKey("messenger", "1001", f"visitor-{number}"))
        bureau.office.reply(place=VisitorKey("messenger", "1001", f"visitor-{number}"))
        bureau.office.pass_time(60)
    bureau.work()
    before = len(bureau.recorder.said)
    bureau.office.pass_time(3 * 3_600)
    bureau.office.reply(place=VisitorKey("messenger", "1001", "visitor-1"))  # is no visitor's word
    bureau.work()
    assert bureau.recorder.to(SLACK)[before:] == [SILENT]
    assert "3 hours" in bureau.recorder.bodies[-1]
    bureau.write("I am back", VisitorKey("messenger", "1001", "visitor-1"))
    bureau.pass_time(1_000)
    assert "Heard again: the page “Northwind” on Messenger" in bureau.recorder.to(SLACK)
