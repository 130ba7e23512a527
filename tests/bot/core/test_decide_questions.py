from dataclasses import replace

import pytest

from bot.core.decisions import (
    DropSuggestion,
    GiveHint,
    OfferEmail,
    Say,
    SuggestEmail,
)
from bot.core.events import Event
from bot.core.model import CaptureState, Kind, Source
from bot.core.wording import texts
from tests.factories import (
    ADA,
    BOB,
    MEANT,
    RULES,
    TYPO,
    Story,
    came_due,
    declined,
    edited,
    find,
    replied,
    requested,
    tell,
    wrote,
)

OURS = texts("en")
ASKED = tell(wrote(at=0), came_due(60))
CONFIRMING = tell(wrote(f"I am {ADA} by the way"), came_due(60))
HINTED = ASKED.then(wrote(TYPO, at=70))


def captured_in(story: Story) -> str | None:
    return story.conversation.email if story.state is CaptureState.CAPTURED else None


def test_after_two_hints_a_likely_typo_is_taken_as_typed() -> None:
    story = ASKED.then(*[wrote("alice@example", at=70)] * 2, wrote(TYPO, at=80))
    assert captured_in(story) == TYPO


def test_a_likely_typo_gets_one_hint_with_the_likely_address_to_tap() -> None:
    assert HINTED.last == [
        SuggestEmail(TYPO, MEANT),
        GiveHint(),
        Say(OURS.hint_typo.format(email=MEANT), Kind.CAPTURE_HINT, choices=(MEANT,)),
    ]
    assert (HINTED.capture.typed_email, HINTED.capture.suggested_email) == (TYPO, MEANT)
    assert (HINTED.state, HINTED.capture.hints) == (CaptureState.ASKED, 1)


@pytest.mark.parametrize(
    ("answer", "email"),
    [
        (wrote("yes", at=80), MEANT),
        (wrote("Ja, genau.", at=80), MEANT),
        (wrote("👍🏽", at=80), MEANT),
        (wrote(MEANT, at=80), MEANT),
        (wrote(MEANT, at=80, payload=MEANT, from_profile=True), MEANT),
        (wrote("ada@gmail…", at=80, payload=MEANT), MEANT),
        (wrote("", at=80, payload=MEANT, kind=Kind.POSTBACK), MEANT),
        (wrote(TYPO, at=80), TYPO),
        (wrote(f"No, really {TYPO}", at=80), TYPO),
        (wrote(ADA, at=80), ADA),
        (wrote(f"No, {ADA}", at=80), ADA),
        (edited(MEANT, at=80), MEANT),
    ],
    ids=[
        "yes",
        "German",
        "thumb",
        "typed",
        "tapped",
        "cut label",
        "postback",
        "again",
        "again in text",
        "another",
        "another in text",
        "edited",
    ],
)
def test_the_answer_to_a_hint_is_taken(answer: Event, email: str) -> None:
    story = HINTED.then(answer)
    assert captured_in(story) == email
    assert (story.capture.typed_email, story.capture.suggested_email) == (None, None)
    assert story.conversation.email_source is Source.CAPTURE
    assert find(Say, story.last)[0].text == OURS.thanks.format(email=email)


@pytest.mark.parametrize("text", ["no", "What?", "alice@example", f"{ADA} or {BOB}"])
def test_anything_else_goes_to_the_agents_with_the_typed_address(text: str) -> None:
    story = HINTED.then(wrote(text, at=80))
    assert story.last == [OfferEmail(TYPO), DropSuggestion()]
    assert (story.capture.typed_email, story.capture.suggested_email) == (None, None)
    assert story.capture.offered_email == TYPO
    assert story.state is CaptureState.ASKED


def test_the_same_address_is_taken_as_typed_even_after_something_else() -> None:
    assert captured_in(HINTED.then(wrote("What?", at=80), wrote(TYPO, at=90))) == TYPO


def test_another_likely_typo_gets_the_second_hint_and_no_third() -> None:
    second = HINTED.then(wrote("ada@hotmial.com", at=80))
    assert second.capture.suggested_email == "ada@hotmail.com"
    third = second.then(wrote("ada@yahooo.com", at=90))
    assert (captured_in(third), third.capture.hints) == ("ada@yahooo.com", 2)


def test_once_an_agent_has_written_a_yes_is_for_the_agent() -> None:
    story = HINTED.then(replied(at=75), wrote("yes", at=80))
    assert story.last == [OfferEmail(TYPO), DropSuggestion()]
    assert CONFIRMING.then(replied(at=75), wrote("yes", at=80)).last == []


def test_a_tap_on_yes_is_for_us_even_then() -> None:
    story = CONFIRMING.then(replied(at=75), wrote("Yes", at=80, payload="Yes"))
    assert captured_in(story) == ADA


def test_a_hint_after_an_agents_reply_is_answered_by_yes() -> None:
    story = ASKED.then(replied(at=65), wrote(TYPO, at=70), wrote("yes", at=80))
    assert captured_in(story) == MEANT


def test_no_thanks_on_the_button_ends_an_open_hint() -> None:
    story = HINTED.then(declined(at=80))
    assert (story.state, story.capture.suggested_email) == (CaptureState.DECLINED, None)


def test_a_bare_typo_unasked_gets_the_hint_and_no_prompt_beside_it() -> None:
    story = tell(wrote(TYPO))
    assert [type(decision).__name__ for decision in story.last] == [
        "LeavePrompt",
        "SuggestEmail",
        "GiveHint",
        "Say",
    ]
    assert story.state is CaptureState.IDLE


def test_a_bare_typo_while_a_prompt_is_due_cancels_it_and_the_next_message_asks() -> None:
    story = tell(wrote(at=0), wrote(TYPO, at=5))
    assert story.state is CaptureState.IDLE
    later = story.then(wrote("Anybody there?", at=8))
    assert (later.capture.offered_email, later.due_in) == (TYPO, 60)


def test_a_bare_typo_leaves_a_prompt_alone_that_an_agent_wants() -> None:
    assert tell(wrote(), requested(at=5), wrote(TYPO, at=6)).state is CaptureState.SCHEDULED


def test_a_suggestion_that_would_be_our_own_address_is_not_made() -> None:
    ours = replace(RULES, own_domains=frozenset({"gmail.com"}))
    assert captured_in(tell(wrote(TYPO), rules=ours)) == TYPO


def test_a_suggestion_that_has_become_our_own_address_is_dropped() -> None:
    ours = replace(RULES, own_domains=frozenset({"gmail.com"}))
    assert HINTED.then(wrote("yes", at=80), rules=ours).last == [DropSuggestion()]


@pytest.mark.parametrize("text", ["yes", "Sì, grazie", "oui", "ja", "sí", "sim", ADA, "ok 👍"])
def test_yes_confirms_the_address_that_the_prompt_asked_about(text: str) -> None:
    assert captured_in(CONFIRMING.then(wrote(text, at=70))) == ADA


def test_another_answer_to_the_confirming_prompt_follows_the_rules() -> None:
    assert captured_in(CONFIRMING.then(wrote(f"Use {BOB}", at=70))) == BOB
    assert CONFIRMING.then(wrote("no", at=70)).state is CaptureState.ASKED
    assert CONFIRMING.then(wrote("What for?", at=70)).last == []


def test_an_address_confirmed_letter_by_letter_is_not_questioned() -> None:
    confirming = tell(wrote(f"I am {TYPO} by the way"), came_due(60))
    assert captured_in(confirming.then(wrote(TYPO, at=70))) == TYPO


def test_a_yes_confirms_nothing_that_has_become_our_own() -> None:
    ours = replace(RULES, own_domains=frozenset({"example.com"}))
    assert CONFIRMING.then(wrote("yes", at=70), rules=ours).last == []
