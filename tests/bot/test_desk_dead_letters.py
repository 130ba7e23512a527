"""Dead letters are tried again once, and never lost by trying."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from bot.core.arrivals import Arrival, Fault
from bot.core.events import VisitorWrote
from bot.desk.dead_letters import DeadLetterOffice, Outcome
from bot.storage.database.engine import Database
from bot.storage.operations.dead_letters import LetterId, list_open
from bot.storage.visitors.batch import Batch
from channels.messenger.letters import MessengerLetters
from channels.meta.app import MetaApp
from channels.meta.graph import GraphAddress
from tests.channels.messenger.deliveries import OTHER_PAGE, PAGE, delivery, event, recording
from tests.factories import NOON
from tests.office import ANN, RULES, Office
from tests.races import at_once

LATER = NOON + timedelta(days=1)


class Unkeyed(MessengerLetters):
    """Understands everything as a message without a key: each redo would show."""

    def reread(self, raw: bytes, received_at: datetime) -> tuple[list[Arrival], list[Fault]]:
        text = "\ud800" if raw == b"poison" else "Hello"
        return [Arrival(ANN, VisitorWrote(text, received_at, received_at))], []


Open = Callable[..., DeadLetterOffice]


def reader(kind: type[MessengerLetters] = MessengerLetters) -> MessengerLetters:
    apps = [
        MetaApp(("secret",), "1", {PAGE: "token"}, GraphAddress()),
        MetaApp(("demo",), "2", {OTHER_PAGE: "token"}, GraphAddress()),
    ]
    return kind(apps)


@pytest.fixture
def letters(database: Database) -> DeadLetterOffice:
    return DeadLetterOffice(database, {"messenger": reader()}, RULES, LATER)


@pytest.fixture
def unkeyed_letters(database: Database) -> DeadLetterOffice:
    return DeadLetterOffice(database, {"messenger": reader(Unkeyed)}, RULES, LATER)


def bury(office: Office, raw: bytes, name: str = "messenger") -> LetterId:
    with office.database.write() as connection:
        batch = Batch(connection, NOON)
        batch.add_fault(name, Fault(raw, "could not be stored (KeyError)", PAGE))
        batch.save()
    return LetterId(office.rows("dead_letters")[-1]["id"])


def test_what_can_be_understood_now_is_stored_and_its_content_forgotten(
    office: Office, letters: DeadLetterOffice
) -> None:
    letter = bury(office, recording("text"))
    assert letters.retry(letter) == Outcome(
        letter, settled=True, words="retried: 1 event understood"
    )
    [message] = office.rows("messages")
    assert message["text"] == "Hello, is anybody there?"
    [row] = office.rows("dead_letters")
    assert (row["state"], row["raw"], row["settled_at"]) == ("retried", b"", LATER)


def test_it_counts_as_received_when_it_was(office: Office, letters: DeadLetterOffice) -> None:
    late = event(message={"mid": "m_1", "text": "Hello"}, timestamp=None)
    letters.retry(bury(office, delivery(late, entry={"id": PAGE})))
    assert [message["at"] for message in office.rows("messages")] == [NOON]


def test_what_was_stored_meanwhile_is_not_stored_twice(
    office: Office, letters: DeadLetterOffice
) -> None:
    said = recording("text")
    first, second = bury(office, said), bury(office, said + b" ")
    assert [letters.retry(one).settled for one in (first, second)] == [True, True]
    assert office.count("messages") == 1


def test_a_letter_is_for_the_app_whose_page_it_names(
    office: Office, letters: DeadLetterOffice
) -> None:
    other = event(message={"mid": "m_1", "text": "Hello"}, recipient={"id": OTHER_PAGE})
    assert letters.retry(bury(office, delivery(other, entry={"id": OTHER_PAGE}))).settled
    assert [visitor["account"] for visitor in office.rows("visitors")] == [OTHER_PAGE]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"{", "not_json"),
        (delivery("no object"), "bad_item"),
        (recording("text_to_unknown_page"), "unknown_page"),
        (delivery(event(message={"mid": "m_1", "text": "Hello"}), 7), "bad_item"),
    ],
    ids=["envelope", "item", "page", "half of it"],
)
def test_what_still_fails_stays_open_with_its_new_reason(
    office: Office, letters: DeadLetterOffice, raw: bytes, reason: str
) -> None:
    letter = bury(office, raw)
    assert letters.retry(letter) == Outcome(letter, settled=False, words=f"still open: {reason}")
    [row] = office.rows("dead_letters")
    assert (row["state"], row["raw"], row["reason"]) == ("open", raw, reason)
    assert office.count("messages") == 0


def test_what_can_not_be_stored_stays_open_and_stores_nothing(
    office: Office, unkeyed_letters: DeadLetterOffice
) -> None:
    poison, good = bury(office, b"poison"), bury(office, b"good")
    assert [unkeyed_letters.retry(one).settled for one in (poison, good)] == [False, True]
    [row] = office.rows("dead_letters", state="open")
    assert row["reason"].startswith("could not be stored (")
    assert (row["id"], row["raw"], office.count("messages")) == (poison, b"poison", 1)


def test_a_channel_that_is_switched_off_changes_nothing(
    office: Office, letters: DeadLetterOffice
) -> None:
    letter = bury(office, b"raw", "pigeon")
    assert letters.retry(letter).words == "still open: pigeon is not configured"
    assert office.rows("dead_letters")[0]["reason"] == "could not be stored (KeyError)"


def test_retry_pressed_ten_times_at_once_is_one_redo(
    office: Office, unkeyed_letters: DeadLetterOffice
) -> None:
    letter = bury(office, b"good")
    outcomes = at_once([partial(unkeyed_letters.retry, letter)] * 10)
    assert [outcome.settled for outcome in outcomes].count(True) == 1
    assert {o.words for o in outcomes if not o.settled} == {"there is no such open letter"}
    assert office.count("messages") == 1


def test_what_is_discarded_is_gone_for_good(office: Office, letters: DeadLetterOffice) -> None:
    letter = bury(office, recording("text"))
    assert letters.discard(letter) == Outcome(letter, settled=True, words="discarded")
    [row] = office.rows("dead_letters")
    assert (row["state"], row["raw"], row["settled_at"]) == ("discarded", b"", LATER)
    assert not letters.retry(letter).settled
    assert not letters.discard(letter).settled
    assert office.count("messages") == 0


def test_an_unknown_id_is_said_to_be_none(letters: DeadLetterOffice) -> None:
    assert letters.retry(LetterId(99)).words == "there is no such open letter"


def test_open_letters_are_listed_without_what_they_hold(
    office: Office, letters: DeadLetterOffice
) -> None:
    done, first, second = (bury(office, raw) for raw in (b"1", b"canary", b"\xff\x00"))
    letters.discard(done)
    with office.database.read() as connection:
        listed = list(list_open(connection))
    assert [(letter.id, letter.size) for letter in listed] == [(first, 6), (second, 2)]
    assert listed[0].created_at == NOON.astimezone(UTC)
    assert "canary" not in repr(listed)


def test_more_than_a_page_of_letters_is_listed(office: Office, letters: DeadLetterOffice) -> None:
    with office.database.write() as connection:
        batch = Batch(connection, NOON)
        for number in range(1_001):
            batch.add_fault("messenger", Fault(f"raw {number}".encode(), "not_json"))
        batch.save()
    assert len(set(letters.open_ids())) == 1_001
