"""Two contacts become one, its addresses keep leading to it, and all of it can be undone."""

import io

import pytest

from bot.core.events import EmailGiven
from bot.core.model import ContactId, ConversationId, VisitorKey
from bot.desk import Desk
from bot.desk.errors import (
    AlreadyMergedError,
    EmailTakenError,
    MergedEmailError,
    NotFoundError,
    SamePersonError,
)
from bot.desk.export import export_contacts
from bot.desk.types import Actor, Person
from bot.erasure import erase_person
from bot.storage.contacts.contacts import ContactView
from bot.storage.contacts.merges import Merge, list_merges
from bot.storage.forgetting.erasing import Erasure, erase_places
from tests.bot.traces import traces
from tests.factories import ADA, BOB
from tests.office import ANN, BEN, Office

GRACE = Actor("grace@shop.example", "Grace")
NEW = "ada@new.example"
THIRD = VisitorKey("webchat", "https://shop.example", "third")


@pytest.fixture
def kept(office: Office, desk: Desk) -> ContactView:
    """Who Ann turned out to be."""
    office.write("Hello", ANN)
    office.receive(EmailGiven(ADA, office.now), place=ANN)
    return contact_of(desk, ADA)


@pytest.fixture
def gone(office: Office, desk: Desk) -> ContactView:
    """Who Ben turned out to be: the same."""
    office.write("Hello", BEN)
    office.receive(EmailGiven(NEW, office.now), place=BEN)
    contact = contact_of(desk, NEW)
    return desk.contacts.change(contact.id, {"first_name": "Ada", "last_name": "L."}, GRACE)


def contact_of(desk: Desk, email: str) -> ContactView:
    match = desk.contacts.look_up(email)
    assert match
    return match.contact


def merges(office: Office, kept: ContactId) -> list[Merge]:
    with office.database.read() as connection:
        return list_merges(connection, kept)


def state(office: Office, *leave_out: str) -> dict[str, list[dict[str, object]]]:
    """Give what the tables hold of people, but for the given columns."""
    return {
        name: [
            {key: value for key, value in row.items() if key not in leave_out}
            for row in office.rows(name)
        ]
        for name in ("contacts", "visitors", "claims", "conversations")
    }


def test_visitors_and_claims_go_with_the_contact(
    office: Office, desk: Desk, kept: ContactView, gone: ContactView
) -> None:
    merged = desk.contacts.merge(kept.id, gone.id, GRACE)
    assert {row["contact_id"] for row in office.rows("visitors")} == {kept.id}
    assert {row["contact_id"] for row in office.rows("claims")} == {kept.id}
    assert [one.id for one in desk.contacts.list(None, None, None, 10).contacts] == [kept.id]
    assert merged.email == ADA
    assert [entry["contact_id"] for entry in office.rows("audit", action="contact.merged")] == [
        kept.id,
        gone.id,
    ]


def test_the_address_of_the_gone_one_leads_to_the_kept_one(
    office: Office, desk: Desk, kept: ContactView, gone: ContactView
) -> None:
    desk.contacts.merge(kept.id, gone.id, GRACE)
    office.receive(EmailGiven(NEW, office.now), place=THIRD)
    assert {row["contact_id"] for row in office.rows("visitors")} == {kept.id}
    assert contact_of(desk, NEW).id == kept.id
    assert desk.contacts.find(gone.id).id == kept.id
    assert [one.id for one in desk.contacts.list(NEW, None, None, 10).contacts] == [kept.id]
    assert [one.id for one in desk.contacts.list(None, "new.exam", None, 10).contacts] == [kept.id]
    with pytest.raises(EmailTakenError) as refused:
        desk.contacts.create(Person(NEW), GRACE)
    assert refused.value.contact.id == kept.id


def test_a_name_is_taken_over_only_where_there_is_none(
    office: Office, desk: Desk, kept: ContactView, gone: ContactView
) -> None:
    assert desk.contacts.merge(kept.id, gone.id, GRACE).last_name == "L."
    [merge] = merges(office, kept.id)
    desk.contacts.part(merge.id, GRACE)
    assert desk.contacts.find(kept.id).last_name is None
    desk.contacts.change(kept.id, {"first_name": "Augusta"}, GRACE)
    merged = desk.contacts.merge(kept.id, gone.id, GRACE)
    assert (merged.first_name, merged.last_name) == ("Augusta", None)


def test_undoing_leaves_everything_as_it_was(
    office: Office, desk: Desk, kept: ContactView, gone: ContactView
) -> None:
    before = state(office, "updated_at")
    desk.contacts.merge(kept.id, gone.id, GRACE)
    assert state(office, "updated_at") != before
    [merge] = merges(office, kept.id)
    assert desk.contacts.part(merge.id, GRACE).id == gone.id
    assert state(office, "updated_at") == before
    assert merges(office, kept.id) == []


def test_who_came_by_the_gone_address_since_goes_with_it(
    office: Office, desk: Desk, kept: ContactView, gone: ContactView
) -> None:
    desk.contacts.merge(kept.id, gone.id, GRACE)
    office.receive(EmailGiven(NEW, office.now), place=THIRD)
    desk.contacts.part(merges(office, kept.id)[0].id, GRACE)
    [visitor] = office.rows("visitors", external_id="third")
    [claim] = office.rows("claims", visitor_id=visitor["id"])
    assert (visitor["contact_id"], claim["contact_id"]) == (gone.id, gone.id)


def test_a_conversation_that_learned_another_email_learns_the_old_one_again(
    office: Office, desk: Desk, kept: ContactView, gone: ContactView
) -> None:
    desk.contacts.merge(kept.id, gone.id, GRACE)
    desk.contacts.change(kept.id, {"email": BOB}, GRACE)
    assert office.conversation(BEN).email == BOB
    desk.contacts.part(merges(office, kept.id)[0].id, GRACE)
    assert (office.conversation(ANN).email, office.conversation(BEN).email) == (BOB, NEW)


def test_what_somebody_else_has_said_since_is_left_alone(
    office: Office, desk: Desk, kept: ContactView, gone: ContactView
) -> None:
    desk.contacts.merge(kept.id, gone.id, GRACE)
    [visitor] = office.rows("visitors", external_id="ben")
    [talk] = office.rows("conversations", visitor_id=visitor["id"])
    desk.dissociate(ConversationId(talk["id"]), GRACE)
    desk.contacts.part(merges(office, kept.id)[0].id, GRACE)
    assert office.rows("visitors", external_id="ben")[0]["contact_id"] is None


def test_merges_of_merges_are_undone_one_by_one(
    office: Office, desk: Desk, kept: ContactView, gone: ContactView
) -> None:
    bob = desk.contacts.create(Person(BOB), GRACE)
    before = state(office, "updated_at")
    desk.contacts.merge(kept.id, gone.id, GRACE)
    [first] = merges(office, kept.id)
    between = state(office, "updated_at")
    desk.contacts.merge(bob.id, kept.id, GRACE)
    assert contact_of(desk, NEW).id == bob.id
    with pytest.raises(AlreadyMergedError):
        desk.contacts.part(first.id, GRACE)
    desk.contacts.part(merges(office, bob.id)[0].id, GRACE)
    assert state(office, "updated_at") == between
    desk.contacts.part(first.id, GRACE)
    assert state(office, "updated_at") == before


def test_what_is_merged_or_the_same_or_nowhere_is_refused(
    office: Office, desk: Desk, kept: ContactView, gone: ContactView
) -> None:
    with pytest.raises(SamePersonError):
        desk.contacts.merge(kept.id, kept.id, GRACE)
    with pytest.raises(NotFoundError):
        desk.contacts.merge(kept.id, ContactId(2**40), GRACE)
    with pytest.raises(NotFoundError):
        desk.contacts.part(2**40, GRACE)
    desk.contacts.merge(kept.id, gone.id, GRACE)
    for pair in ((kept.id, gone.id), (gone.id, kept.id)):
        with pytest.raises(AlreadyMergedError):
            desk.contacts.merge(*pair, GRACE)
    with pytest.raises(MergedEmailError):
        desk.contacts.change(kept.id, {"email": NEW}, GRACE)


def test_a_merged_contact_is_exported_once(
    office: Office, desk: Desk, kept: ContactView, gone: ContactView
) -> None:
    desk.contacts.merge(kept.id, gone.id, GRACE)
    assert export_contacts(office.database, io.StringIO()) == 1


@pytest.mark.parametrize("email", [ADA, NEW])
def test_erasing_takes_what_was_merged_along(
    office: Office, desk: Desk, kept: ContactView, gone: ContactView, email: str
) -> None:
    desk.contacts.change(kept.id, {"first_name": "Augusta"}, GRACE)
    desk.contacts.merge(kept.id, gone.id, GRACE)
    erase_person(office.database, email, office.now, office.doorbell)
    assert not traces(office, "ada@", "Augusta", "'L.'")
    for name in ("contacts", "visitors", "claims", "messages", "contact_merges"):
        assert office.rows(name) == [], name


def test_who_is_deleted_by_place_takes_the_own_address_out_of_a_merged_contact(
    office: Office, desk: Desk, kept: ContactView, gone: ContactView
) -> None:
    desk.contacts.merge(kept.id, gone.id, GRACE)
    with office.database.write() as connection:
        erase_places(connection, [BEN], Erasure("meta", office.now))
    office.forget()
    assert not traces(office, NEW, "'ben'")
    [contact] = office.rows("contacts")
    assert (contact["id"], contact["email"]) == (kept.id, ADA)
    with pytest.raises(NotFoundError):
        desk.contacts.part(office.rows("contact_merges")[0]["id"], GRACE)
    with office.database.write() as connection:
        erase_places(connection, [ANN], Erasure("meta", office.now))
    office.forget()
    assert office.rows("contacts") == []
