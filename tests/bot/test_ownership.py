"""Whose a conversation is: who reads what before and after a proof, and writes where."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from bot.core.arrivals import Arrival, MessagesSeen
from bot.core.emails import Address, validate
from bot.core.events import EmailGiven, VisitorWrote
from bot.core.model import ConversationId, Status, VisitorKey
from bot.live.visitor_view import VisitorViews
from bot.ownership import Proof, prove
from bot.ports.visitor_view import ConversationProgress, Stretch, VisitorConversation
from bot.storage.mails.mails import SentMail, add_mails
from bot.storage.visitors.batch import Batch
from bot.storage.visitors.visitor_states import lock_conversations
from tests.bot.test_erasure_races import until_it_waits
from tests.office import Office

SITE = "https://shop.example"
TYPIST, PHONE, LAPTOP, OTHER = (
    VisitorKey("webchat", SITE, name) for name in ("typist", "phone", "laptop", "other")
)
ADA, BOB = "ada@example.com", "bob@example.org"
NEWEST = Stretch(50)


@dataclass
class Talk:
    """A conversation that began in one browser, which typed an address."""

    office: Office

    def __post_init__(self) -> None:
        self.office.rules = replace(self.office.rules, enabled=False)
        self.rooms = VisitorViews(self.office.database)

    @property
    def id(self) -> ConversationId:
        return ConversationId(self.office.rows("conversations")[0]["id"])

    def write(self, text: str, browser: VisitorKey = TYPIST) -> None:
        office = self.office
        office.pass_time(1)
        report = VisitorWrote(text, office.now, office.now)
        key = f"{browser.external_id}/{text}"
        office.receive_all([Arrival(browser, report, key, browser=browser)])

    def give(self, email: str, browser: VisitorKey = TYPIST) -> None:
        report = EmailGiven(email, self.office.now)
        self.office.receive_all([Arrival(browser, report, browser=browser)])

    def reply(self, text: str) -> None:
        place = VisitorKey(*(self.visitor[name] for name in ("channel", "account", "external_id")))
        self.office.pass_time(1)
        self.office.reply(text, place)

    def mail(self, email: str = ADA) -> None:
        """Mail the last reply."""
        office, seq = self.office, self.office.rows("messages")[-1]["seq"]
        with office.database.write() as connection:
            add_mails(connection, [SentMail(self.id, email, f"{seq}", seq, seq, office.now)])

    def prove(self, browser: VisitorKey | None, email: str = ADA) -> None:
        address = validate(email)
        assert isinstance(address, Address)
        with self.office.database.write() as connection:
            batch = Batch(connection, self.office.now)
            thread = lock_conversations(connection, [self.id])[self.id]
            prove(batch, thread, Proof(address, browser))
            batch.save()

    def look(self, browser: VisitorKey, stretch: Stretch = NEWEST) -> VisitorConversation:
        return self.rooms.look(browser, stretch)

    def texts(self, browser: VisitorKey) -> list[str]:
        room = self.look(browser)
        assert [each.seq for each in room.messages] == [*range(1, len(room.messages) + 1)]
        assert room.state.last_seq == len(room.messages)
        return [each.text for each in room.messages if each.text in _SAID]

    @property
    def visitor(self) -> dict[str, str]:
        return self.office.rows("visitors")[0]


_SAID = {"before", "reply", "unmailed", "after", "news", "more"}


@pytest.fixture
def talk(office: Office) -> Talk:
    """One in which a reply was mailed, and another one was not."""
    talk = Talk(office)
    talk.write("before")
    talk.give(ADA)
    talk.reply("reply")
    talk.mail()
    talk.reply("unmailed")
    return talk


def test_before_any_proof_the_browser_that_began_reads_everything(talk: Talk) -> None:
    assert talk.texts(TYPIST) == ["before", "reply", "unmailed"]
    assert talk.look(PHONE) == VisitorConversation()


def test_another_browsers_proof_divides_the_conversation(talk: Talk) -> None:
    talk.prove(PHONE)
    before = talk.look(TYPIST)
    talk.write("after", PHONE)
    talk.reply("news")
    assert talk.texts(PHONE) == ["reply", "after", "news"]
    assert talk.look(PHONE).earlier > 0
    assert talk.texts(TYPIST) == ["before", "reply", "unmailed"]
    assert talk.look(TYPIST) == before
    assert (before.goes_on, before.stored, before.conversation_id) == (
        "mail",
        ConversationProgress(),
        None,
    )


def test_a_mails_proof_leaves_no_browser(talk: Talk) -> None:
    talk.prove(None)
    talk.reply("news")
    assert talk.texts(TYPIST) == ["before", "reply", "unmailed"]
    talk.prove(PHONE)  # later, by the link of a mail
    assert talk.texts(PHONE) == ["reply", "news"]


def test_the_browser_that_began_divides_nothing(talk: Talk) -> None:
    talk.prove(TYPIST)
    talk.prove(PHONE)
    talk.write("after", PHONE)
    for browser in (TYPIST, PHONE):
        assert talk.texts(browser) == ["before", "reply", "unmailed", "after"]
        assert talk.look(browser).goes_on is None
    assert talk.office.rows("former_readers") == []


def test_a_former_reader_that_proves_the_address_opens_what_it_wrote(talk: Talk) -> None:
    talk.prove(PHONE)
    talk.write("after", PHONE)
    talk.prove(TYPIST)
    talk.prove(LAPTOP)
    talk.write("more")
    for browser in (TYPIST, PHONE, LAPTOP):
        assert talk.texts(browser) == ["before", "reply", "unmailed", "after", "more"]
        assert talk.look(browser).earlier == 0
    assert talk.office.count("conversations") == 1


def test_what_a_former_reader_writes_is_a_new_unknown_visitors(talk: Talk) -> None:
    talk.prove(PHONE)
    talk.write("more")
    assert talk.texts(TYPIST) == ["more"]
    assert talk.look(TYPIST).known is False
    assert "more" not in talk.texts(PHONE)
    assert talk.office.count("visitors") == 2


def test_what_it_began_meanwhile_stays_with_the_agents(talk: Talk) -> None:
    talk.prove(PHONE)
    talk.write("more")
    talk.prove(TYPIST)
    assert talk.texts(TYPIST) == ["before", "reply", "unmailed"]
    [note] = talk.office.rows("messages", kind="note")
    assert f"conversation {talk.id}" in note["text"]
    talk.write("after")
    assert talk.texts(PHONE) == ["before", "reply", "unmailed", "after"]


def test_a_browser_speaks_for_whose_conversation_it_reads_by_now(talk: Talk) -> None:
    talk.prove(PHONE)
    home = VisitorKey(*(talk.visitor[name] for name in ("channel", "account", "external_id")))
    stale = VisitorWrote("more", talk.office.now, talk.office.now)
    talk.office.receive_all([Arrival(home, stale, "typist/more", browser=TYPIST)])
    talk.office.receive_all([Arrival(PHONE, stale, "phone/more", browser=PHONE)])
    assert (talk.texts(TYPIST), talk.texts(PHONE)) == (["more"], ["reply", "more"])


def test_a_former_readers_signs_count_for_nobody(talk: Talk) -> None:
    talk.prove(PHONE)
    before = talk.office.rows("conversations")
    seen = MessagesSeen(talk.office.now)
    talk.office.receive_all([Arrival(TYPIST, seen, browser=TYPIST)])
    assert talk.office.rows("conversations") == before
    assert talk.rooms.written_at(TYPIST, 1) is None


def close(talk: Talk) -> None:
    with talk.office.database.write() as connection:
        connection.exec_driver_sql(
            "UPDATE conversations SET status = 'closed', answered_seq = last_seq, seen_up_to = NULL"
        )


@pytest.mark.parametrize(
    "happen",
    [
        close,
        lambda talk: talk.give(BOB, PHONE),
        lambda talk: talk.mail(),
        lambda talk: talk.prove(LAPTOP),
        lambda talk: talk.prove(LAPTOP, BOB),
        lambda talk: talk.reply("news"),
    ],
)
def test_nothing_that_happens_later_shows(talk: Talk, happen: Callable[[Talk], None]) -> None:
    talk.prove(PHONE)
    stretches = (NEWEST, Stretch(9, 0), Stretch(9, None, 9))
    before = [talk.look(TYPIST, stretch) for stretch in stretches]
    happen(talk)
    assert [talk.look(TYPIST, stretch) for stretch in stretches] == before
    assert before[0].state.status is Status.OPEN


def test_another_address_that_somebody_else_proves_divides_it_again(talk: Talk) -> None:
    talk.prove(PHONE)
    talk.write("after", PHONE)
    talk.give(BOB, PHONE)
    talk.prove(OTHER, BOB)
    talk.reply("news")
    assert talk.texts(OTHER) == ["news"]
    assert talk.texts(PHONE) == ["reply", "after"]
    assert talk.texts(TYPIST) == ["before", "reply", "unmailed"]
    talk.prove(PHONE, BOB)
    assert talk.texts(OTHER) == ["after", "news"]
    assert talk.texts(PHONE) == ["reply", "after", "news"]


def test_another_address_of_the_owners_own_divides_nothing(talk: Talk) -> None:
    talk.prove(PHONE)
    talk.prove(LAPTOP)
    talk.give(BOB, PHONE)
    [row] = talk.office.rows("conversations")
    assert (row["email"], row["proved_email"], row["beside_email"]) == (ADA, ADA, BOB)
    talk.prove(PHONE, BOB)
    [row] = talk.office.rows("conversations")
    assert (row["email"], row["proved_email"], row["beside_email"]) == (BOB, BOB, None)
    talk.write("after", LAPTOP)
    assert talk.texts(PHONE) == talk.texts(LAPTOP) == ["reply", "after"]


def test_what_a_browser_writes_while_it_ceases_to_be_the_owners_is_its_own(talk: Talk) -> None:
    talk.write("Hello")
    talk.prove(PHONE)
    bob = validate(BOB)
    assert isinstance(bob, Address)
    late = threading.Thread(target=talk.write, args=("Mine", PHONE))
    with talk.office.database.write() as connection:
        thread = lock_conversations(connection, [talk.id])[talk.id]
        late.start()
        until_it_waits(late, talk.office.database)
        batch = Batch(connection, talk.office.now)
        prove(batch, thread, Proof(bob, LAPTOP))
        batch.save()
    late.join()
    [mine] = talk.office.rows("messages", text="Mine")
    assert mine["conversation_id"] != talk.id


def test_several_browsers_of_the_owner_may_write_at_one_moment(talk: Talk) -> None:
    talk.prove(PHONE)
    talk.prove(LAPTOP)
    office = talk.office
    said = VisitorWrote("more", office.now, office.now)
    office.receive_all(
        [
            Arrival(one, said, f"{one.external_id}/more", browser=one)
            for one in (PHONE, LAPTOP, PHONE._replace(external_id="stranger"))
        ]
    )
    told = [row["conversation_id"] for row in office.rows("messages", text="more")]
    assert sorted(told)[:2] == [talk.id, talk.id]
    assert sorted(told)[2] != talk.id
