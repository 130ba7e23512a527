"""When a notice that is due should still go out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.model import ConversationId, Place, Status, VisitorId
from bot.errands.judging import (
    APART,
    MOST,
    Drop,
    Gather,
    Wait,
    end_of_quiet,
    is_for,
    is_outdated,
    is_too_much,
)
from bot.errands.words import About
from bot.storage.errands import Told
from bot.storage.recipients import Recipient, Wishes
from bot.storage.subjects import Subject
from tests.factories import NOON

SUBJECT = Subject(
    id=ConversationId(7),
    visitor_id=VisitorId(8),
    place=Place("webchat", "https://shop.example", "v"),
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
ADA = Recipient(1, "ada@shop.example", is_admin=False, seen_at=None, wishes=Wishes())
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


def test_n04_of_one_kind_a_conversation_is_told_once_in_five_minutes() -> None:
    told = [Told(SUBJECT.id, About.WAITING, NOON)]
    verdict = is_too_much(told, About.WAITING, SUBJECT, LATER)
    assert isinstance(verdict, Wait)
    assert verdict.until == NOON + APART
    assert is_too_much(told, About.NEW, SUBJECT, LATER) is None


def test_n04_what_is_on_its_way_counts() -> None:
    told = [Told(SUBJECT.id, About.NEW, None)]
    assert isinstance(is_too_much(told, About.NEW, SUBJECT, NOON), Wait)


def test_n04_beyond_a_rate_it_is_gathered() -> None:
    told = [Told(ConversationId(100 + one), About.NEW, NOON) for one in range(MOST)]
    assert is_too_much(told, About.NEW, SUBJECT, LATER) == Gather()
    assert is_too_much(told[1:], About.NEW, SUBJECT, LATER) is None


def _rome(local: str) -> datetime:
    zone = timedelta(hours=1 if local >= "2026-10-25T03" else 2)
    return datetime.fromisoformat(local).replace(tzinfo=UTC) - zone
