"""When a notice that is due should still go out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.model import ConversationId, Status, VisitorId, VisitorKey
from bot.notifications.rules import (
    APART,
    MOST,
    Drop,
    Gather,
    Wait,
    end_of_quiet,
    is_for,
    is_outdated,
    is_too_much,
    leave_in_peace,
    without_the_away,
)
from bot.notifications.texts import About
from bot.storage.team.notification_limits import Told
from bot.storage.team.notification_subjects import Subject
from bot.storage.team.recipients import Recipient, Wishes
from tests.factories import NOON

SUBJECT = Subject(
    id=ConversationId(7),
    visitor_id=VisitorId(8),
    place=VisitorKey("webchat", "https://shop.example", "v"),
    status=Status.OPEN,
    waiting_since=NOON,
    assignee=None,
    last_seq=3,
    answered_seq=0,
    first_name=None,
    last_name=None,
    is_unknown=True,
    created_at=NOON,
)
ADA = Recipient(
    1, "ada@shop.example", is_admin=False, available=True, seen_at=None, wishes=Wishes()
)
AWAY = replace(ADA, available=False, devices=(1,))
BEN = replace(ADA, id=2, email="ben@shop.example", devices=(2,))
LATER = NOON + timedelta(minutes=2)


def test_a_visitor_that_still_waits_is_told_of() -> None:
    assert is_outdated(About.WAITING, SUBJECT, NOON) is None


@pytest.mark.parametrize(
    "subject",
    [
        replace(SUBJECT, waiting_since=None),
        replace(SUBJECT, waiting_since=LATER),
        replace(SUBJECT, status=Status.CLOSED),
    ],
)
def test_a_visitor_that_waits_no_more_is_not_told_of(subject: Subject) -> None:
    assert is_outdated(About.WAITING, subject, NOON)


def test_a_new_conversation_that_was_answered_is_no_news() -> None:
    assert is_outdated(About.NEW, replace(SUBJECT, answered_seq=2), None)
    assert is_outdated(About.NEW, SUBJECT, None) is None


def test_an_agent_is_told_of_what_nobody_has() -> None:
    assert is_for(ADA, About.WAITING, SUBJECT, 0, LATER) is None


def test_an_agent_is_not_told_of_what_another_one_has() -> None:
    taken = replace(SUBJECT, assignee="ben@shop.example")
    assert isinstance(is_for(ADA, About.WAITING, taken, 0, LATER), Drop)


def test_the_others_hear_when_who_has_it_does_not_answer() -> None:
    taken = replace(SUBJECT, assignee="ben@shop.example")
    assert is_for(ADA, About.ESCALATED, taken, 0, LATER) is None
    mine = replace(SUBJECT, assignee=ADA.email)
    assert isinstance(is_for(ADA, About.ESCALATED, mine, 0, LATER), Drop)


def test_an_agent_who_is_reading_the_conversation_is_left_in_peace() -> None:
    looking = replace(ADA, seen_at=LATER - timedelta(seconds=10))
    assert isinstance(is_for(looking, About.WAITING, SUBJECT, 3, LATER), Drop)
    assert is_for(looking, About.WAITING, SUBJECT, 2, LATER) is None  # reads another one
    gone = replace(ADA, seen_at=LATER - timedelta(minutes=5))
    assert is_for(gone, About.WAITING, SUBJECT, 3, LATER) is None  # has read it, and left


@pytest.mark.parametrize(
    "ben",
    [
        BEN,
        replace(BEN, devices=(), wishes=Wishes(mail=True)),
        replace(BEN, devices=(), seen_at=LATER),
    ],
)
def test_who_is_away_is_left_in_peace_while_somebody_else_would_hear(ben: Recipient) -> None:
    team = [AWAY, ben]
    assert isinstance(leave_in_peace(AWAY, About.WAITING, SUBJECT, team, LATER), Drop)
    assert leave_in_peace(ben, About.WAITING, SUBJECT, team, LATER) is None


@pytest.mark.parametrize(
    "others",
    [
        [],
        [replace(BEN, available=False)],
        [replace(BEN, devices=())],
        [replace(BEN, wishes=Wishes(push=False))],
        [replace(BEN, devices=(), seen_at=NOON - timedelta(hours=1))],
        [replace(BEN, wishes=Wishes(quiet_from="00:00", quiet_to="23:59"))],
    ],
)
def test_where_nobody_else_would_hear_who_is_away_is_told(others: list[Recipient]) -> None:
    assert leave_in_peace(AWAY, About.WAITING, SUBJECT, [AWAY, *others], NOON) is None


def test_what_somebody_has_who_is_away_is_told_to_the_others() -> None:
    mine = replace(SUBJECT, assignee=AWAY.email)
    freed = without_the_away(mine, About.WAITING, [AWAY, BEN], LATER)
    assert freed.assignee is None
    assert is_for(BEN, About.WAITING, freed, 0, LATER) is None


def test_what_somebody_has_stays_theirs_where_nobody_is_available_or_they_are() -> None:
    taken, gone = replace(SUBJECT, assignee=AWAY.email), replace(BEN, available=False)
    assert without_the_away(taken, About.WAITING, [AWAY, gone], LATER) == taken
    assert without_the_away(taken, About.WAITING, [ADA, BEN], LATER) == taken


def test_who_is_away_hears_of_what_the_only_one_who_is_there_does_not_answer() -> None:
    taken, cleo = replace(SUBJECT, assignee=BEN.email), replace(BEN, id=3, email="cleo@a.example")
    assert leave_in_peace(AWAY, About.ESCALATED, taken, [AWAY, BEN], LATER) is None
    assert leave_in_peace(AWAY, About.ESCALATED, taken, [AWAY, BEN, cleo], LATER)


def test_an_escalation_goes_to_the_others_even_if_who_has_it_has_gone_away_since() -> None:
    taken = replace(SUBJECT, assignee=AWAY.email)
    told = without_the_away(taken, About.ESCALATED, [AWAY, BEN], LATER)
    assert is_for(BEN, About.ESCALATED, told, 0, LATER) is None


@pytest.mark.parametrize(
    ("local", "ends"),
    [
        ("2026-07-01T21:59", None),
        ("2026-07-01T22:00", "2026-07-02T07:00"),
        ("2026-07-02T03:00", "2026-07-02T07:00"),
        ("2026-07-02T07:00", None),
        ("2026-10-24T23:00", "2026-10-25T07:00"),  # the clocks go back in that night
    ],
)
def test_quiet_hours_are_the_agents_own(local: str, ends: str | None) -> None:
    wishes = Wishes(quiet_from="22:00", quiet_to="07:00", zone="Europe/Rome")
    assert end_of_quiet(wishes, _rome(local)) == (_rome(ends) if ends else None)


def test_a_notice_waits_for_the_end_of_the_quiet_hours() -> None:
    at_rest = replace(ADA, wishes=Wishes(quiet_from="11:00", quiet_to="13:30", zone="UTC"))
    verdict = is_for(at_rest, About.NEW, SUBJECT, 0, NOON)
    assert isinstance(verdict, Wait)
    assert verdict.until == NOON.replace(hour=13, minute=30)


def test_of_one_kind_a_conversation_is_told_once_in_five_minutes() -> None:
    told = [Told(SUBJECT.id, About.WAITING, NOON)]
    verdict = is_too_much(told, About.WAITING, SUBJECT, LATER)
    assert isinstance(verdict, Wait)
    assert verdict.until == NOON + APART
    assert is_too_much(told, About.NEW, SUBJECT, LATER) is None


def test_what_is_on_its_way_counts() -> None:
    told = [Told(SUBJECT.id, About.NEW, None)]
    assert isinstance(is_too_much(told, About.NEW, SUBJECT, NOON), Wait)


def test_beyond_a_rate_it_is_gathered() -> None:
    told = [Told(ConversationId(100 + one), About.NEW, NOON) for one in range(MOST)]
    assert is_too_much(told, About.NEW, SUBJECT, LATER) == Gather()
    assert is_too_much(told[1:], About.NEW, SUBJECT, LATER) is None


def _rome(local: str) -> datetime:
    zone = timedelta(hours=1 if local >= "2026-10-25T03" else 2)
    return datetime.fromisoformat(local).replace(tzinfo=UTC) - zone
