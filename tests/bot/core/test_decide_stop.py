"""A visitor who wants no automatic messages gets none, for ever."""

from dataclasses import replace

import pytest

from bot.core.decisions import (
    AskForEmail,
    CancelPrompt,
    CaptureEmail,
    OfferEmail,
    RefuseRequest,
    Say,
    SchedulePrompt,
    ShowAway,
    StopAutomatic,
)
from bot.core.events import Event, VisitorWrote
from bot.core.model import CaptureState, Kind
from config.rules import Availability
from tests.factories import (
    ADA,
    RULES,
    TYPO,
    Story,
    associated,
    came_due,
    edited,
    find,
    moment,
    replied,
    requested,
    tell,
    thread_taken,
    unlinked,
    wrote,
)

AWAY = replace(RULES, availability=Availability.AWAY)
WORDS = [
    "STOP",
    "stop.",
    "Unsubscribe",
    "basta",
    "Stopp!",
    "arrêtez",
    "Para",
    "parem",
    "afmelden",
    "Stop, please!",
]


@pytest.mark.parametrize("text", WORDS)
def test_stop_alone_ends_automatic_messages(text: str) -> None:
    story = tell(wrote(at=0), wrote(text, at=10))
    assert StopAutomatic() in story.last
    assert story.conversation.stopped
    assert story.state is CaptureState.DECLINED


@pytest.mark.parametrize("text", ["Please stop my order", "When does the bus stop?", "stop & shop"])
def test_stop_in_a_sentence_stops_nothing(text: str) -> None:
    assert not tell(wrote(text, at=0)).conversation.stopped


def test_who_edits_a_message_into_stop_has_said_so() -> None:
    assert tell(wrote(at=0), edited("STOP", at=10)).conversation.stopped


@pytest.mark.parametrize(
    "ways",
    [
        [wrote("STOP", at=10, overheard=True)],
        [thread_taken(5), edited("STOP", at=10)],
        [VisitorWrote("STOP", moment(10), moment(10), by_mail=True)],
        [wrote("STOP", at=10, kind=Kind.POSTBACK, payload="STOP")],
    ],
    ids=["to another app", "edited there", "by mail", "by a button"],
)
def test_stop_counts_whichever_way_it_comes(ways: list[Event]) -> None:
    story = tell(wrote(), *ways)
    assert story.conversation.stopped
    assert not find(Say, story.decisions)


def test_a_prompt_that_an_agent_wants_is_refused_after_stop_and_one_that_is_due_ends() -> None:
    stopped = tell(associated(), wrote("STOP"), unlinked(5), wrote("Hello", at=10))
    assert stopped.state is not CaptureState.SCHEDULED
    assert stopped.then(requested(20)).last == [
        RefuseRequest("The visitor wants no automatic messages.")
    ]
    wanted = tell(wrote(), requested(5))
    due = Story(wanted.conversation._replace(stopped=True), [], [])
    assert due.then(came_due(6)).last == [CancelPrompt("The visitor wants no automatic messages.")]


def test_after_stop_the_bot_is_silent_whatever_happens() -> None:
    story = tell(wrote(at=0), wrote("STOP", at=10))
    after = tell(
        wrote("Hello again", at=20),
        came_due(90),
        wrote(TYPO, at=100),
        wrote("my friend is bob@example.org", at=110),
        replied(120),
        wrote(ADA, at=130),
        start=story.conversation,
        rules=AWAY,
    )
    for kind in (Say, ShowAway, AskForEmail, SchedulePrompt):
        assert not find(kind, after.decisions), kind


def test_after_stop_a_bare_address_is_taken_without_thanks() -> None:
    story = tell(wrote("STOP", at=0)).then(wrote(ADA, at=10))
    assert [each.email for each in find(CaptureEmail, story.last)] == [ADA]
    assert not find(Say, story.last)


def test_after_stop_a_likely_typo_is_offered_to_the_agents() -> None:
    assert find(OfferEmail, tell(wrote("STOP", at=0)).then(wrote(TYPO, at=10)).last)


def test_stop_while_away_shows_no_away_message() -> None:
    assert not find(ShowAway, tell(wrote("STOP", at=0), rules=AWAY).last)
