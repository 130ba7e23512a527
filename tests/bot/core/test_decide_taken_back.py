"""An address is offered only as long as its words stand."""

import pytest

from bot.core.events import VisitorEdited, VisitorUnsent
from tests.factories import ADA, MEANT, TYPO, came_due, moment, tell, wrote

SAID = f"is {ADA} free?"


def unsent(text: str) -> VisitorUnsent:
    return VisitorUnsent("m_1", moment(5), text=text)


def edited(before: str, text: str) -> VisitorEdited:
    return VisitorEdited("m_1", text, 1, moment(5), moment(5), before)


@pytest.mark.parametrize(
    ("change", "offered"),
    [
        (unsent(SAID), None),
        (unsent("something else"), ADA),
        (edited(SAID, "never mind"), None),
        (edited(SAID, f"is {ADA} still free?"), ADA),
        (edited(SAID, "is bob@example.org free?"), "bob@example.org"),
        (edited("something else", "never mind"), ADA),
    ],
)
def test_an_address_is_offered_as_long_as_its_words_stand(
    change: VisitorUnsent | VisitorEdited, offered: str | None
) -> None:
    assert tell(wrote(SAID), change).capture.offered_email == offered


def test_who_takes_a_likely_typo_back_is_not_waited_for() -> None:
    asked = tell(wrote(), came_due(60), wrote(TYPO, 70))
    assert asked.capture.suggested_email == MEANT
    assert asked.then(unsent(TYPO)).capture.suggested_email is None
