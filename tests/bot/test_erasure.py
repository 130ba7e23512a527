"""Forgetting people: everything goes, nothing follows, and nobody else is touched."""

import os
from pathlib import Path

import pytest

from bot.core.arrivals import EchoSeen
from bot.core.events import VisitorWrote
from bot.core.model import ConversationId, VisitorId, VisitorKey
from bot.desk import Desk
from bot.desk.types import API, Person
from bot.erasure import describe, erase_person, is_known, read_whom
from bot.forgetting import Forgotten
from bot.ports.channels import Profile
from bot.ports.errors import Cause, OutcomeUnknownError, SendError, UndeliverableError
from bot.storage.forgetting.erasing import Erased, Whom
from bot.storage.forgetting.persons import LinkedVisitor
from bot.storage.mails.unread_mails import UnreadMail, UnreadRoom, keep_mail
from bot.storage.tables import metadata
from tests import spares
from tests.bot.traces import bury, snapshot, traces
from tests.factories import ADA, BOB, NOON, moment
from tests.office import ANN, BEN, PAGE, Office

CAROL = VisitorKey("messenger", PAGE, "carol")
NOT_NOW = SendError("Not now.")
STORY = "my dog is called Rex"


def erase(office: Office, email: str = ADA) -> Forgotten | None:
    return erase_person(office.database, email, office.now, office.doorbell)


@pytest.fixture
def known(office: Office) -> Office:
    """Ada is known from two places, Carol is Bob's, and all is quiet."""
    for place, email in ((ANN, ADA), (BEN, ADA), (CAROL, BOB)):
        office.write(f"{STORY}, says {place.external_id}", place)
        office.write(email, place)
    office.pass_time(3600)
    office.work()
    return office


def test_an_erased_person_leaves_no_trace(known: Office) -> None:
    known.reply("on its way to Ada")
    bury(
        known,
        b'{"text": "write to ADA@example.com"}',
        b'{"text": "at\\nada\\u0040example.com"}',
        b'{"sender": {"id": "ben"}}',
        b'{"text": "nada@example.com, annex"}',
    )
    others = snapshot(known, CAROL)
    forgotten = erase(known)
    assert forgotten
    erased = forgotten.removed
    assert erased == Erased(
        contacts=1,
        visitors=2,
        conversations=2,
        messages=forgotten.found.messages,
        orders=erased.orders,
        dead_letters=3,
    )
    assert erased.messages > 2 < erased.orders
    assert not traces(known, "'ada", "'ann'", "'ben'", "says ann", "says ben", "to Ada", "ADA")
    assert snapshot(known, CAROL) == others
    assert [row["raw"] for row in known.rows("dead_letters")] == [
        b'{"text": "nada@example.com, annex"}'
    ]
    assert [row["email"] for row in known.rows("contacts")] == [BOB]


def test_mails_to_the_person_s_conversations_go_whatever_stands_in_them(known: Office) -> None:
    by_place = {row["external_id"]: row["id"] for row in known.rows("visitors")}
    talks = {row["visitor_id"]: row["id"] for row in known.rows("conversations")}
    with known.database.write() as connection:
        for place in ("ann", "carol"):
            talk = talks[by_place[place]]
            mail = UnreadMail(talk, "email", b"bytes that nobody can read", "mail too large")
            keep_mail(connection, mail, known.now, UnreadRoom())
    erased = erase(known)
    assert erased
    assert erased.removed.dead_letters == 1
    [kept] = known.rows("dead_letters")
    assert kept["conversation_id"] == talks[by_place["carol"]]


def test_the_audit_keeps_what_happened_and_to_nobody_by_name(known: Office) -> None:
    before = known.rows("audit")
    erase(known)
    *kept, last = known.rows("audit")
    assert kept == before
    assert (last["actor"], last["action"], last["at"]) == ("operator", "person.erased", known.now)
    assert last["detail"]["visitors"] == 2


def test_what_was_to_be_sent_is_not_sent_any_more(known: Office) -> None:
    known.reply("never to arrive")
    sent = len(known.channel.sent)
    erase(known)
    known.pass_time(3600)
    known.work()
    assert len(known.channel.sent) == sent


def test_old_messages_that_come_again_recreate_nothing(known: Office) -> None:
    erase(known)
    known.receive(VisitorWrote(STORY, NOON, NOON), key="m_1")
    known.receive(EchoSeen("an echo of ours", moment(60), known.now, 2), key="m_echo")
    assert not traces(known, "says ann", "'ann'", "an echo")


def test_who_writes_again_starts_afresh(known: Office) -> None:
    erase(known)
    known.pass_time(1)
    known.write("Hello again")
    known.receive(VisitorWrote(STORY, NOON, NOON), key="m_1")
    [visitor] = known.rows("visitors", external_id="ann")
    assert visitor["contact_id"] is None
    [conversation] = known.rows("conversations", visitor_id=visitor["id"])
    words = known.rows("messages", conversation_id=conversation["id"])
    assert [row["text"] for row in words] == ["Hello again"]


def test_who_is_erased_twice_stays_erased(known: Office) -> None:
    erase(known)
    known.pass_time(10)
    known.write("back")
    known.write(ADA)
    assert erase(known)
    known.receive(VisitorWrote("back", known.now, known.now), key="m_again")
    assert not traces(known, "'ann'", "'ada")


@pytest.mark.parametrize(
    "error",
    [
        None,
        NOT_NOW,
        OutcomeUnknownError("Who knows."),
        UndeliverableError("Gone.", Cause.RECIPIENT_GONE),
    ],
)
def test_a_worker_in_flight_settles_nothing(known: Office, error: Exception | None) -> None:
    known.reply("in flight")

    def vanish(*_: object) -> None:
        erase(known)
        if error:
            raise error

    known.channel.answer = vanish
    known.work()
    assert not traces(known, "'ann'", "in flight")


@pytest.mark.parametrize("error", [NOT_NOW, UndeliverableError("No.", Cause.NOT_OWNER)])
def test_a_prompt_in_flight_settles_nothing(office: Office, error: Exception) -> None:
    office.write()
    office.pass_time(60)

    def vanish(*_: object) -> None:
        office.write(ADA)
        erase(office)
        raise error

    office.channel.answer = vanish
    office.work()
    office.pass_time(3600)
    office.work()
    assert len(office.channel.sent) == 1
    assert not office.rows("outbox")


@pytest.mark.parametrize("is_back", [False, True])
def test_the_echo_of_what_was_in_flight_recreates_nothing(known: Office, *, is_back: bool) -> None:
    known.reply("in flight")
    [row] = known.rows("outbox", kind="deliver", state="pending")

    def vanish(*_: object) -> None:
        erase(known)

    known.channel.answer = vanish
    known.work()
    known.pass_time(1)
    if is_back:
        known.write("somebody new")
    echo = EchoSeen("in flight", known.now, known.now, outbox_id=row["id"])
    known.receive(echo, key="out_1")
    assert not traces(known, "in flight")
    assert known.count("visitors", external_id="ann") == is_back


def test_what_the_page_writes_after_an_erasure_is_a_message_like_any_other(known: Office) -> None:
    erase(known)
    known.pass_time(1)
    known.receive(EchoSeen("from the page's inbox", known.now, known.now), key="e_1")
    assert known.count("messages", text="from the page's inbox") == 1


def test_a_look_up_in_flight_names_nobody_who_is_new(office: Office) -> None:
    office.write(ADA)

    def come_back(_place: VisitorKey) -> Profile:
        if office.count("erasures"):
            raise NOT_NOW
        erase(office)
        office.pass_time(1)
        office.write("somebody new")
        return Profile("Ada", "Lovelace")

    office.channel.look_up = come_back
    office.work()
    [visitor] = office.rows("visitors")
    assert visitor["first_name"] is None


def test_who_was_once_taken_for_them_keeps_everything_else(known: Office, desk: Desk) -> None:
    [carol] = known.rows("visitors", external_id="carol")
    [conversation] = known.rows("conversations", visitor_id=carol["id"])
    for email in (ADA, BOB):
        desk.associate_person(conversation["id"], Person(email), API)
    before = snapshot(known, CAROL)
    erase(known)
    assert snapshot(known, CAROL) == before
    assert known.count("contacts", email=BOB) == 1
    assert not known.rows("claims", email=ADA)


@pytest.mark.parametrize("email", ["eve@example.com", "no address at all", "", "9" * 20])
def test_an_unknown_address_erases_nothing(known: Office, email: str) -> None:
    assert not is_known(known.database, read_whom(email))
    before = {table: known.rows(table) for table in metadata.tables}
    assert erase(known, email) is None
    assert {table: known.rows(table) for table in metadata.tables} == before


def test_the_address_may_be_written_in_capitals(known: Office) -> None:
    assert is_known(known.database, read_whom(ADA.upper()))
    assert erase(known, f" {ADA.upper()} ")


def test_what_is_gone_is_said_in_words() -> None:
    erased = Erased(1, 2, 2, 14, 1, 0)
    assert describe(Forgotten(erased, erased, is_finished=True, left=())) == (
        "Erased: 1 contact, 2 visitors, 2 conversations, 14 messages, 1 piece of work and no dead"
        " letters."
    )
    ann = LinkedVisitor(VisitorId(7), ANN, ConversationId(9))
    assert describe(Forgotten(erased, Erased(), is_finished=False, left=(ann,))) == (
        "Hidden everywhere: 1 contact, 2 visitors, 2 conversations and 14 messages. A worker"
        " deletes them within minutes. Not erased, since only an agent linked them, or they have"
        " proved another address: visitor 7 (messenger, conversation 9). --also VISITOR erases"
        " them too."
    )


def run(url: str, tmp_path: Path, *arguments: str, says: str = "") -> tuple[int, str]:
    environment = {"DATABASE_URL": url, "DATA_DIR": str(tmp_path), "PATH": os.defpath}
    done = spares.run(["erase", *arguments], environment, tmp_path, says)
    return done.returncode, done.stdout + done.stderr


def test_the_command_asks_first_and_says_what_it_did(
    office: Office, migrated_url: str, tmp_path: Path
) -> None:
    office.write(ADA)
    url = migrated_url.replace("+psycopg", "")
    status, said = run(url, tmp_path, "eve@example.com", "--yes")
    assert (status, said) == (1, "Error: Nobody is known by this. Nothing was erased.\n")
    status, said = run(url, tmp_path, ADA, says="n\n")
    assert status == 1
    assert "Erase this person for good" in said
    assert office.count("contacts") == 1
    status, said = run(url, tmp_path, ADA, "--yes")
    assert status == 0
    assert said.startswith("Erased: 1 contact, 1 visitor, 1 conversation, ")
    assert not traces(office, "'ada", "'ann'")


@pytest.mark.parametrize(
    ("said", "whom"),
    [
        (" Ada@Example.com ", Whom(ADA, visitors=(9,))),
        ("+39 333 (12) 34-567", Whom(phone="+39 333 (12) 34-567", visitors=(9,))),
        ("42", Whom(visitors=(42, 9))),
        ("+39 333 anna", Whom("+39 333 anna", visitors=(9,))),
        ("+1", Whom("+1", visitors=(9,))),
        (f"+{'9' * 15}", Whom(phone=f"+{'9' * 15}", visitors=(9,))),
        (f"+{'9' * 16}", Whom(f"+{'9' * 16}", visitors=(9,))),
        ("\u0664\u0662", Whom("\u0664\u0662", visitors=(9,))),
        ("9" * 20, Whom(visitors=(9,))),
    ],
)
def test_an_address_a_number_or_an_id_names_somebody(said: str, whom: Whom) -> None:
    assert read_whom(said, (9,)) == whom


def test_the_command_takes_a_number_an_id_and_further_visitors(
    office: Office, migrated_url: str, tmp_path: Path
) -> None:
    dora, eve = (VisitorKey("letters", "1", name) for name in ("393331234567", "+3933312345678"))
    for place in (dora, eve, ANN, BEN, CAROL):
        office.write(f"I am {place.external_id}", place)
    office.write(ADA, ANN)
    url = migrated_url.replace("+psycopg", "")
    ids = {row["external_id"]: str(row["id"]) for row in office.rows("visitors")}
    for words, gone in (
        (("+39 333 123 4567",), {dora}),
        (("+3933312345678",), {eve}),
        ((ids["ben"],), {BEN}),
        ((ADA, "--also", ids["carol"]), {ANN, CAROL}),
    ):
        status, said = run(url, tmp_path, *words, "--yes")
        assert (status, said.partition(",")[0]) == (
            0,
            f"Erased: {'1 contact' if ANN in gone else 'no contacts'}",
        )
        for place in gone:
            ids.pop(place.external_id)
        assert {row["external_id"] for row in office.rows("visitors")} == set(ids)
    assert run(url, tmp_path, "+39 333 123 4567", "--yes")[0] == 1
    assert run(url, tmp_path, "7", "--also", "0", "--yes")[0] == 2
