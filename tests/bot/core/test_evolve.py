import pytest

from bot.core.decisions import (
    AskForEmail,
    CancelPrompt,
    CaptureEmail,
    Decision,
    Decline,
    ExpirePrompt,
    GiveHint,
    LeavePrompt,
    OfferEmail,
    RefuseEmail,
    RefuseRequest,
    Reopen,
    Say,
    ShowAway,
    SuggestEmail,
)
from bot.core.emails import Flaw
from bot.core.events import Event
from bot.core.evolve import evolve
from bot.core.model import CaptureState, Conversation, Kind, Source, Status
from tests.factories import (
    UNKNOWN,
    associated,
    came_due,
    closed,
    declined,
    edited,
    failed,
    gave,
    moment,
    opted_in,
    reopened,
    replied,
    requested,
    tell,
    thread_returned,
    thread_taken,
    unlinked,
    unsent,
    wrote,
)

SCHEDULED = tell(wrote(at=0)).conversation
ASKED = tell(wrote(at=0), came_due(60)).conversation


def after(*events: Event, start: Conversation = UNKNOWN) -> Conversation:
    for event in events:
        start = evolve(start, event, [])
    return start


def after_decision(start: Conversation, *decisions: Decision) -> Conversation:
    return evolve(start, came_due(90), decisions)


def test_messages_are_counted_until_an_agent_writes() -> None:
    waiting = after(wrote(at=5), wrote(at=10), wrote(at=7))
    assert (waiting.unanswered, waiting.waiting_since) == (3, moment(5))
    answered = after(replied(at=20), start=waiting)
    assert (answered.unanswered, answered.waiting_since) == (0, None)
    assert answered.agent_wrote_at == moment(20)


def test_the_first_unanswered_message_may_arrive_last() -> None:
    assert after(wrote(at=10), wrote(at=4, received=11)).waiting_since == moment(4)


def test_a_closing_settles_what_waited() -> None:
    settled = after(wrote(at=5), closed(at=10))
    assert (settled.unanswered, settled.waiting_since) == (0, None)
    assert settled.status is Status.CLOSED


def test_an_unsent_message_no_longer_waits() -> None:
    assert after(wrote(at=5), wrote(at=9), unsent(at=10)).waiting_since == moment(5)
    assert after(wrote(at=5), unsent(at=10)).waiting_since is None
    assert after(unsent()).unanswered == 0
    assert after(wrote(), unsent(unanswered=False)).unanswered == 1


def test_the_last_sign_of_life_never_goes_back() -> None:
    assert after(wrote(at=10), wrote(at=5)).visitor_seen_at == moment(10)
    assert after(opted_in(at=10), opted_in(at=5)).visitor_seen_at == moment(10)
    assert after(wrote(at=5), opted_in(at=10)).visitor_seen_at == moment(10)
    assert after(replied(at=10), replied(at=5)).agent_wrote_at == moment(10)


@pytest.mark.parametrize("event", [edited("Hi", at=9), unsent(at=9), replied(at=9), came_due(9)])
def test_only_messages_and_opt_ins_are_signs_of_life(event: Event) -> None:
    assert after(event).visitor_seen_at is None


def test_the_thread_is_whose_it_was_last_said_to_be() -> None:
    assert after(thread_taken()).owned_elsewhere
    assert not after(thread_taken(), thread_returned()).owned_elsewhere
    assert after(wrote(overheard=True)).owned_elsewhere
    assert not after(thread_taken(), wrote()).owned_elsewhere


def test_an_overheard_message_counts_as_one() -> None:
    heard = after(wrote(at=5, overheard=True))
    assert (heard.unanswered, heard.visitor_seen_at) == (1, moment(5))


def test_a_conversation_is_opened_by_an_agent_or_by_decision() -> None:
    shut = after(closed())
    assert after(reopened(), start=shut).status is Status.OPEN
    assert evolve(shut, wrote(), [Reopen()]).status is Status.OPEN
    assert evolve(shut, edited("Hi"), []).status is Status.CLOSED


def test_what_an_agent_wrote_counts_as_since_asked_only_then() -> None:
    assert after(replied(), start=ASKED).capture.agent_wrote_since_asked
    assert not after(replied(), start=SCHEDULED).capture.agent_wrote_since_asked


def test_who_the_visitor_is_may_be_said_and_taken_back() -> None:
    known = after(associated("ada@example.com"))
    assert (known.email, known.email_source) == ("ada@example.com", "agent")
    unknown = after(unlinked(), start=known)
    assert (unknown.email, unknown.email_source) == (None, None)


@pytest.mark.parametrize(
    "event", [gave("x"), declined(), came_due(5), requested(), failed(), edited("Hi")]
)
def test_some_events_leave_everything_to_the_decisions(event: Event) -> None:
    assert after(event) == UNKNOWN


@pytest.mark.parametrize("ending", [CancelPrompt("Why."), ExpirePrompt("Why.")])
def test_a_disarmed_prompt_leaves_an_idle_conversation(ending: Decision) -> None:
    by_hand = SCHEDULED._replace(capture=SCHEDULED.capture._replace(by_hand=True))
    capture = after_decision(by_hand, ending).capture
    assert (capture.state, capture.reason) == (CaptureState.IDLE, "Why.")
    assert (capture.due_at, capture.by_hand) == (None, False)


@pytest.mark.parametrize("ending", [CancelPrompt("Why."), ExpirePrompt("Why.")])
def test_disarming_what_was_not_armed_changes_nothing(ending: Decision) -> None:
    assert after_decision(ASKED, ending) == ASKED


def test_a_left_prompt_keeps_its_state() -> None:
    assert after_decision(ASKED, LeavePrompt("Why.")) == ASKED._replace(
        capture=ASKED.capture._replace(reason="Why.")
    )


def test_asking_notes_when_and_what_for() -> None:
    written = SCHEDULED._replace(capture=SCHEDULED.capture._replace(agent_wrote_since_asked=True))
    asked = after_decision(written, AskForEmail("?", "Why.", "ada@example.com", "tonight"))
    assert asked.away_period == "tonight"
    assert asked.capture.asked_at == moment(90)
    assert asked.capture.confirm_email == "ada@example.com"
    assert not asked.capture.agent_wrote_since_asked


def test_asking_without_an_away_message_leaves_the_period_alone() -> None:
    shown = after_decision(SCHEDULED, ShowAway("Away.", "today"))
    assert shown.away_period == "today"
    assert after_decision(shown, AskForEmail("?", "Why.")).away_period == "today"


def test_hints_are_counted_and_offers_kept() -> None:
    assert after_decision(ASKED, GiveHint(), GiveHint()).capture.hints == 2
    assert after_decision(ASKED, OfferEmail("a@example.com")).capture.offered_email == (
        "a@example.com"
    )


@pytest.mark.parametrize(
    ("event", "decisions"),
    [
        (wrote(), [CaptureEmail("b@example.com", "b@example.com", Source.CAPTURE, "Why.")]),
        (associated("b@example.com"), []),
    ],
    ids=["captured", "by hand"],
)
def test_once_an_email_is_known_no_other_address_is_kept(
    event: Event, decisions: list[Decision]
) -> None:
    full = ASKED.capture._replace(
        typed_email="t@example.com",
        suggested_email="s@example.com",
        offered_email="o@example.com",
        confirm_email="c@example.com",
    )
    capture = evolve(ASKED._replace(capture=full), event, decisions).capture
    assert (capture.typed_email, capture.suggested_email) == (None, None)
    assert (capture.offered_email, capture.confirm_email) == (None, None)


def test_a_no_closes_the_open_question() -> None:
    hinted = after_decision(ASKED, SuggestEmail("t@example.com", "s@example.com"))
    capture = after_decision(hinted, Decline("Why.")).capture
    assert (capture.typed_email, capture.suggested_email) == (None, None)


def test_some_decisions_leave_no_trace() -> None:
    traceless = (RefuseRequest("No."), RefuseEmail(Flaw.OWN), Say("Hi", Kind.CAPTURE_THANKS))
    assert after_decision(ASKED, *traceless) == ASKED
