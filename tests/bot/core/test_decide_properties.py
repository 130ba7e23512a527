"""Promises that hold whatever happens, in whatever order, under whatever rules."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.decide import decide
from bot.core.decisions import (
    AskForEmail,
    CancelPrompt,
    CaptureEmail,
    Decision,
    ExpirePrompt,
    GiveHint,
    Reopen,
    SchedulePrompt,
    ShowAway,
)
from bot.core.events import (
    DECLINE_PAYLOAD,
    AgentReplied,
    ContactAssociated,
    Event,
    PromptCameDue,
    PromptDeclined,
    PromptRequested,
    VisitorWrote,
)
from bot.core.evolve import evolve
from bot.core.model import CaptureState, Conversation, Kind, Status
from config.rules import Availability, CaptureRules, Timing
from tests import factories as make

TEXTS = [
    "Hello", "", "yes", "no thanks", "no", "sorry, I meant", make.ADA, make.BOB, make.TYPO,
    make.MEANT, "ada@hotmial.com", f"I am {make.ADA}", f"or {make.BOB}?",
    f"sorry, I meant {make.BOB}", "alice@example", f"{make.ADA} {make.BOB}",
    "help@shop.example", "ask @maya",
]  # fmt: skip
TIMES = st.sampled_from([0, 0.5, 1, 30, 60, 61, 4_000, make.DAY])

messages = st.builds(
    lambda text, late, kind, overheard, payload: (
        lambda at: make.wrote(
            text, at - late, received=at, kind=kind, overheard=overheard, payload=payload
        )
    ),
    text=st.sampled_from(TEXTS),
    late=st.sampled_from([0, 0, 5, 100, 2 * make.DAY, -5]),
    kind=st.sampled_from([Kind.TEXT, Kind.TEXT, Kind.TEXT, Kind.POSTBACK]),
    overheard=st.sampled_from([False, False, False, True]),
    payload=st.sampled_from([None, None, None, DECLINE_PAYLOAD, make.MEANT, "START"]),
)
addresses = st.sampled_from([make.ADA, make.BOB, make.TYPO, "bad@", "help@shop.example"])
happenings = st.one_of(
    messages,
    messages,
    st.just(make.came_due),
    st.just(make.came_due),
    st.just(make.replied),
    st.sampled_from(
        [make.unsent, make.opted_in, make.thread_taken, make.thread_returned, make.declined,
         make.requested, make.failed, make.closed, make.reopened, make.unlinked]
    ),
    st.sampled_from(TEXTS).map(lambda text: lambda at: make.edited(text, at)),
    addresses.map(lambda email: lambda at: make.gave(email, at)),
    addresses.map(lambda email: lambda at: make.associated(email, at)),
)  # fmt: skip
every_rules = st.builds(
    replace,
    st.just(make.RULES),
    enabled=st.sampled_from([True, True, True, False]),
    timing=st.sampled_from(Timing),
    availability=st.sampled_from([Availability.ALWAYS, Availability.AGENTS, Availability.AWAY]),
    agents_away_since=st.sampled_from([None, "nine", "noon"]),
    message=st.sampled_from([None, "Custom"]),
)


@dataclass(frozen=True)
class Step:
    before: Conversation
    event: Event
    rules: CaptureRules
    decisions: list[Decision]
    after: Conversation


@st.composite
def lives(draw: st.DrawFn) -> list[Step]:
    conversation = draw(st.sampled_from([make.UNKNOWN, make.ON_WEBCHAT]))
    steps: list[Step] = []
    at = 0.0
    for happening in draw(st.lists(happenings, max_size=25)):
        at += draw(TIMES)
        event, rules = happening(at), draw(every_rules)
        decisions = decide(conversation, event, rules)
        after = evolve(conversation, event, decisions)
        steps.append(Step(conversation, event, rules, decisions, after))
        conversation = after
    return steps


def made(steps: list[Step], *kinds: type[Decision]) -> Iterator[tuple[Step, Decision]]:
    for step in steps:
        for decision in step.decisions:
            if isinstance(decision, kinds):
                yield step, decision


@given(lives())
@settings(deadline=None)
def test_at_most_one_prompt_is_asked_in_a_life(life: list[Step]) -> None:
    assert len(list(made(life, AskForEmail))) <= 1


@given(lives())
@settings(deadline=None)
def test_nobody_is_asked_who_should_not_be(life: list[Step]) -> None:
    for step, _ in made(life, AskForEmail):
        before = step.before
        assert isinstance(step.event, PromptCameDue)
        assert before.email is None
        assert before.status is Status.OPEN
        assert not before.owned_elsewhere
        assert before.capture.state is CaptureState.SCHEDULED
        assert before.unanswered or before.capture.by_hand
        assert step.rules.enabled or before.capture.by_hand
        assert before.capture.due_at is not None
        assert before.capture.due_at <= step.event.at


@given(lives())
@settings(deadline=None)
def test_nobody_is_asked_after_a_no_or_a_contact_added_by_hand(life: list[Step]) -> None:
    for asked, _ in made(life, AskForEmail):
        for step in life[: life.index(asked)]:
            assert not isinstance(step.event, PromptDeclined) or step.before.email
            by_hand = isinstance(step.event, ContactAssociated)
            assert not by_hand or asked.before.capture.by_hand


@given(lives())
@settings(deadline=None)
def test_at_most_two_hints_are_given(life: list[Step]) -> None:
    assert len(list(made(life, GiveHint))) <= 2


@given(lives())
@settings(deadline=None)
def test_a_due_time_is_brought_forward_by_nobody_but_an_agent(life: list[Step]) -> None:
    for step in life:
        due, later = step.before.capture.due_at, step.after.capture.due_at
        if due and later and not isinstance(step.event, PromptRequested):
            assert later >= due


@given(lives())
@settings(deadline=None)
def test_the_state_always_says_what_is_so(life: list[Step]) -> None:
    for step in life:
        after, capture = step.after, step.after.capture
        assert (capture.state is CaptureState.SCHEDULED) == (capture.due_at is not None)
        assert capture.state is not CaptureState.CAPTURED or after.email
        assert capture.state is not CaptureState.ASKED or capture.asked_at
        assert (capture.typed_email is None) == (capture.suggested_email is None)
        assert (after.unanswered == 0) == (after.waiting_since is None)
        assert (after.email is None) == (after.email_source is None)
        assert capture.state is not CaptureState.SCHEDULED or after.status is Status.OPEN
        assert capture.reason.endswith(".")
        assert "@" not in capture.reason


@given(lives())
@settings(deadline=None)
def test_whoever_disarms_a_prompt_says_so(life: list[Step]) -> None:
    for step in life:
        was = step.before.capture.state is CaptureState.SCHEDULED
        is_now = step.after.capture.state is CaptureState.SCHEDULED
        said = list(made([step], CancelPrompt, ExpirePrompt, AskForEmail))
        if was and not is_now:
            assert len(said) == 1
        if was and is_now:
            assert not said
        if isinstance(step.event, PromptCameDue):
            assert len(list(made([step], SchedulePrompt))) + len(said) == 1


@given(lives())
@settings(deadline=None)
def test_an_away_message_is_shown_once_for_each_period_in_a_row(life: list[Step]) -> None:
    periods = [
        decision.period if isinstance(decision, ShowAway) else decision.away_period
        for _, decision in made(life, ShowAway, AskForEmail)
        if isinstance(decision, ShowAway)
        or (isinstance(decision, AskForEmail) and decision.away_period)
    ]
    assert all(first != second for first, second in pairwise(periods))


@given(lives())
@settings(deadline=None)
def test_only_a_visitors_message_reopens_and_only_its_words_capture(life: list[Step]) -> None:
    for step, _ in made(life, Reopen):
        assert isinstance(step.event, VisitorWrote)
    for step, decision in made(life, CaptureEmail):
        assert not isinstance(step.event, AgentReplied | PromptCameDue | ContactAssociated)
        assert step.before.email_source not in {"agent", "api"}
        assert isinstance(decision, CaptureEmail)
        assert decision.email not in {"bad@", "help@shop.example"}


@given(st.text())
@settings(deadline=None)
def test_no_text_is_too_odd(text: str) -> None:
    asked = make.tell(make.wrote(), make.came_due(60))
    for start in (make.UNKNOWN, asked.conversation):
        make.tell(make.wrote(text, at=70), make.edited(text, at=80), start=start)
