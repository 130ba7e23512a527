"""Lists of conversations: their order, their filters, their search."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from bot.core.events import EmailGiven
from bot.core.model import ConversationId, Status, VisitorKey
from bot.desk import Desk
from bot.desk.types import Actor, Person, Words
from bot.storage.conversations.conversations import (
    ConversationsWanted,
    find_conversation,
    list_conversations,
)
from bot.storage.conversations.search_lines import visitor_line
from bot.storage.database.cursors import CursorError, read_cursor, read_timed_cursor, write_cursor
from bot.storage.tables import visitors
from tests.factories import NOON
from tests.office import ANN, BEN, Office

GRACE = Actor("grace@shop.example", "Grace")
SITE = VisitorKey("webchat", "https://shop.example", "cid")
EVERYTHING = ConversationsWanted()


def find(office: Office, wanted: ConversationsWanted = EVERYTHING) -> list[str]:
    with office.database.read() as connection:
        found = list_conversations(connection, wanted, None, 100).conversations
    return [view.place.external_id for view in found]


def search(office: Office, text: str) -> list[str]:
    return find(office, ConversationsWanted(text=text))


def name(office: Office, place: VisitorKey, first: str, last: str) -> None:
    with office.database.write() as connection:
        connection.execute(
            sa.update(visitors)
            .where(visitors.c.external_id == place.external_id)
            .values(first_name=first, last_name=last, search_line=visitor_line(place, first, last))
        )


def fill(office: Office) -> list[ConversationId]:
    for place in (ANN, BEN, SITE):
        office.write(f"It is {place.external_id}", place)
        office.pass_time(1)
    return [ConversationId(row["id"]) for row in office.rows("conversations")]


def test_the_newest_activity_comes_first(office: Office) -> None:
    fill(office)
    office.write("Still there?", ANN)
    assert find(office) == ["ann", "cid", "ben"]


def test_pages_follow_each_other_even_within_one_moment(office: Office) -> None:
    places = [VisitorKey("webchat", "https://shop.example", f"v{n}") for n in range(7)]
    for place in places:
        office.write(place=place)
    seen, cursor = list[str](), None
    with office.database.read() as connection:
        for _ in range(4):
            page = list_conversations(connection, EVERYTHING, cursor, 2)
            seen += [view.place.external_id for view in page.conversations]
            cursor = page.next_cursor
    assert seen == ["v6", "v5", "v4", "v3", "v2", "v1", "v0"]
    assert cursor is None


def test_a_list_that_ends_with_the_page_says_so(office: Office) -> None:
    fill(office)
    with office.database.read() as connection:
        assert list_conversations(connection, EVERYTHING, None, 3).next_cursor is None


def test_a_conversation_without_a_message_is_not_listed(office: Office) -> None:
    office.receive(EmailGiven("nonsense", office.now), place=ANN)
    assert find(office) == []


def test_each_filter_counts(office: Office, desk: Desk) -> None:
    ann, ben, _ = fill(office)
    desk.change(ann, desk.conversation(ann).version, {"status": Status.CLOSED}, GRACE)
    desk.change(ben, desk.conversation(ben).version, {"assignee": "ida@shop.example"}, GRACE)
    desk.associate_person(ben, Person("ben@example.com"), GRACE)
    assert find(office, ConversationsWanted(status=Status.CLOSED)) == ["ann"]
    assert find(office, ConversationsWanted(status=Status.OPEN)) == ["cid", "ben"]
    assert find(office, ConversationsWanted(channel="webchat")) == ["cid"]
    assert find(office, ConversationsWanted(channel="smoke")) == []
    assert find(office, ConversationsWanted(unknown=False)) == ["ben"]
    assert find(office, ConversationsWanted(unknown=True)) == ["cid", "ann"]
    assert find(office, ConversationsWanted(assignee="ida@shop.example")) == ["ben"]
    assert find(office, ConversationsWanted(unassigned=True)) == ["cid", "ann"]
    both = ConversationsWanted(unassigned=True, status=Status.OPEN)
    assert find(office, both) == ["cid"]


def test_search_looks_at_names_emails_and_messages(office: Office, desk: Desk) -> None:
    ann, ben, _ = fill(office)
    name(office, ANN, "Ada", "Lovelace")
    desk.associate_person(ben, Person("ben@example.com", "Benedict", "Bean"), GRACE)
    desk.note(ann, Words("Wants the blue one", "c1"), GRACE)
    assert search(office, "ada lovel") == ["ann"]
    assert search(office, "BEN@EXAMPLE") == ["ben"]
    assert search(office, "benedict bean") == ["ben"]
    assert search(office, "blue ONE") == ["ann"]
    assert search(office, "it is") == ["ann", "cid", "ben"]  # the note is the newest
    assert search(office, "green") == []


@pytest.mark.parametrize(
    "text", ["100% sure", "a_b", r"back\slash", "/", "' OR 1=1--", "[a-z]+", ".*", '"', "日本"]
)
def test_search_is_literal(office: Office, text: str) -> None:
    office.write(f"before {text} after", ANN)
    office.write("100 sure aXb backslash OR 1=1 abc", BEN)
    assert search(office, text) == ["ann"]


@pytest.mark.parametrize("text", ["%", "_", "%%%", "\\", "a%b", "b" * 1_000])
def test_a_pattern_matches_only_itself(office: Office, text: str) -> None:
    office.write("axb Hello", ANN)
    assert search(office, text) == []


def test_a_list_takes_as_many_statements_however_long_it_is(office: Office) -> None:
    fill(office)
    assert count_statements(office, 1) == count_statements(office, 100)


def count_statements(office: Office, limit: int) -> int:
    statements: list[str] = []
    with office.database.read() as connection:
        event.listen(
            connection,
            "before_cursor_execute",
            lambda _c, _cursor, statement, *_rest: statements.append(statement),
        )
        list_conversations(connection, ConversationsWanted(text="it is"), None, limit)
    return len(statements)


def test_a_view_holds_what_agents_need(office: Office) -> None:
    office.write("My address is ada@example.com", ANN)
    with office.database.read() as connection:
        view = find_conversation(connection, ConversationId(office.rows("conversations")[0]["id"]))
        assert find_conversation(connection, ConversationId(2**40)) is None
    assert view
    assert (view.place, view.guest, view.contact) == (ANN, False, None)
    assert (view.offered_email, view.last_seq) == ("ada@example.com", 1)
    assert (view.waiting_since, view.last_message_at) == (NOON, NOON)


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "!!",
        "é",
        "====",
        write_cursor(2**63),
        "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OQ",
        "LTE",
        write_cursor(1, NOON)[:-3],
        "MSAyMDI2LTAxLTA1VDEyOjAwOjAw",
        "MSAyMDI2LTAxLTA1VDEyOjAwKzAyOjAw",
    ],
)
def test_a_cursor_that_is_none_of_ours_is_refused(cursor: str) -> None:
    with pytest.raises(CursorError):
        read_cursor(cursor)
    with pytest.raises(CursorError):
        read_timed_cursor(cursor)


def test_cursors_are_read_as_they_were_written() -> None:
    at = NOON + timedelta(microseconds=1)
    assert read_timed_cursor(write_cursor(7, at)) == (at, 7)
    assert read_cursor(write_cursor(7)) == 7
    with pytest.raises(CursorError):
        read_cursor(write_cursor(7, at))
    with pytest.raises(CursorError):
        read_timed_cursor(write_cursor(7))
