"""What our mails said is known again however it is wrapped; what anybody else says is not."""

import textwrap
from functools import partial

import pytest

from bot.mail.own_words import Follower, OwnWords
from bot.mail.quotes import new_part
from tests.bot.mail.sample_mails import REPLIES, own_words
from tests.bot.mail.test_quotes import HOSTILE
from tests.effort import growth, repeated

OWN = own_words("en")
OURS = f"You wrote to us on northwind.example. Here is our reply:\n\nMaya:\n{REPLIES['en']}"
LATER = "On 22 Nov 2026 at 17:30, Northwind <r@shop.example> wrote:"


@pytest.mark.parametrize("width", [24, 40, 72])
def test_our_lines_are_known_however_they_are_wrapped(width: int) -> None:
    lines = [line for part in OURS.splitlines() for line in textwrap.wrap(part, width)]
    follower = Follower(OWN)
    assert [each for each in lines if not follower.is_ours(each)] == []


@pytest.mark.parametrize("answer", ["Size M please", "M", "Yes", "We have size M?", "👍", "?"])
def test_an_answer_between_our_lines_is_none_of_ours(answer: str) -> None:
    follower = Follower(OWN)
    for line in OURS.splitlines():
        follower.is_ours(line)
    assert not follower.is_ours(answer)
    assert new_part(f"{LATER}\n\n{OURS}\n{answer}\n\nThank you, goodbye", OWN).startswith(answer)


def test_what_another_process_is_told_is_the_same() -> None:
    assert OwnWords.told(OWN.tell()) == OWN
    assert OwnWords.told(OwnWords().tell()) == OwnWords()


def test_a_quote_of_somebody_else_is_kept_where_nothing_of_ours_follows() -> None:
    text = "See what they say:\n\nOn 22 Nov 2026 at 17:30, Bob <b@c.example> wrote:\nIt is broken."
    assert new_part(text, OWN) == text
    assert new_part(f"Yes\n\n{LATER}\n{OURS}", OWN) == "Yes"


def test_what_is_forwarded_is_kept_whole_but_for_our_own_mail() -> None:
    forwarded = "---------- Forwarded message ---------\nFrom: b@c.example\nDate: Mon\nSubject: x"
    assert new_part(f"Look:\n\n{forwarded}\n\nIt is broken", OWN).endswith("It is broken")
    assert "You wrote" not in new_part(f"Look:\n\n{forwarded}\n\n##- x -##\n{OURS}", OWN)


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("Yes On Wed, Apr 4, 2012 at 3:59 PM, bob@example.com wrote:\n> Hi", "Yes"),
        ("a - b--- On Wed, Apr 4, 2012 at 3:59 PM, bob@example.com wrote:\n> Hi", "a - b"),
        ("Yes\n---- Northwind wrote ----\n> Hi", "Yes"),
        ("Hi\n\nSent from my desk, it is quicker", "Hi\n\nSent from my desk, it is quicker"),
        ("Hi\n\nSent from my iPhone", "Hi"),
        ("Sent from my iPhone", "Sent from my iPhone"),
        ("Hi\n-- \nAda\nPS: and size L?", "Hi\n--\nAda\nPS: and size L?"),
        ("Hi\n-- \nAda\n+44 20 7946", "Hi"),
        ("The parcel is confidential, please.", "The parcel is confidential, please."),
    ],
)
def test_words_beside_what_a_program_writes_are_not_lost(text: str, new: str) -> None:
    assert new_part(text) == new


PIECES = [*HOSTILE, "##-\nword word word word\n", "Which one shall we send?\n", "Maya\n"]


@pytest.mark.parametrize("piece", PIECES)
def test_no_text_takes_long_to_compare_with_ours(piece: str) -> None:
    own = OwnWords.of([repeated("word which one ", 20_000), OURS], ["Here is our reply to you"])
    assert growth(lambda text: new_part(text, own), partial(repeated, piece), 10_000) < 2
