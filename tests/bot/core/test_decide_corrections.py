import pytest

from bot.core.decisions import (
    DropSuggestion,
    OfferEmail,
    Say,
)
from bot.core.events import Event
from bot.core.model import CaptureState, Source
from bot.core.wording import texts
from tests.factories import (
    ADA,
    BOB,
    MEANT,
    TYPO,
    Story,
    associated,
    came_due,
    declined,
    find,
    gave,
    tell,
    wrote,
)

OURS = texts("en")
ASKED = tell(wrote(at=0), came_due(60))
HINTED = ASKED.then(wrote(TYPO, at=70))
CAPTURED = tell(wrote(ADA))


def captured_in(story: Story) -> str | None:
    return story.conversation.email if story.state is CaptureState.CAPTURED else None


@pytest.mark.parametrize("before", [wrote(ADA), associated(ADA)], ids=["captured", "by hand"])
def test_a_late_no_changes_nothing_once_an_email_is_known(before: Event) -> None:
    assert tell(before, declined(at=5)).last == []


@pytest.mark.parametrize(
    "text",
    [
        BOB,
        f"sorry, I meant {BOB}",
        f"{BOB} instead",
        f"scusa, {BOB}",
        f"Ich meinte {BOB}",
        f"Sorry, {BOB}, not {ADA}",
        f"je voulais dire {BOB}",
    ],
)
def test_a_correction_replaces_what_the_visitor_gave(text: str) -> None:
    story = CAPTURED.then(wrote(text, at=10))
    assert captured_in(story) == BOB
    assert find(Say, story.last)[0].text == OURS.thanks.format(email=BOB)


def test_a_correction_with_a_likely_typo_is_questioned_too() -> None:
    story = CAPTURED.then(wrote(TYPO, at=10))
    assert (captured_in(story), story.capture.suggested_email) == (ADA, MEANT)
    assert captured_in(story.then(wrote("yes", at=20))) == MEANT


def test_the_known_address_in_answer_to_a_hint_only_ends_the_hint() -> None:
    story = CAPTURED.then(wrote(TYPO, at=10), wrote(ADA, at=20))
    assert (story.last, captured_in(story)) == ([DropSuggestion()], ADA)


@pytest.mark.parametrize("text", [f"My colleague is {BOB}", f"cc {BOB} and {ADA}"])
def test_any_other_address_after_a_capture_is_offered(text: str) -> None:
    assert CAPTURED.then(wrote(text, at=10)).last == [OfferEmail(BOB)]


@pytest.mark.parametrize(
    "text",
    [ADA, " ADA@Example.com", "thanks", "alice@example", f"{BOB} c@example.net", "yes", "no"],
)
def test_what_is_no_news_after_a_capture_does_nothing(text: str) -> None:
    assert CAPTURED.then(wrote(text, at=10)).last == []


@pytest.mark.parametrize("source", [Source.AGENT, Source.API])
@pytest.mark.parametrize("text", [BOB, f"sorry, I meant {BOB}"])
def test_nothing_overrides_what_the_team_associated(text: str, source: Source) -> None:
    story = tell(associated(ADA, source=source), wrote(text, at=10))
    assert story.last == [OfferEmail(BOB)]
    assert story.conversation.email == ADA


def test_the_team_overrides_what_the_visitor_gave() -> None:
    story = CAPTURED.then(associated(BOB, at=5))
    assert (story.conversation.email, story.conversation.email_source) == (BOB, Source.AGENT)


def test_an_association_closes_every_open_question() -> None:
    story = HINTED.then(associated(BOB, at=75), wrote("yes", at=80))
    assert (story.last, story.conversation.email) == ([], BOB)


def test_an_odd_address_of_a_contact_is_recognised_too() -> None:
    story = tell(associated("ada@intranet"), wrote("ada@intranet", at=5), wrote(ADA, at=6))
    assert story.last == [OfferEmail(ADA)]


def test_an_address_from_the_profile_does_not_override_the_team() -> None:
    tapped = wrote(BOB, payload=BOB, from_profile=True)
    assert tell(associated(ADA), tapped).last == [OfferEmail(BOB)]


def test_the_field_replaces_what_the_visitor_gave_but_not_what_the_team_associated() -> None:
    assert captured_in(CAPTURED.then(gave(BOB, at=5))) == BOB
    assert CAPTURED.then(gave(ADA, at=5)).last == []
    assert tell(associated(ADA), gave(BOB, at=5)).last == [OfferEmail(BOB)]
    assert tell(associated(ADA), gave(ADA, at=5)).last == []


def test_nothing_is_known_of_a_visitor_but_the_address() -> None:
    assert CAPTURED.conversation == tell(wrote()).conversation._replace(
        email=ADA,
        email_source=Source.CAPTURE,
        capture=CAPTURED.capture,
    )
