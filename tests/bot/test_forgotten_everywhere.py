"""Erasing forgets a person in every table: a new one must be named here, on either list."""

import random
from collections.abc import Collection

import pytest
import sqlalchemy as sa

from bot.core.events import EmailGiven
from bot.erasure import erase_person, read_whom
from bot.forgetting import Forgotten
from bot.keeping import Keeper
from bot.outbox.handlers.file_sweep import FileSweepHandler
from bot.outbox.lane import Lane
from bot.storage.contacts.contacts import find_contact_by_key
from bot.storage.conversations.conversations import ConversationsWanted, list_conversations
from bot.storage.database.transactions import retry_races
from bot.storage.files.file_pieces import DatabaseFiles
from bot.storage.forgetting.erasing import Begun, Erasure, Whom, erase_whom
from bot.storage.forgetting.erasing_steps import take_step
from bot.storage.forgetting.referring import REFERRING
from bot.storage.tables import metadata
from bot.wiring.lanes import upkeep_lane
from tests.bot.agents import join
from tests.bot.traces import bury
from tests.histories import Someone
from tests.mail_server import PostOffice, post
from tests.mailroom import MailRoom
from tests.office import Office

__all__ = ["post"]  # for pytest to find

HOLDS_WORDS = {
    "audit",
    "browser_proofs",
    "browsers",
    "claims",
    "consents",
    "contacts",
    "conversations",
    "dead_letters",
    "file_pieces",
    "files",
    "former_readers",
    "mail_sides",
    "mails",
    "messages",
    "original_mails",
    "proofs",
    "reply_addresses",
    "return_links",
    "suppressions",
    "uploads",
    "visitors",
    "visits",
}
"""Tables in which a person's own words, addresses or ids stand: the histories fill each of them."""
HOLDS_NONE = {
    "accounts",
    "agents",
    "checkups",
    "contact_merges",  # ids
    "deletion_requests",  # hashes
    "email_domains",  # domains: tests/bot/outbox/test_email_domains.py forgets them
    "erasures",  # hashes
    "issued_passes",
    "mail_threads",  # tokens, which go with their conversation
    "notice_wishes",
    "outbox",  # ids, and domains to look up: what is told is read when it is told
    "page_echoes",  # hashes of the page's own words, which go with their conversation
    "push_subscriptions",
    "reading_marks",
    "saved_replies",
    "schema_revisions",
    "server_keys",
    "sessions",
    "spent_passes",
    "stops",
    "tallies",
    "webhook_endpoints",
    "withdrawals",  # hashes
}
"""Tables of the team, the server, or of nothing but ids and hashes."""
UNTIL_FINISHED = {"unfinished_erasures"}
HISTORIES, AT_ONCE = 50, 5


@pytest.fixture
def room(office: Office, post: PostOffice) -> MailRoom:
    join(office)
    return MailRoom(office, post)


def holding(office: Office, word: str) -> set[str]:
    """Name the tables in which a word stands, in any column, as text or as bytes, in any case."""
    return {
        table
        for table in metadata.tables
        for row in office.rows(table)
        if word.lower() in repr(row).lower()
    }


def keys_of(office: Office, word: str) -> set[tuple[object, ...]]:
    """Name the rows in which a word stands, but for links, which come and go with each mail."""
    return {
        (name, *(row[column.name] for column in metadata.tables[name].primary_key))
        for name in HOLDS_WORDS - {"return_links"}
        for row in office.rows(name)
        if word in repr(row)
    }


def visitors_of(office: Office, word: str) -> set[int]:
    """Name the visitors that hold a word, or whose messages do."""
    talks = {row["conversation_id"] for row in office.rows("messages") if word in row["text"]}
    said = {row["visitor_id"] for row in office.rows("conversations") if row["id"] in talks}
    return said | {row["id"] for row in office.rows("visitors") if word in repr(row)}


def begun_later(office: Office, someone: Someone, order: Collection[str]) -> set[int]:
    """Name what a browser began once another had proved the address: it is not the person's."""
    if "come_back_by_the_link" not in order:
        return set()
    return {row["id"] for row in office.rows("visitors", external_id=someone.site.external_id)}


def forget(room: MailRoom, whom: str, also: Collection[int] = ()) -> Forgotten | None:
    office = room.office
    wanted = read_whom(whom, tuple(also))
    return erase_person(office.database, wanted, office.now, office.doorbell)


def test_every_table_is_on_a_list() -> None:
    assert set(metadata.tables) == HOLDS_WORDS | HOLDS_NONE | UNTIL_FINISHED


@pytest.mark.parametrize("first", range(0, HISTORIES, AT_ONCE))
def test_a_person_is_forgotten_in_every_table_whatever_came_first(
    room: MailRoom, first: int
) -> None:
    office = room.office
    bob = Someone(room, "zqbobx")
    bob.live(random.Random("bob"))  # noqa: S311 - the same each time
    before, seen = keys_of(office, bob.word), set[str]()
    for number in range(first, first + AT_ONCE):
        someone = Someone(room, f"zq{number:02}x")
        order = someone.live(random.Random(number))  # noqa: S311 - as above
        stood = holding(office, someone.word)
        forgotten = forget(room, someone.first)
        assert forgotten, order
        left = visitors_of(office, someone.word)
        others = {one.id for one in forgotten.left} | begun_later(office, someone, order)
        assert left <= others, order
        if left:
            assert forget(room, someone.first, left), order
        assert holding(office, someone.word) == set(), order
        seen |= stood
    assert seen == HOLDS_WORDS
    assert before <= keys_of(office, bob.word)


def test_what_an_agent_linked_and_unlinked_is_named_and_erased_on_demand(room: MailRoom) -> None:
    ada = Someone(room, "zqadax")
    for act in (
        ada.write_on_messenger,
        ada.be_linked_by_an_agent,
        ada.be_unlinked_by_an_agent,
        ada.write_on_the_site,
        ada.give_an_address,
    ):
        assert act()
    forgotten = forget(room, ada.first)
    assert forgotten
    [left] = forgotten.left
    assert left.place == ada.page
    assert visitors_of(room.office, ada.word) == {left.id}
    assert forget(room, str(left.id))
    assert holding(room.office, ada.word) == set()


def test_who_has_proved_another_address_is_not_erased_for_a_typing_error(room: MailRoom) -> None:
    ada = Someone(room, "zqadax")
    for act in (ada.write_on_the_site, ada.give_an_address, ada.correct_the_address):
        assert act()
    bob = Someone(room, "zqbobx")
    for act in (bob.write_on_messenger, bob.give_an_address_on_messenger):
        assert act()
    room.prove(ada.site)
    bob.first = ada.first  # Bob's own address is what Ada had typed by mistake
    bob.be_linked_by_an_agent()
    forgotten = forget(room, ada.first)
    assert forgotten
    assert [one.place for one in forgotten.left] == [ada.site]
    assert room.office.count("visitors", external_id=ada.site.external_id) == 1
    assert room.office.count("contacts", email=ada.second) == 1


def test_an_address_beside_a_proved_one_is_found_and_taken_out(room: MailRoom) -> None:
    ada = Someone(room, "zqadax")
    assert ada.write_on_the_site()
    assert ada.give_an_address()
    room.prove(ada.site)
    for second in (ada.other, ada.second):
        room.office.receive(EmailGiven(second, room.office.now), place=ada.site)
        bury(room.office, second.encode())
    for second in (ada.other, ada.second):  # the first of them is none of the conversation's now
        forgotten = forget(room, second.upper())
        assert forgotten
        assert [one.place for one in forgotten.left] == [ada.site]
        assert holding(room.office, second) == {"messages"}  # said so by the bot
    [talk] = room.office.rows("conversations")
    assert (talk["proved_email"], talk["beside_email"]) == (ada.first, None)
    assert forget(room, ada.second) is None
    assert forget(room, ada.first)
    assert holding(room.office, ada.word) == set()


def test_an_upload_that_was_used_for_nothing_is_forgotten_too(room: MailRoom) -> None:
    ada, bob = Someone(room, "zqadax"), Someone(room, "zqbobx")
    for one in (ada, bob):
        for act in (one.write_on_the_site, one.give_an_address, one.upload_a_file):
            assert act()
    forget(room, ada.first)
    assert holding(room.office, ada.word) == {"file_pieces"}
    sweep = FileSweepHandler(
        room.office.database, {"database": DatabaseFiles(room.office.database)}
    )
    Lane(room.office.engine(), upkeep_lane([sweep], {})).work()
    assert holding(room.office, ada.word) == set()
    assert holding(room.office, bob.word) >= {"file_pieces", "uploads"}


def test_an_unsubscription_outlives_the_person_and_a_bounce_does_not(room: MailRoom) -> None:
    for act in ("unsubscribe", "have_mails_come_back"):
        ada = Someone(room, f"zq{act[:3]}x")
        for name in ("write_on_the_site", "give_an_address", "be_mailed", act):
            assert getattr(ada, name)()
        forget(room, ada.first)
        assert [row["reason"] for row in room.office.rows("suppressions")] == ["unsubscribed"]
        assert holding(room.office, ada.word) == set()


def is_seen(office: Office, someone: Someone, talks: Collection[int]) -> bool:
    """Say whether a list, a conversation, a contact or a visitor's own page shows the person."""
    with office.database.read() as connection:
        shown = list_conversations(connection, ConversationsWanted(), None, 100).conversations
        contact = find_contact_by_key(connection, someone.first)
    return bool(contact) or any(view.id in talks for view in shown)


def test_whoever_is_killed_at_a_step_the_clock_goes_on(room: MailRoom) -> None:
    office, steps = room.office, 0
    while True:
        ada = Someone(room, f"zq{steps:02}x")
        # after this history one address finds all that is hers
        ada.live(random.Random(16))  # noqa: S311 - as above
        talks = {row["id"] for row in office.rows("conversations", gone_at=None)}
        assert is_seen(office, ada, talks)
        begin(room, ada)
        finished = [take_step(office.database) for _ in range(steps)]
        assert not is_seen(office, ada, talks)
        Keeper(office.database, lambda: office.now).work()  # another process
        while office.count("unfinished_erasures"):
            take_step(office.database)
        assert not (holding(office, ada.word) - {"visitors", "conversations", "messages"})
        sweep_up(room, ada)
        if not all(finished):
            break
        steps += 1
    assert steps > 3


def begin(room: MailRoom, someone: Someone) -> Begun | None:
    office, erasure = room.office, Erasure("operator", room.office.now)
    whom = Whom(someone.first)
    return retry_races(office.database, lambda held: erase_whom(held, whom, erasure))


def sweep_up(room: MailRoom, someone: Someone) -> None:
    for one in visitors_of(room.office, someone.word):
        forget(room, str(one))
    assert holding(room.office, someone.word) == set()


def test_each_column_that_refers_to_a_person_is_indexed() -> None:
    """Else the end of a row looks through a whole table for what refers to it."""
    for references in REFERRING.values():
        for table, column in references:
            unique = [each for each in table.constraints if isinstance(each, sa.UniqueConstraint)]
            leading = {next(iter(each.columns)).name for each in unique}
            leading |= {next(iter(each.columns)).name for each in table.indexes}
            assert column.name in {*leading, next(iter(table.primary_key)).name}, column


def test_a_place_that_was_forgotten_is_free_at_once(room: MailRoom) -> None:
    ada = Someone(room, "zqadax")
    assert ada.write_on_the_site()
    assert ada.give_an_address()
    assert begin(room, ada)
    room.office.pass_time(1)
    assert ada.write_on_the_site()
    fresh = room.office.rows("visitors", external_id=ada.site.external_id)
    assert [row["contact_id"] for row in fresh] == [None]
    room.office.forget()
    assert room.office.rows("visitors") == fresh
