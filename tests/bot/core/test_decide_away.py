from dataclasses import replace

import pytest

from bot.core.decisions import AskForEmail, CancelPrompt, SchedulePrompt, ShowAway
from bot.core.events import Event
from bot.core.model import Conversation
from bot.core.wording import texts
from config.rules import Availability, CaptureRules, Timing
from tests.factories import (
    ADA,
    DAY,
    ON_WEBCHAT,
    RULES,
    UNKNOWN,
    associated,
    came_due,
    closed,
    declined,
    edited,
    find,
    gave,
    moment,
    replied,
    requested,
    tell,
    thread_taken,
    unsent,
    wrote,
)

OURS = texts("en")
AWAY = replace(RULES, availability=Availability.AWAY)
OFF = replace(AWAY, enabled=False)
THERE = RULES
MESSAGE = ShowAway(OURS.away, "away")


def agents_away(period: str | None) -> CaptureRules:
    return replace(RULES, availability=Availability.AGENTS, agents_away_since=period)


def test_when_nobody_is_there_the_visitor_is_asked_at_once() -> None:
    story = tell(wrote(at=0, received=2), rules=AWAY)
    assert story.last == [SchedulePrompt(moment(2), "Nobody is there, so we ask at once.")]


def test_on_messenger_away_message_and_prompt_are_one_message() -> None:
    story = tell(wrote(), came_due(0), rules=AWAY)
    text = f"{OURS.away}\n\n{OURS.prompt_away}"
    assert story.last == [AskForEmail(text, "Nobody was there.", away_period="away")]
    assert story.conversation.away_period == "away"


def test_elsewhere_the_away_message_goes_first_and_alone() -> None:
    story = tell(wrote(), start=ON_WEBCHAT, rules=AWAY)
    assert story.last == [
        SchedulePrompt(moment(0), "Nobody is there, so we ask at once."),
        MESSAGE,
    ]
    later = story.then(came_due(0), rules=AWAY)
    assert later.last == [AskForEmail(OURS.prompt_away, "Nobody was there.")]


def test_the_default_text_is_asked_instead_of_the_custom_one() -> None:
    custom = replace(AWAY, message="Our own words", timing=Timing.IMMEDIATELY)
    story = tell(wrote(), came_due(0), start=ON_WEBCHAT, rules=custom)
    assert find(AskForEmail, story.last)[0].text == OURS.prompt_away


def test_the_operators_away_message_is_shown() -> None:
    custom = replace(AWAY, away_message="Back on Monday.")
    assert find(ShowAway, tell(wrote(), start=ON_WEBCHAT, rules=custom).last)[0].text == (
        "Back on Monday."
    )
    [asked] = find(AskForEmail, tell(wrote(), came_due(0), rules=custom).last)
    assert asked.text == f"Back on Monday.\n\n{OURS.prompt_away}"


@pytest.mark.parametrize("start", [UNKNOWN, ON_WEBCHAT], ids=["messenger", "webchat"])
def test_the_away_message_is_shown_once_for_each_period(start: Conversation) -> None:
    first, second = agents_away("since nine"), agents_away("since noon")
    story = tell(wrote(), came_due(0), wrote(at=5), start=start, rules=first)
    assert find(ShowAway, story.last) == []
    again = story.then(replied(at=10), wrote(at=20), wrote(at=30), rules=second)
    assert [shown.period for shown in find(ShowAway, again.decisions[-2:])] == ["since noon"]


def test_an_album_shows_no_away_message_beside_the_prompt_that_will_carry_it() -> None:
    story = tell(wrote(at=0), wrote(at=0), wrote(at=1), rules=AWAY)
    assert find(ShowAway, story.decisions) == []


@pytest.mark.parametrize(
    "start", [UNKNOWN, UNKNOWN._replace(email=ADA)], ids=["unknown", "a contact"]
)
def test_it_is_shown_without_capture_and_to_contacts_too(start: Conversation) -> None:
    assert MESSAGE in tell(wrote(), start=start, rules=OFF).last


def test_somebody_who_was_asked_before_gets_the_away_message_alone() -> None:
    story = tell(wrote(), came_due(60), rules=THERE).then(wrote(at=100), rules=AWAY)
    assert story.last == [MESSAGE]


def test_somebody_who_gives_an_address_gets_thanks_and_the_away_message() -> None:
    names = [type(decision).__name__ for decision in tell(wrote(ADA), rules=AWAY).last]
    assert names == ["CaptureEmail", "Say", "ShowAway"]


def test_once_an_agent_has_written_the_away_message_goes_now_and_the_prompt_later() -> None:
    story = tell(replied(at=-50), wrote(at=0), rules=AWAY)
    assert story.last == [
        SchedulePrompt(moment(60), "Waiting 60 s for an agent's reply."),
        MESSAGE,
    ]
    asked = story.then(came_due(60), rules=AWAY).last
    assert asked == [AskForEmail(OURS.prompt_away, "Nobody was there.")]


def test_a_due_time_is_not_brought_forward_when_the_team_leaves() -> None:
    story = tell(wrote(at=0)).then(wrote(at=10), rules=AWAY)
    assert (story.last, story.due_in) == ([MESSAGE], 60)


def test_what_counts_is_who_is_there_when_the_prompt_is_asked() -> None:
    custom = replace(RULES, message="Our own words")
    gone = replace(custom, availability=Availability.AWAY)
    left = tell(wrote(at=0), rules=custom).then(came_due(60), rules=gone)
    assert find(AskForEmail, left.last)[0].text == f"{OURS.away}\n\n{OURS.prompt_away}"
    came = tell(wrote(at=0), rules=gone).then(came_due(1), rules=custom)
    assert find(AskForEmail, came.last)[0].text == f"Our own words\n\n{OURS.automatic}"


def test_elsewhere_too_the_away_message_goes_with_a_prompt_if_the_team_left_meanwhile() -> None:
    story = tell(wrote(at=0), start=ON_WEBCHAT).then(came_due(60), rules=AWAY)
    assert story.last == [MESSAGE, AskForEmail(OURS.prompt_away, "Nobody was there.")]


def test_a_visitor_asked_by_hand_after_an_answer_is_not_told_that_nobody_is_there() -> None:
    story = tell(wrote(), replied(at=5), requested(at=6)).then(came_due(6), rules=AWAY)
    assert find(AskForEmail, story.last)[0].away_period is None


@pytest.mark.parametrize(
    "ending",
    [edited(ADA, at=1), gave(ADA, at=1), declined(at=1), associated(ADA, at=1)],
    ids=["edit", "given", "declined", "by hand"],
)
def test_the_away_message_is_not_lost_with_a_prompt_that_should_have_carried_it(
    ending: Event,
) -> None:
    story = tell(wrote(at=0), ending, rules=AWAY)
    assert find(ShowAway, story.last) == [MESSAGE]
    assert story.conversation.away_period == "away"


def test_a_prompt_that_may_not_be_asked_any_more_leaves_its_away_message_behind() -> None:
    story = tell(wrote(at=0), rules=AWAY).then(came_due(0), rules=OFF)
    assert story.last == [CancelPrompt("Asking for emails is switched off."), MESSAGE]


@pytest.mark.parametrize(
    "ending",
    [replied(at=1), closed(at=1), thread_taken(at=1), unsent(at=1)],
    ids=["answered", "closed", "taken", "unsent"],
)
def test_no_away_message_for_somebody_who_does_not_wait_for_us(ending: Event) -> None:
    story = tell(wrote(at=0), ending, came_due(1), rules=AWAY)
    assert find(ShowAway, story.decisions) == []


def test_a_prompt_for_an_answered_visitor_leaves_no_away_message_behind() -> None:
    story = tell(wrote(), replied(at=5), requested(at=6)).then(associated(ADA, at=7), rules=AWAY)
    assert find(CancelPrompt, story.last)
    assert find(ShowAway, story.last) == []


def test_a_prompt_that_was_not_due_leaves_no_away_message_behind() -> None:
    story = tell(wrote(at=0)).then(associated(ADA, at=5), rules=AWAY)
    assert find(ShowAway, story.last) == []


def test_elsewhere_nothing_is_left_behind_because_the_message_went_alone() -> None:
    story = tell(wrote(at=0), start=ON_WEBCHAT).then(gave(ADA, at=61), rules=AWAY)
    assert find(ShowAway, story.last) == []


def test_a_message_that_comes_after_the_window_gets_no_away_message() -> None:
    assert find(ShowAway, tell(wrote(at=-DAY, received=0), rules=AWAY).last) == []


def test_nor_does_one_that_another_app_answers() -> None:
    assert find(ShowAway, tell(wrote(overheard=True), rules=AWAY).last) == []


def test_a_prompt_is_asked_in_the_visitors_language_when_away() -> None:
    story = tell(wrote(), came_due(0), start=UNKNOWN._replace(locale="fr"), rules=AWAY)
    french = texts("fr")
    assert find(AskForEmail, story.last)[0].text == f"{french.away}\n\n{french.prompt_away}"
