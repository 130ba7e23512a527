"""At most three addresses a day are taken from one visitor, however they are given."""

import pytest

from bot.core.answers import may_give
from bot.core.decisions import CaptureEmail, OfferEmail, RefuseMoreEmails, Say, SuggestEmail
from bot.core.events import Event
from bot.core.model import Source
from bot.core.wording import texts
from tests.factories import (
    ADA,
    DAY,
    MEANT,
    RULES,
    TYPO,
    UNKNOWN,
    associated,
    came_due,
    edited,
    find,
    gave,
    moment,
    tell,
    unlinked,
    wrote,
)

ENOUGH = texts("en").hint_enough
THREE = tell(*(wrote(f"ada{number}@example.com", at=number) for number in range(3)))
FOURTH = "bob@example.org"
GIVEN_ONCE_MORE = [
    wrote(FOURTH, at=10),
    wrote(f"sorry, I meant {FOURTH}", at=10),
    wrote(FOURTH, at=10, payload=FOURTH, from_profile=True),
    edited(FOURTH, at=10),
    gave(FOURTH, at=10),
    gave(FOURTH, at=10, source=Source.PROFILE),
]


def test_three_are_taken() -> None:
    assert len(find(CaptureEmail, THREE.decisions)) == 3
    assert THREE.conversation.email == "ada2@example.com"


@pytest.mark.parametrize("event", GIVEN_ONCE_MORE)
def test_the_fourth_is_refused_however_it_is_given(event: Event) -> None:
    story = THREE.then(event)
    assert find(CaptureEmail, story.last) == []
    assert [each.until for each in find(RefuseMoreEmails, story.last)] == [moment(DAY)]
    assert story.conversation.email == "ada2@example.com"


@pytest.mark.parametrize("event", GIVEN_ONCE_MORE)
def test_those_before_may_have_been_given_in_any_way(event: Event) -> None:
    before = (gave(ADA, at=1), wrote("one@example.com", at=2), edited("two@example.com", at=3))
    assert find(RefuseMoreEmails, tell(*before, event).last) != []


@pytest.mark.parametrize(
    "event", [wrote(FOURTH, at=DAY), wrote(FOURTH, at=10, received=DAY), gave(FOURTH, at=DAY)]
)
def test_a_day_after_the_first_one_there_is_room_again(event: Event) -> None:
    assert find(CaptureEmail, THREE.then(event).last) != []


def test_an_own_time_of_tomorrow_makes_no_room() -> None:
    assert find(CaptureEmail, THREE.then(wrote(FOURTH, at=DAY, received=10)).last) == []


def test_the_bot_says_once_that_it_is_enough_and_agents_find_the_address() -> None:
    story = THREE.then(wrote(FOURTH, at=10))
    assert [each.text for each in find(Say, story.last)] == [ENOUGH]
    assert find(OfferEmail, story.last) == [OfferEmail(FOURTH)]
    assert story.capture.offered_email == FOURTH
    again = story.then(wrote("carol@example.org", at=20))
    assert find(Say, again.last) == []
    assert again.capture.offered_email == "carol@example.org"


def test_it_is_said_again_after_more_were_taken() -> None:
    told = THREE.then(wrote(FOURTH, at=10))
    taken = told.then(*(wrote(f"bob{number}@example.org", at=DAY + number) for number in range(3)))
    assert find(Say, taken.then(wrote(FOURTH, at=DAY + 10)).last)[-1].text == ENOUGH


def test_a_form_says_it_itself() -> None:
    assert find(Say, THREE.then(gave(FOURTH, at=10)).last) == []


def test_the_address_that_is_known_may_be_given_again() -> None:
    assert THREE.then(gave("ada2@example.com", at=10)).last == []


def test_a_yes_to_a_typo_counts_as_an_address() -> None:
    asked = THREE.then(wrote(TYPO, at=10))
    assert find(SuggestEmail, asked.last) != []
    story = asked.then(wrote(MEANT, at=11))
    assert find(CaptureEmail, story.last) == []
    assert find(RefuseMoreEmails, asked.then(wrote("yes", at=11)).last) != []


def test_what_agents_do_is_not_counted() -> None:
    story = tell(*(associated(f"ada{number}@example.com", at=number) for number in range(9)))
    assert find(CaptureEmail, story.then(unlinked(10), wrote(FOURTH, at=11)).last) != []


def test_from_a_crowd_no_address_is_taken_and_the_words_are_kept() -> None:
    crowded = wrote(ADA, at=1)._replace(is_crowded=True)
    story = tell(crowded)
    assert find(CaptureEmail, story.last) == []
    assert [each.text for each in find(Say, story.last)] == [ENOUGH]
    assert story.capture.offered_email == ADA
    again = story.then(crowded._replace(at=moment(60), received_at=moment(60)))
    assert find(Say, again.last) == []


def test_a_crowd_does_not_hold_up_the_question_for_an_email() -> None:
    story = tell(wrote(ADA, at=1)._replace(is_crowded=True), came_due(61))
    assert story.capture.confirm_email == ADA


@pytest.mark.parametrize(
    ("text", "may"),
    [
        (ADA, True),
        (f"it is {ADA}, thanks", True),
        ("ada\uff20example.com", True),
        ("yes", True),
        ("S\u00ec", True),
        ("Do you ship to Norway?", False),
        ("@ada", False),
        ("", False),
    ],
)
def test_which_texts_may_give_an_address(text: str, *, may: bool) -> None:
    assert may_give(text, RULES) == may
    if not may:
        asked = tell(wrote(TYPO), start=UNKNOWN)
        assert find(CaptureEmail, asked.then(wrote(text, at=5)).last) == []
