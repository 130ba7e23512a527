import pytest

from bot.core.decisions import RefuseEmail, Say, SuggestEmail
from bot.core.emails import Flaw
from bot.core.events import Event
from bot.core.model import CaptureState
from bot.core.wording import texts
from tests.factories import (
    ADA,
    MEANT,
    TYPO,
    Story,
    came_due,
    closed,
    declined,
    find,
    gave,
    tell,
    wrote,
)

OURS = texts("en")
ASKED = tell(wrote(at=0), came_due(60))


def captured_in(story: Story) -> str | None:
    return story.conversation.email if story.state is CaptureState.CAPTURED else None


@pytest.mark.parametrize(
    "before",
    [[], [wrote()], [declined()], [wrote(), came_due(60)], [wrote(), closed()]],
    ids=["nothing", "scheduled", "declined", "asked", "closed"],
)
def test_an_address_in_a_field_is_taken_at_any_time(before: list[Event]) -> None:
    story = tell(*before, gave(" ADA@example.com ", at=70))
    assert captured_in(story) == ADA
    assert find(Say, story.last)[0].text == OURS.thanks.format(email=ADA)
    assert story.capture.due_at is None


@pytest.mark.parametrize(
    ("email", "refusal"),
    [
        ("alice@example", RefuseEmail(Flaw.MALFORMED)),
        ("alice@gmail", RefuseEmail(Flaw.MALFORMED, "alice@gmail.com")),
        ("support@shop.example", RefuseEmail(Flaw.OWN)),
        ("", RefuseEmail(Flaw.MALFORMED)),
    ],
    ids=["malformed", "mendable", "C29", "empty"],
)
def test_a_bad_address_in_a_field_is_refused(email: str, refusal: RefuseEmail) -> None:
    story = ASKED.then(gave(email, at=70))
    assert story.last == [refusal]
    assert story.conversation == ASKED.conversation


def test_a_likely_typo_in_a_field_is_told_once_and_then_taken() -> None:
    story = ASKED.then(gave(TYPO, at=70))
    assert story.last == [SuggestEmail(TYPO, MEANT)]
    assert story.capture.hints == 0
    assert captured_in(story.then(gave(TYPO, at=80))) == TYPO
    assert captured_in(story.then(gave(MEANT, at=80))) == MEANT


def test_a_likely_typo_in_a_field_leaves_the_prompt_armed() -> None:
    assert tell(wrote(), gave(TYPO, at=5)).due_in == 60
