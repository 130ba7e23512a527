from dataclasses import replace

import pytest

from bot.core.decisions import (
    AskForEmail,
    CancelPrompt,
    Decision,
    ExpirePrompt,
    SchedulePrompt,
    SkipPrompt,
)
from bot.core.events import Event
from bot.core.model import CaptureState
from bot.core.wording import texts
from config.rules import Availability, CaptureRules
from tests.factories import (
    ADA,
    DAY,
    MEANT,
    ON_WEBCHAT,
    RULES,
    TYPO,
    UNKNOWN,
    associated,
    came_due,
    closed,
    declined,
    edited,
    failed,
    find,
    gave,
    moment,
    opted_in,
    replied,
    requested,
    tell,
    thread_returned,
    thread_taken,
    unsent,
    wrote,
)

OURS = texts("en")
WAITING = tell(wrote(at=0))


def test_the_prompt_is_asked_when_it_falls_due() -> None:
    story = tell(wrote(at=0), came_due(60))
    assert story.last == [AskForEmail(OURS.prompt, "No agent had replied.")]
    assert (story.state, story.capture.asked_at) == (CaptureState.ASKED, moment(60))
    assert (story.capture.due_at, story.capture.reason) == (None, "No agent had replied.")


def test_a_prompt_that_is_called_too_early_keeps_its_time_and_reason() -> None:
    story = tell(wrote(at=0), came_due(59))
    assert story.last == [SchedulePrompt(moment(60), "Waiting 60 s for an agent's reply.")]
    assert story.conversation == WAITING.conversation


def test_a_prompt_wanted_by_hand_stays_so_when_called_too_early() -> None:
    story = tell(wrote(), requested(at=10), came_due(9))
    assert story.last == [
        SchedulePrompt(moment(10), "An agent wants the visitor asked.", by_hand=True)
    ]


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        (replied(at=59.999), "The visitor's last message is answered."),
        (closed(at=59.999), "The conversation is closed."),
        (wrote(ADA, at=59.999), "The visitor's email is known."),
        (gave(ADA, at=59.999), "The visitor's email is known."),
        (associated(ADA, at=59.999), "The visitor's email is known."),
        (declined(at=59.999), "The visitor said no thanks."),
        (came_due(60), "The visitor has been asked once."),
        (thread_taken(at=59.999), "Another app has the conversation."),
        (unsent(at=59.999), "The visitor's last message is answered."),
    ],
    ids=["reply", "closed", "written", "given", "by hand", "no", "asked", "taken", "unsent"],
)
def test_what_came_a_moment_before_counts(before: Event, reason: str) -> None:
    story = tell(wrote(at=0), before)
    after = story.then(came_due(60))
    assert after.last == [CancelPrompt(reason)]
    assert after.conversation == story.conversation


def test_a_prompt_that_was_disarmed_and_not_armed_again_is_not_asked() -> None:
    story = tell(wrote(), thread_taken(at=5), thread_returned(at=6), came_due(60))
    assert story.last == [CancelPrompt("No prompt is due any more.")]


def test_six_workers_who_ask_one_after_the_other_ask_once() -> None:
    story = tell(wrote(), *[came_due(60)] * 6)
    assert len(find(AskForEmail, story.decisions)) == 1


def test_the_state_of_the_moment_decides_even_if_nobody_had_cancelled() -> None:
    due = WAITING.conversation
    for changed, reason in [
        (due._replace(unanswered=0), "The visitor's last message is answered."),
        (due._replace(owned_elsewhere=True), "Another app has the conversation."),
        (due._replace(email=ADA), "The visitor's email is known."),
    ]:
        assert tell(came_due(60), start=changed).last == [CancelPrompt(reason)]


@pytest.mark.parametrize(
    "off",
    [replace(RULES, enabled=False), replace(RULES, channels=frozenset())],
    ids=["everywhere", "on this channel"],
)
def test_a_prompt_is_cancelled_if_asking_was_switched_off_meanwhile(off: CaptureRules) -> None:
    story = WAITING.then(came_due(60), rules=off)
    assert story.last == [CancelPrompt("Asking for emails is switched off.")]
    assert story.state is CaptureState.IDLE


def test_the_window_may_close_before_the_prompt_goes() -> None:
    story = tell(wrote(at=0), came_due(DAY))
    reason = "The channel does not let us write so long after the visitor's last message."
    assert story.last == [ExpirePrompt(reason)]
    assert (story.state, story.capture.due_at) == (CaptureState.IDLE, None)
    assert story.then(wrote(at=DAY + 5)).state is CaptureState.SCHEDULED


def test_a_sign_of_life_opens_the_window_again() -> None:
    assert find(AskForEmail, tell(wrote(at=0), opted_in(at=DAY - 1), came_due(DAY)).last)


def test_a_channel_without_a_window_asks_late() -> None:
    story = tell(wrote(at=0), came_due(7 * DAY), start=ON_WEBCHAT)
    assert find(AskForEmail, story.last)


def test_an_agents_wish_goes_to_an_answered_visitor_though_asking_is_off() -> None:
    off = replace(RULES, enabled=False)
    story = tell(wrote(), replied(at=5), requested(at=10), came_due(10), rules=off)
    assert story.last == [AskForEmail(OURS.prompt, "An agent wanted the visitor asked.")]
    assert not story.capture.by_hand


@pytest.mark.parametrize("before", [closed(at=11), thread_taken(at=11), wrote(ADA, at=11)])
def test_an_agents_wish_is_dropped_by_what_stops_everyone(before: Event) -> None:
    story = tell(wrote(), requested(at=10), before, came_due(12))
    assert find(AskForEmail, story.decisions) == []
    assert len(find(CancelPrompt, story.decisions)) == 2


def test_a_custom_message_says_that_it_is_automatic_in_the_operators_language() -> None:
    custom = replace(RULES, message="Come ti raggiungiamo?", locale="it")
    story = tell(wrote(), came_due(60), start=UNKNOWN._replace(locale="de"), rules=custom)
    [asked] = find(AskForEmail, story.last)
    assert asked.text == f"Come ti raggiungiamo?\n\n{texts('it').automatic}"


@pytest.mark.parametrize(
    ("visitors", "ours", "spoken"),
    [("de_AT", "it", "de"), (None, "it", "it"), ("ja", "it", "it"), ("pt-BR", "en", "pt")],
)
def test_the_visitors_language_is_spoken_where_it_is_known(
    visitors: str | None, ours: str, spoken: str
) -> None:
    story = tell(
        wrote(),
        came_due(60),
        start=UNKNOWN._replace(locale=visitors),
        rules=replace(RULES, locale=ours),
    )
    assert find(AskForEmail, story.last)[0].text == texts(spoken).prompt


def test_an_address_seen_before_is_asked_to_be_confirmed() -> None:
    custom = replace(RULES, message="How do we reach you?")
    story = tell(wrote(f"I am {ADA}, hello"), came_due(60), rules=custom)
    assert story.last == [
        AskForEmail(OURS.confirm.format(email=ADA), "No agent had replied.", confirm_email=ADA)
    ]
    assert story.capture.confirm_email == ADA


def test_an_open_question_about_the_spelling_is_asked_again_by_an_agents_wish() -> None:
    story = tell(wrote(TYPO), requested(at=5), came_due(5))
    assert find(AskForEmail, story.last)[0].confirm_email == MEANT


@pytest.mark.parametrize("state", list(CaptureState))
def test_a_prompt_that_comes_due_always_ends_or_moves_its_row(state: CaptureState) -> None:
    start = UNKNOWN._replace(capture=UNKNOWN.capture._replace(state=state))
    ends: tuple[type[Decision], ...] = (AskForEmail, CancelPrompt, ExpirePrompt, SchedulePrompt)
    for availability in (Availability.ALWAYS, Availability.AWAY):
        rules = replace(RULES, availability=availability)
        last = tell(came_due(60), start=start, rules=rules).last
        assert sum(isinstance(decision, ends) for decision in last) == 1


def test_an_answer_that_comes_while_the_prompt_is_in_flight_is_taken() -> None:
    story = tell(wrote(), came_due(60), wrote(f"it is {ADA}", at=60.001))
    assert story.state is CaptureState.CAPTURED


def test_an_email_that_comes_before_the_prompt_is_claimed_stops_it() -> None:
    story = tell(wrote(), wrote(ADA, at=59.999), came_due(60))
    assert find(AskForEmail, story.decisions) == []


def test_a_prompt_that_failed_for_good_is_never_asked_again() -> None:
    story = tell(wrote(), came_due(60), failed(at=61, reason="This person is gone."))
    assert story.last == [SkipPrompt("This person is gone.")]
    assert (story.state, story.capture.asked_at) == (CaptureState.SKIPPED, moment(60))


@pytest.mark.parametrize("answer", [wrote(ADA, at=61), declined(at=61)], ids=["email", "no"])
def test_a_prompt_that_failed_changes_nothing_after_an_answer(answer: Event) -> None:
    story = tell(wrote(), came_due(60), answer)
    assert story.then(failed(at=62)).conversation == story.conversation


def test_an_edit_arms_nothing_by_itself() -> None:
    story = tell(wrote(at=0), replied(at=5), edited("Hello there", at=10))
    assert story.last == []
    assert (story.state, story.conversation.unanswered) == (CaptureState.IDLE, 0)
