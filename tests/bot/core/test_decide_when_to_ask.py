from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.decisions import (
    CancelPrompt,
    LeavePrompt,
    OfferEmail,
    Reopen,
    SchedulePrompt,
)
from bot.core.events import Event
from bot.core.model import CaptureState, Kind, Source, Status
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
    failed,
    gave,
    moment,
    opted_in,
    reopened,
    replied,
    tell,
    thread_returned,
    thread_taken,
    unlinked,
    unsent,
    wrote,
)

AT_ONCE = replace(RULES, timing=Timing.IMMEDIATELY)
AWAY = replace(RULES, availability=Availability.AWAY)


def test_an_unknown_visitors_message_starts_the_delay() -> None:
    story = tell(wrote("Hello", at=0))
    assert story.last == [SchedulePrompt(moment(60), "Waiting 60 s for an agent's reply.")]
    assert story.state is CaptureState.SCHEDULED


def test_the_delay_is_the_operators() -> None:
    slow = replace(RULES, delay=timedelta(seconds=2.5))
    assert tell(wrote(), rules=slow).last == [
        SchedulePrompt(moment(2.5), "Waiting 2.5 s for an agent's reply.")
    ]


def test_immediately_asks_when_the_message_arrives() -> None:
    story = tell(wrote(at=0, received=3), rules=AT_ONCE)
    assert story.last == [SchedulePrompt(moment(3), "Unknown visitors are asked at once.")]


def test_the_delay_counts_from_the_messages_own_time_so_a_late_one_may_be_due_already() -> None:
    assert tell(wrote(at=0, received=300)).due_in == 60


def test_a_message_from_the_future_counts_from_its_arrival() -> None:
    story = tell(wrote(at=DAY, received=0))
    assert story.due_in == 60
    assert story.conversation.waiting_since == moment(0)
    assert story.conversation.visitor_seen_at == moment(0)


def test_later_messages_neither_push_the_prompt_back_nor_bring_it_forward() -> None:
    assert tell(wrote(at=0), wrote(at=30)).due_in == 60
    assert tell(wrote(at=0), wrote(at=-50, received=1)).due_in == 60
    assert tell(wrote(at=0)).then(wrote(at=5), rules=AT_ONCE).due_in == 60


def test_after_a_silence_the_delay_counts_from_the_first_message_that_still_waits() -> None:
    assert tell(wrote(at=0), replied(at=10), wrote(at=100), wrote(at=120)).due_in == 160


def test_messages_that_could_not_be_asked_about_still_count_as_the_first_unanswered() -> None:
    off = replace(RULES, enabled=False)
    assert tell(wrote(at=0), rules=off).then(wrote(at=40)).due_in == 60


def test_once_an_agent_has_written_it_is_always_the_delay() -> None:
    for rules in (AT_ONCE, AWAY):
        assert tell(replied(at=-10), wrote(at=0, received=5), rules=rules).due_in == 60


def test_a_tap_on_a_button_is_a_message() -> None:
    assert tell(wrote("Get started", kind=Kind.POSTBACK, payload="START")).due_in == 60


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        (replied(at=48), "An agent replied 12 s before the prompt was due."),
        (replied(at=59.5), "An agent replied before the prompt was sent."),
        (replied(at=61), "An agent replied before the prompt was sent."),
        (closed(at=48), "The conversation was closed."),
        (thread_taken(at=48), "Another app has the conversation."),
        (wrote(at=48, overheard=True), "Another app has the conversation."),
        (unsent(at=48), "The visitor took the only unanswered message back."),
    ],
    ids=["reply", "close reply", "late reply", "closed [N11]", "taken", "standby", "unsent"],
)
def test_what_silences_a_prompt_leaves_it_idle_with_its_reason(before: Event, reason: str) -> None:
    story = tell(wrote(at=0), before)
    assert story.last == [CancelPrompt(reason)]
    assert (story.state, story.capture.reason) == (CaptureState.IDLE, reason)
    assert story.capture.due_at is None


@pytest.mark.parametrize(
    "before",
    [replied(at=48), closed(at=48), thread_taken(at=48), unsent(at=48)],
    ids=["reply", "closed", "taken", "unsent"],
)
def test_the_next_message_arms_a_silenced_prompt_again(before: Event) -> None:
    story = tell(wrote(at=0), before, wrote(at=200))
    assert story.state is CaptureState.SCHEDULED


@pytest.mark.parametrize("before", [replied(at=48), closed(at=48), unsent(at=48)])
def test_the_delay_starts_anew_after_an_answer_a_closing_or_an_unsending(before: Event) -> None:
    assert tell(wrote(at=0), before, wrote(at=200)).due_in == 260


def test_unsending_one_of_two_messages_silences_nothing() -> None:
    story = tell(wrote(at=0), wrote(at=10), unsent(at=20))
    assert (story.last, story.due_in, story.conversation.unanswered) == ([], 60, 1)


def test_unsending_an_answered_message_silences_nothing() -> None:
    story = tell(wrote(at=0), replied(at=5), wrote(at=10), unsent(at=20, unanswered=False))
    assert (story.last, story.due_in, story.conversation.unanswered) == ([], 70, 1)


def test_silence_where_nothing_is_due_keeps_its_reason() -> None:
    assert tell(replied()).capture.reason == "An agent has replied."
    assert tell(replied()).state is CaptureState.IDLE


def test_getting_the_thread_back_arms_nothing_but_the_next_message_does() -> None:
    story = tell(wrote(at=0), thread_taken(at=5), thread_returned(at=10))
    assert story.last == [LeavePrompt("Another app gave the conversation back.")]
    assert story.state is CaptureState.IDLE
    assert story.then(wrote(at=20)).state is CaptureState.SCHEDULED


def test_while_another_app_has_the_thread_nothing_is_armed_but_the_message_counts() -> None:
    story = tell(wrote("Hello", overheard=True))
    assert story.last == [LeavePrompt("Another app has the conversation.")]
    assert story.conversation.owned_elsewhere
    assert story.conversation.unanswered == 1


def test_a_message_that_comes_to_us_says_that_the_thread_is_ours() -> None:
    story = tell(thread_taken(), wrote(at=5))
    assert not story.conversation.owned_elsewhere
    assert story.due_in == 65


def test_a_message_opens_a_closed_conversation() -> None:
    story = tell(wrote(at=0), closed(at=10), wrote(at=100))
    assert story.last[0] == Reopen()
    assert story.conversation.status is Status.OPEN


def test_an_overheard_message_opens_a_closed_conversation_too() -> None:
    assert Reopen() in tell(closed(), wrote(overheard=True)).last


def test_an_agent_who_opens_a_conversation_arms_nothing() -> None:
    story = tell(wrote(at=0), closed(at=10), reopened(at=20))
    assert story.last == [LeavePrompt("The conversation was opened again.")]
    assert (story.state, story.conversation.status) == (CaptureState.IDLE, Status.OPEN)


def test_a_sign_of_life_without_a_message_arms_nothing() -> None:
    assert tell(opted_in()).last == []


@pytest.mark.parametrize(
    "off",
    [replace(RULES, enabled=False), replace(RULES, channels=frozenset({"webchat"}))],
    ids=["everywhere", "on this channel"],
)
def test_switched_off_arms_nothing_and_cancels_what_is_due(off: CaptureRules) -> None:
    reason = "Asking for emails is switched off."
    assert tell(wrote(), rules=off).last == [LeavePrompt(reason)]
    assert tell(wrote(at=0)).then(wrote(at=5), rules=off).last == [CancelPrompt(reason)]


def test_a_message_that_comes_after_the_window_is_not_asked_about() -> None:
    story = tell(wrote(at=-30 * DAY, received=0))
    reason = "The channel does not let us write so long after the visitor's last message."
    assert story.last == [LeavePrompt(reason)]
    assert story.conversation.unanswered == 1


def test_the_window_ends_sharply() -> None:
    assert tell(wrote(at=0, received=DAY - 1)).state is CaptureState.SCHEDULED
    assert tell(wrote(at=0, received=DAY)).state is CaptureState.IDLE


def test_a_late_message_leaves_a_prompt_alone_that_is_due_for_a_fresh_one() -> None:
    story = tell(wrote(at=0), wrote(at=-30 * DAY, received=5))
    assert (story.last, story.due_in) == ([], 60)


def test_a_channel_without_a_window_asks_about_old_messages() -> None:
    assert tell(wrote(at=-30 * DAY, received=0), start=ON_WEBCHAT).state is CaptureState.SCHEDULED


@pytest.mark.parametrize(
    ("before", "state"),
    [
        ([wrote(), came_due(60)], CaptureState.ASKED),
        ([wrote(), came_due(60), wrote("No thanks", at=70)], CaptureState.DECLINED),
        ([declined()], CaptureState.DECLINED),
        ([wrote(ADA)], CaptureState.CAPTURED),
        ([gave(ADA)], CaptureState.CAPTURED),
        ([wrote(), associated(ADA)], CaptureState.SKIPPED),
        ([associated(ADA), unlinked(at=5)], CaptureState.SKIPPED),
        ([wrote(ADA), associated(ADA), unlinked(at=5)], CaptureState.SKIPPED),
        ([wrote(), came_due(60), failed(at=61)], CaptureState.SKIPPED),
    ],
    ids=[
        "asked",
        "no",
        "button",
        "captured",
        "given",
        "by hand",
        "unlinked",
        "confirmed, unlinked",
        "failed",
    ],
)
def test_nothing_is_armed_after(before: list[Event], state: CaptureState) -> None:
    story = tell(*before, replied(at=80), wrote("Hello again", at=100))
    assert story.last == []
    assert story.state is state


def test_a_known_visitor_of_whom_nothing_is_remembered_is_not_asked() -> None:
    known = UNKNOWN._replace(email=ADA)
    assert tell(wrote(), start=known).last == [LeavePrompt("The visitor's email is known.")]


def test_unlinking_arms_nothing_by_itself_and_never_asks_twice() -> None:
    story = tell(wrote(), came_due(60), wrote(ADA, at=70), unlinked(at=80))
    assert story.last == [LeavePrompt("The contact was taken away again.")]
    assert (story.state, story.conversation.email) == (CaptureState.IDLE, None)
    again = story.then(wrote(at=100))
    assert again.last == [LeavePrompt("The visitor has been asked once.")]


def test_after_unlinking_somebody_who_was_never_asked_the_next_message_counts() -> None:
    assert tell(wrote(ADA), unlinked(at=5), wrote(at=100)).state is CaptureState.SCHEDULED


def test_declining_before_being_asked_means_never_being_asked() -> None:
    story = tell(wrote(at=0), declined(at=5))
    assert [type(decision).__name__ for decision in story.last] == ["CancelPrompt", "Decline"]
    assert tell(wrote(at=0), declined(at=5), came_due(60)).state is CaptureState.DECLINED


def test_a_contact_added_by_hand_cancels_what_is_due_and_says_who_did_it() -> None:
    story = tell(wrote(), associated(ADA, at=5))
    assert CancelPrompt("An agent said who the visitor is.") in story.last
    assert (story.state, story.conversation.email) == (CaptureState.SKIPPED, ADA)
    assert (
        tell(associated(source=Source.API)).capture.reason == "A program said who the visitor is."
    )


@pytest.mark.parametrize("before", [wrote(ADA), declined()], ids=["captured", "declined"])
def test_a_contact_added_by_hand_changes_nothing_that_is_settled(before: Event) -> None:
    story = tell(before, associated("grace@example.com", at=5))
    assert story.last == []
    assert story.state is tell(before).state


def test_an_address_within_a_message_is_offered_and_the_prompt_stays() -> None:
    story = tell(wrote(f"Write to {ADA} please"))
    assert OfferEmail(ADA) in story.last
    assert story.state is CaptureState.SCHEDULED
