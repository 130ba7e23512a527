"""Simulated people: who they are, and that they are not too many."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.web.demo.people import (
    Chip,
    Crowd,
    DemoHappening,
    DemoPerson,
    Direction,
    PersonKind,
    PhoneMessage,
    QuickReply,
)
from bot.web.demo.view import show

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OFFERS = (QuickReply("user_email"), QuickReply("text", "No thanks", "capture:decline"))
NO_THANKS = Chip("text", "No thanks", "capture:decline")


def _asked(kind: PersonKind) -> DemoPerson:
    person = Crowd().join(kind)
    person.messages.append(PhoneMessage("m_1", "Email?", NOW, from_page=True, quick_replies=OFFERS))
    return person


def test_only_a_profile_with_an_email_offers_it() -> None:
    person = _asked(PersonKind.MEMBER_WITH_EMAIL)
    assert person.email.endswith("@example.com")
    assert person.chips() == [Chip("user_email", person.email, person.email), NO_THANKS]


@pytest.mark.parametrize("kind", [PersonKind.GUEST, PersonKind.MEMBER])
def test_without_an_email_in_the_profile_the_offer_is_not_shown(kind: PersonKind) -> None:
    assert _asked(kind).chips() == [NO_THANKS]


def test_chips_go_with_the_next_message() -> None:
    person = _asked(PersonKind.GUEST)
    person.messages.append(PhoneMessage("m_2", "Hm", NOW))
    assert person.chips() == []


def test_a_guest_has_no_name() -> None:
    assert Crowd().join(PersonKind.GUEST).first_name == ""


def test_there_are_never_more_than_fifty() -> None:
    crowd = Crowd()
    everybody = [crowd.join(PersonKind.GUEST).psid for _ in range(60)]
    assert [psid for psid in everybody if crowd.find(psid)] == everybody[10:]


def test_whoever_was_idle_longest_is_forgotten_first() -> None:
    crowd = Crowd()
    first, second = crowd.join(PersonKind.GUEST), crowd.join(PersonKind.GUEST)
    for _ in range(49):
        crowd.find(first.psid)
        crowd.join(PersonKind.GUEST)
    assert crowd.find(first.psid) is first
    assert crowd.find(second.psid) is None


def test_a_phone_keeps_two_hundred_messages() -> None:
    person = Crowd().join(PersonKind.GUEST)
    person.messages.extend(PhoneMessage(f"m_{n}", "Hi", NOW) for n in range(300))
    assert (len(person.messages), person.messages[0].mid) == (200, "m_100")


def test_happenings_keep_their_numbers_when_old_ones_go() -> None:
    person = Crowd().join(PersonKind.GUEST)
    for n in range(1, 251):
        person.note(DemoHappening(NOW, Direction.IN, f"happening {n}", "200"))
    shown = show(person, NOW)["happenings"]
    assert isinstance(shown, list)
    assert [(each["number"], each["text"]) for each in (shown[0], shown[-1])] == [
        (51, "happening 51"),
        (250, "happening 250"),
    ]


def test_an_unsent_message_shows_nothing_of_itself() -> None:
    person = Crowd().join(PersonKind.GUEST)
    person.messages.append(PhoneMessage("m_1", "secret", NOW, is_unsent=True))
    assert "secret" not in str(show(person, NOW))


def test_the_page_types_for_a_while_only() -> None:
    person = Crowd().join(PersonKind.GUEST)
    person.page_types_until = NOW
    just_before = NOW - timedelta(seconds=1)
    assert (show(person, just_before)["page_types"], show(person, NOW)["page_types"]) == (
        True,
        False,
    )
