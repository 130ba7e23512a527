"""Several say at once who a visitor is, or that two contacts are one: one wins, others are told."""

import threading
from functools import partial

import pytest

from bot.core.arrivals import Arrival
from bot.core.events import EmailGiven
from bot.core.model import ContactId, ConversationId, VisitorKey
from bot.desk import Desk
from bot.desk.errors import (
    AlreadyMergedError,
    ContactChangedError,
    EmailTakenError,
    LinkChangedError,
    NoSuchContactError,
)
from bot.desk.merging import merge
from bot.desk.types import Actor, Link, Person
from bot.erasure import erase_person
from bot.intake.record import record
from bot.storage.contacts.contacts import lock_contacts
from bot.storage.forgetting.erasing import Erasure, erase_contact
from bot.storage.visitors.batch import Batch
from tests.bot.test_desk_races import write_from_eight
from tests.bot.test_erasure_races import until_it_waits
from tests.factories import ADA, BOB
from tests.office import BEN, Office
from tests.races import at_once, told

GRACE, BILL = Actor("grace@shop.example", "Grace"), Actor("bill@shop.example", "Bill")
NOBODY = Link(None)


def test_eight_creations_of_one_new_address_are_one_contact_and_seven_are_told(
    office: Office, desk: Desk
) -> None:
    ids = write_from_eight(office)
    person = Person(ADA, "Ada")
    results = at_once(
        [told(partial(desk.associate_new, one, person, GRACE, NOBODY)) for one in ids]
    )
    assert results.count(EmailTakenError) == 7
    [contact] = office.rows("contacts")
    linked = [row["contact_id"] for row in office.rows("visitors")]
    assert sorted(linked, key=bool) == [None] * 7 + [contact["id"]]
    assert office.count("audit", action="contact.created") == 1


def test_of_two_agents_who_link_one_visitor_the_second_is_told(
    office: Office, desk: Desk, conversation_id: ConversationId
) -> None:
    for email in (ADA, BOB):
        desk.contacts.create(Person(email), GRACE)
    acts = [
        told(partial(desk.associate, conversation_id, email, actor, NOBODY))
        for email, actor in ((ADA, GRACE), (BOB, BILL))
    ]
    results = at_once(acts)
    assert results.count(LinkChangedError) == 1
    assert office.count("claims") == 1


def test_two_agents_who_link_the_same_contact_agree(
    office: Office, desk: Desk, conversation_id: ConversationId
) -> None:
    desk.contacts.create(Person(ADA), GRACE)
    first = desk.associate(conversation_id, ADA, GRACE, NOBODY)
    assert desk.associate(conversation_id, ADA, BILL, NOBODY).contact == first.contact


def test_who_gave_an_email_while_the_agent_typed_is_not_linked_to_another(
    office: Office, desk: Desk, conversation_id: ConversationId
) -> None:
    desk.contacts.create(Person(BOB), GRACE)
    office.receive(EmailGiven(ADA, office.now))
    with pytest.raises(LinkChangedError) as refused:
        desk.associate(conversation_id, BOB, GRACE, NOBODY)
    assert refused.value.conversation.contact
    assert refused.value.conversation.contact.email == ADA
    with pytest.raises(LinkChangedError):
        desk.associate_new(conversation_id, Person("new@example.com"), GRACE, NOBODY)
    with pytest.raises(LinkChangedError):
        desk.dissociate(conversation_id, GRACE, Link(ContactId(2**40)))
    assert office.count("contacts") == 2


def test_who_is_associated_while_the_contact_is_erased_stays_unknown(
    office: Office, desk: Desk, conversation_id: ConversationId
) -> None:
    desk.contacts.create(Person(ADA), GRACE)
    results: list[object] = []
    act = told(partial(desk.associate, conversation_id, ADA, GRACE, NOBODY))
    late = threading.Thread(target=lambda: results.append(act()))
    with office.database.write() as connection:
        assert erase_contact(connection, ADA, Erasure("operator", office.now))
        late.start()
        until_it_waits(late, office.database)
    late.join()
    assert results == [NoSuchContactError]
    assert office.rows("visitors")[0]["contact_id"] is None


def test_who_comes_by_the_gone_address_while_it_is_merged_is_the_kept_one(
    office: Office, desk: Desk
) -> None:
    kept, gone = (desk.contacts.create(Person(email), GRACE) for email in (ADA, BOB))
    given = EmailGiven(BOB, office.now)
    late = threading.Thread(target=office.receive, args=(given,), kwargs={"place": BEN})
    with office.database.write() as connection:
        merge(Batch(connection, office.now), kept.id, gone.id, GRACE)
        late.start()
        until_it_waits(late, office.database)
    late.join()
    assert [row["contact_id"] for row in office.rows("visitors")] == [kept.id]


def test_who_comes_by_the_gone_address_as_a_merging_begins_is_the_kept_one(
    office: Office, desk: Desk
) -> None:
    kept, gone = (desk.contacts.create(Person(email), GRACE) for email in (ADA, BOB))
    given = EmailGiven(BOB, office.now)
    late = threading.Thread(target=office.receive, args=(given,), kwargs={"place": BEN})
    with office.database.write() as connection:
        lock_contacts(connection, [kept.id, gone.id])
        late.start()
        until_it_waits(late, office.database)
        merge(Batch(connection, office.now), kept.id, gone.id, GRACE)
    late.join()
    assert [row["contact_id"] for row in office.rows("visitors")] == [kept.id]


def test_who_came_by_the_gone_address_just_before_is_merged_too(office: Office, desk: Desk) -> None:
    kept, gone = (desk.contacts.create(Person(email), GRACE) for email in (ADA, BOB))
    early = Arrival(BEN, EmailGiven(BOB, office.now), None, b"raw")
    merger = threading.Thread(target=desk.contacts.merge, args=(kept.id, gone.id, GRACE))
    with office.database.write() as connection:
        record(connection, [early], office.rules, office.now).save()
        merger.start()
        until_it_waits(merger, office.database)
    merger.join()
    assert [row["contact_id"] for row in office.rows("visitors")] == [kept.id]


def test_an_erasure_that_waited_for_a_merging_takes_both(office: Office, desk: Desk) -> None:
    kept, gone = (desk.contacts.create(Person(email), GRACE) for email in (ADA, BOB))
    eraser = threading.Thread(
        target=erase_person, args=(office.database, BOB, office.now, office.doorbell)
    )
    with office.database.write() as connection:
        merge(Batch(connection, office.now), kept.id, gone.id, GRACE)
        eraser.start()
        until_it_waits(eraser, office.database)
    eraser.join()
    assert office.rows("contacts") == []


def test_of_two_who_merge_both_ways_at_once_one_wins(office: Office, desk: Desk) -> None:
    one, other = (desk.contacts.create(Person(email), GRACE) for email in (ADA, BOB))
    acts = [
        told(partial(desk.contacts.merge, *pair, GRACE))
        for pair in ((one.id, other.id), (other.id, one.id))
    ]
    results = at_once(acts)
    assert results.count(AlreadyMergedError) == 1
    assert len([row for row in office.rows("contacts") if row["merged_into_id"] is None]) == 1


def test_of_eight_who_merge_into_one_contact_all_win(office: Office, desk: Desk) -> None:
    people = [
        desk.contacts.create(Person(f"ada{number}@example.com"), GRACE) for number in range(9)
    ]
    kept = people[0].id
    at_once([told(partial(desk.contacts.merge, kept, one.id, GRACE)) for one in people[1:]])
    assert {row["merged_into_id"] for row in office.rows("contacts")} == {None, kept}


def test_of_two_who_change_what_they_saw_the_second_is_told(office: Office, desk: Desk) -> None:
    contact = desk.contacts.create(Person(ADA), GRACE)
    office.pass_time(1)
    acts = [
        told(
            partial(
                desk.contacts.change, contact.id, {"first_name": name}, GRACE, contact.updated_at
            )
        )
        for name in ("Ada", "Augusta")
    ]
    assert at_once(acts).count(ContactChangedError) == 1
    assert office.count("audit", action="contact.changed") == 1


def test_places_of_a_channel_are_the_same_contact_by_one_address(
    office: Office, desk: Desk
) -> None:
    for number in range(2):
        place = VisitorKey("webchat", "https://shop.example", f"v{number}")
        office.receive(EmailGiven(ADA, office.now), place=place)
    match = desk.contacts.look_up(" ADA@Example.com ")
    assert match
    assert match.talks == 2
    assert desk.contacts.look_up("ada@example") is None
