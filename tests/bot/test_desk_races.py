"""What holds when many do the same at once: the unique key decides, no check before."""

from functools import partial

import pytest
import sqlalchemy as sa
from sqlalchemy import exc

from bot.core.events import EmailGiven
from bot.core.model import ConversationId, Status, VisitorKey
from bot.desk import Desk
from bot.desk.errors import EmailTakenError, StaleVersionError
from bot.desk.types import Actor, ConversationChanges, Person, Words
from bot.ports.errors import UnavailableError
from bot.storage.database.engine import Database
from tests.factories import ADA
from tests.fakes import QuietDoorbell
from tests.office import Office
from tests.races import at_once, told

GRACE = Actor("grace@shop.example", "Grace")
EIGHT = range(8)


def write_from_eight(office: Office) -> list[ConversationId]:
    for number in EIGHT:
        office.write(place=VisitorKey("webchat", "https://shop.example", f"visitor-{number}"))
    return [ConversationId(row["id"]) for row in office.rows("conversations")]


def test_eight_associations_of_one_new_address_make_one_contact(office: Office, desk: Desk) -> None:
    ids = write_from_eight(office)
    person = Person(ADA, "Ada")
    at_once([partial(desk.associate_person, one, person, GRACE) for one in ids])
    [contact] = office.rows("contacts")
    assert {row["contact_id"] for row in office.rows("visitors")} == {contact["id"]}
    created = [entry["action"] for entry in office.rows("audit")]
    assert sorted(created) == ["contact.associated"] * 7 + ["contact.created"]


def test_eight_captures_of_one_new_address_make_one_contact(office: Office) -> None:
    write_from_eight(office)
    places = [VisitorKey("webchat", "https://shop.example", f"visitor-{n}") for n in EIGHT]
    given = EmailGiven(ADA, office.now)
    at_once([partial(office.receive, given, place=place) for place in places])
    [contact] = office.rows("contacts")
    assert {row["contact_id"] for row in office.rows("visitors")} == {contact["id"]}


def test_eight_new_contacts_with_one_address_are_one(office: Office, desk: Desk) -> None:
    results = at_once([told(partial(desk.contacts.create, Person(ADA), GRACE))] * 8)
    assert results.count(EmailTakenError) == 7
    assert office.count("contacts") == 1


def test_without_the_unique_key_nothing_is_captured_rather_than_twice(
    own_database: Database,
) -> None:
    office = Office(own_database)
    desk = Desk(own_database, lambda: office.rules, QuietDoorbell(), lambda: office.now)
    [first, *_] = write_from_eight(office)
    _drop_the_key(own_database)
    with pytest.raises((exc.DBAPIError, UnavailableError)):
        desk.associate_person(first, Person(ADA), GRACE)
    assert office.count("contacts") == 0


def test_eight_sendings_of_one_reply_are_one_message(
    office: Office, desk: Desk, conversation_id: ConversationId
) -> None:
    results = at_once([lambda: desk.reply(conversation_id, Words("Hi", "c1"), GRACE).fresh] * 8)
    assert sorted(map(bool, results)) == [False] * 7 + [True]
    assert office.count("messages", author="agent") == 1
    assert office.count("outbox", kind="deliver") == 1


def test_of_eight_who_close_what_they_saw_one_wins(
    office: Office, desk: Desk, conversation_id: ConversationId
) -> None:
    version = desk.conversation(conversation_id).version
    changes = [
        ConversationChanges(assignee=f"agent{n}@shop.example", status=Status.CLOSED) for n in EIGHT
    ]
    results = at_once(
        [told(partial(desk.change, conversation_id, version, one, GRACE)) for one in changes]
    )
    assert results.count(StaleVersionError) == 7
    assert office.count("audit", action="conversation.assigned") == 1


def test_eight_different_replies_get_numbers_without_gaps(
    office: Office, desk: Desk, conversation_id: ConversationId
) -> None:
    at_once([partial(desk.reply, conversation_id, Words("Hi", f"c{n}"), GRACE) for n in EIGHT])
    assert sorted(row["seq"] for row in office.rows("messages")) == list(range(1, 10))


def _drop_the_key(database: Database) -> None:
    with database.write() as connection:
        if database.is_postgresql:
            connection.execute(
                sa.text("ALTER TABLE contacts DROP CONSTRAINT uq_contacts_email_key")
            )
            return
        [made] = connection.execute(
            sa.text("SELECT sql FROM sqlite_master WHERE name = 'contacts'")
        ).scalars()
        key = "CONSTRAINT uq_contacts_email_key UNIQUE (email_key)"
        assert key in made
        connection.execute(sa.text("DROP TABLE contacts"))
        connection.execute(sa.text(made.replace(key, "CHECK (true)")))
