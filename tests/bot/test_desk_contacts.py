"""Who a visitor is said to be, and the contacts themselves."""

import pytest

from bot.core.events import EmailGiven
from bot.core.model import Assurance, CaptureState, ContactId, ConversationId, Source
from bot.desk import Desk
from bot.desk.errors import (
    EmailTakenError,
    InvalidEmailError,
    InvalidError,
    NoSuchContactError,
    NotFoundError,
    NotTheirEmailError,
)
from bot.desk.types import API, Actor, Person
from tests.bot.traces import traces
from tests.factories import ADA, BOB
from tests.fakes import QuietDoorbell
from tests.office import BEN, Office

GRACE = Actor("grace@shop.example", "Grace")
ADA_LOVELACE = Person("Ada@Example.com", " Ada ", "Lovelace")


def test_a_person_with_a_new_email_becomes_a_contact(
    office: Office, desk: Desk, conversation_id: ConversationId
) -> None:
    view = desk.associate_person(conversation_id, ADA_LOVELACE, GRACE)
    assert view.contact
    assert (view.contact.email, view.contact.first_name) == (ADA, "Ada")
    assert (view.contact.source, view.contact_assurance) == (Source.AGENT, Assurance.CONFIRMED)
    assert (view.capture_state, office.conversation().email) == (CaptureState.SKIPPED, ADA)
    [entry] = office.rows("audit")
    assert (entry["action"], entry["actor"]) == ("contact.created", "grace@shop.example")


def test_a_program_is_not_taken_for_an_agent(desk: Desk, conversation_id: ConversationId) -> None:
    view = desk.associate_person(conversation_id, ADA_LOVELACE, API)
    assert view.contact
    assert view.contact.source is Source.API
    assert view.capture_reason == "A program said who the visitor is."


def test_an_email_alone_associates_only_a_contact_that_exists(
    office: Office, desk: Desk, conversation_id: ConversationId
) -> None:
    with pytest.raises(NoSuchContactError):
        desk.associate(conversation_id, ADA, GRACE)
    assert office.count("contacts") == 0
    desk.contacts.create(ADA_LOVELACE, GRACE)
    view = desk.associate(conversation_id, "ADA@example.com", GRACE)
    assert view.contact
    assert view.contact.last_name == "Lovelace"


def test_a_contact_that_exists_keeps_its_names(
    office: Office, desk: Desk, conversation_id: ConversationId
) -> None:
    desk.contacts.create(ADA_LOVELACE, GRACE)
    view = desk.associate_person(conversation_id, Person(ADA, "Eve", "Elsewhere"), GRACE)
    assert view.contact
    assert (view.contact.first_name, view.contact.last_name) == ("Ada", "Lovelace")
    assert office.count("contacts") == 1


def test_an_agent_confirms_what_the_visitor_typed(
    office: Office, desk: Desk, conversation_id: ConversationId
) -> None:
    office.write(ADA)
    assert desk.conversation(conversation_id).contact_assurance is Assurance.CLAIMED
    view = desk.associate(conversation_id, ADA, GRACE)
    assert view.contact_assurance is Assurance.CONFIRMED
    office.receive(EmailGiven(BOB, office.now))  # what an agent has said stands
    again = desk.conversation(conversation_id).contact
    assert again
    assert again.email == ADA


def test_saying_the_same_again_adds_nothing(
    office: Office, desk: Desk, conversation_id: ConversationId
) -> None:
    first = desk.associate_person(conversation_id, ADA_LOVELACE, GRACE)
    assert desk.associate(conversation_id, ADA, GRACE) == first
    assert office.count("claims") == 1


def test_one_contact_may_be_many_visitors(office: Office, desk: Desk) -> None:
    for place in (BEN, None):
        office.write(place=place) if place else office.write()
        desk.associate_person(
            ConversationId(office.rows("conversations")[-1]["id"]), ADA_LOVELACE, GRACE
        )
    assert (office.count("contacts"), office.count("visitors")) == (1, 2)
    assert {row["contact_id"] for row in office.rows("visitors")} == {
        office.rows("contacts")[0]["id"]
    }


def test_an_association_is_taken_back_and_arms_nothing(
    office: Office, desk: Desk, conversation_id: ConversationId
) -> None:
    desk.associate_person(conversation_id, ADA_LOVELACE, GRACE)
    view = desk.dissociate(conversation_id, GRACE)
    assert (view.contact, view.contact_assurance) == (None, None)
    assert (office.conversation().email, office.count("contacts")) == (None, 1)
    assert office.rows("audit")[-1]["action"] == "contact.removed"
    office.pass_time(3_600)
    office.work()
    assert office.channel.texts == []
    assert desk.dissociate(conversation_id, GRACE).version == view.version


@pytest.mark.parametrize(
    "email", ["", "ada", "ada@", "ada@localhost", "a b@example.com", "a" * 300 + "@example.com"]
)
def test_a_bad_email_is_refused(
    office: Office, desk: Desk, conversation_id: ConversationId, email: str
) -> None:
    with pytest.raises(InvalidEmailError):
        desk.associate_person(conversation_id, Person(email, "Ada"), GRACE)
    with pytest.raises(InvalidEmailError):
        desk.contacts.create(Person(email), GRACE)
    assert office.count("contacts") == 0


@pytest.mark.parametrize("name", ["a" * 10_000, "nul\0", "half\ud83d"])
def test_a_name_that_can_not_be_kept_is_refused(
    office: Office, desk: Desk, conversation_id: ConversationId, name: str
) -> None:
    with pytest.raises(InvalidError, match="last_name"):
        desk.associate_person(conversation_id, Person(ADA, "Ada", name), GRACE)
    assert office.count("contacts") == 0


def test_markup_in_a_name_is_only_text(desk: Desk) -> None:
    name = "<img src=x onerror=alert(1)>"
    contact = desk.contacts.create(Person(ADA, name), GRACE)
    assert desk.contacts.find(contact.id).first_name == name


def test_a_second_contact_with_the_email_is_refused_and_shown_the_first(desk: Desk) -> None:
    first = desk.contacts.create(ADA_LOVELACE, GRACE)
    with pytest.raises(EmailTakenError) as refused:
        desk.contacts.create(Person("ADA@EXAMPLE.COM", "Eve"), GRACE)
    assert refused.value.contact == first


def test_changing_a_contact_leaves_the_rest_as_it_was(office: Office, desk: Desk) -> None:
    contact = desk.contacts.create(ADA_LOVELACE, GRACE)
    changed = desk.contacts.change(contact.id, {"first_name": None}, GRACE)
    assert (changed.email, changed.first_name, changed.last_name) == (ADA, None, "Lovelace")
    assert office.rows("audit")[-1]["action"] == "contact.changed"


def test_a_new_email_counts_for_all_visitors_of_the_contact(
    office: Office, desk: Desk, conversation_id: ConversationId
) -> None:
    view = desk.associate_person(conversation_id, ADA_LOVELACE, GRACE)
    assert view.contact
    desk.contacts.change(view.contact.id, {"email": BOB}, GRACE)
    assert office.conversation().email == BOB
    seen = desk.conversation(conversation_id).contact
    assert seen
    assert seen.email == BOB


def test_an_email_that_another_has_can_not_be_taken(office: Office, desk: Desk) -> None:
    ada = desk.contacts.create(ADA_LOVELACE, GRACE)
    bob = desk.contacts.create(Person(BOB), GRACE)
    with pytest.raises(EmailTakenError) as refused:
        desk.contacts.change(bob.id, {"email": ADA, "first_name": "Bob"}, GRACE)
    assert refused.value.contact == ada
    assert desk.contacts.find(bob.id) == bob


def test_a_contact_without_a_visitor_is_announced_too(office: Office, desk: Desk) -> None:
    desk.contacts.create(Person(BOB), GRACE)
    office.set_rules(announces=True)
    contact = desk.contacts.create(ADA_LOVELACE, GRACE)
    [row] = office.rows("outbox", kind="announce")
    assert row["payload"]["contacts"] == [[None, contact.id, True]]


def test_a_change_by_who_did_not_create_the_contact_is_kept_from_what_to_what(
    office: Office, desk: Desk
) -> None:
    contact = desk.contacts.create(ADA_LOVELACE, GRACE)
    bill = Actor("bill@shop.example", "Bill")
    desk.contacts.change(contact.id, {"first_name": "Augusta", "last_name": "Lovelace"}, bill)
    entry = office.rows("audit")[-1]
    assert (entry["actor"], entry["action"]) == ("bill@shop.example", "contact.changed")
    assert entry["detail"] == {"first_name": ["Ada", "Augusta"]}
    desk.contacts.change(contact.id, {"first_name": "Augusta"}, bill)
    assert office.count("audit", action="contact.changed") == 1


def test_erasing_takes_what_the_audit_knew_and_leaves_who_did_what(
    office: Office, desk: Desk
) -> None:
    contact = desk.contacts.create(ADA_LOVELACE, GRACE)
    desk.contacts.change(contact.id, {"email": BOB, "last_name": "King"}, GRACE)
    for wrong in ("", "nobody", ADA):
        with pytest.raises(NotTheirEmailError):
            desk.contacts.erase(contact.id, wrong, GRACE)
    desk.contacts.erase(contact.id, " Bob@Example.org ", GRACE)
    assert not traces(office, ADA, BOB, "Lovelace", "King")
    *_, changed, erased = office.rows("audit")
    assert (changed["action"], changed["detail"]) == ("contact.changed", None)
    assert (erased["action"], erased["actor"]) == ("person.erased", "grace@shop.example")
    with pytest.raises(NotFoundError):
        desk.contacts.erase(contact.id, BOB, GRACE)


def test_whoever_shows_the_erased_conversation_is_told_to_look_again(
    desk: Desk, doorbell: QuietDoorbell, conversation_id: ConversationId
) -> None:
    view = desk.associate_person(conversation_id, ADA_LOVELACE, GRACE)
    assert view.contact
    doorbell.hints.clear()
    desk.contacts.erase(view.contact.id, ADA, GRACE)
    assert [hint.conversation_id for hint in doorbell.hints] == [conversation_id]


def test_a_contact_that_is_not_there_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFoundError):
        desk.contacts.find(ContactId(2**40))
    with pytest.raises(NotFoundError):
        desk.contacts.change(ContactId(2**40), {"email": ADA}, GRACE)
