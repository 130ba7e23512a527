"""The inbox's list on both engines: order, pages, last lines, what is unread, counts."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.core.model import Author, ConversationId, Kind, Status, VisitorKey
from bot.desk import Desk
from bot.desk.errors import InvalidError
from bot.desk.overview import Overview, OverviewList, Reader
from bot.desk.types import Actor, ConversationChanges, Words
from bot.storage.conversations.conversations import ConversationsWanted
from bot.storage.conversations.overview import MOST_COUNTED, MOST_UNREAD, Counts, Order
from bot.storage.tables import agents, conversations, visitors
from tests.factories import NOON
from tests.office import ANN, BEN, Office

GRACE = Actor("grace@shop.example", "Grace")
SITE = VisitorKey("webchat", "https://shop.example", "cid")
EVERYTHING = ConversationsWanted()


@pytest.fixture
def overview(office: Office) -> Overview:
    return Overview(office.database)


@pytest.fixture
def reader(office: Office) -> Reader:
    return hire(office, "grace@shop.example")


def hire(office: Office, email: str) -> Reader:
    row = {
        "email": email,
        "email_key": email,
        "name": "Grace",
        "password_hash": "-",
        "is_admin": False,
        "available": True,
        "available_at": NOON,
        "created_at": NOON,
    }
    with office.database.write() as connection:
        made = connection.execute(agents.insert().values(**row).returning(agents.c.id))
        return Reader(made.scalar_one(), email)


def talk_of(office: Office, place: VisitorKey) -> ConversationId:
    query = (
        sa.select(conversations.c.id)
        .join(visitors, visitors.c.id == conversations.c.visitor_id)
        .where(visitors.c.external_id == place.external_id)
    )
    with office.database.read() as connection:
        return ConversationId(connection.execute(query).scalar_one())


def names(found: OverviewList) -> list[str]:
    return [row.conversation.place.external_id for row in found.rows]


def fill(office: Office) -> None:
    for place in (ANN, BEN, SITE):
        office.write(f"It is {place.external_id}", place)
        office.pass_time(1)


def test_a_row_tells_the_last_line_and_who_wrote_it(
    office: Office, overview: Overview, reader: Reader, desk: Desk
) -> None:
    fill(office)
    desk.note(talk_of(office, BEN), Words("x" * 500, "c1"), GRACE)
    rows = overview.list(reader, EVERYTHING, Order.NEWEST).rows
    lines = {row.conversation.place.external_id: row.last_line for row in rows}
    assert lines["cid"]
    assert lines["ben"]
    assert (lines["cid"].author, lines["cid"].text) == (Author.VISITOR, "It is cid")
    assert (lines["ben"].name, lines["ben"].kind) == ("Grace", Kind.NOTE)
    assert lines["ben"].text == "x" * 160


def test_what_nobody_answered_and_the_agent_did_not_read_is_unread(
    office: Office, overview: Overview, reader: Reader
) -> None:
    office.write("one")
    office.write("two")
    assert [row.unread for row in overview.list(reader, EVERYTHING, Order.NEWEST).rows] == [2]
    assert overview.mark_read(reader, talk_of(office, ANN), 1)
    assert [row.unread for row in overview.list(reader, EVERYTHING, Order.NEWEST).rows] == [1]


def test_an_answer_is_read_by_everybody(
    office: Office, overview: Overview, reader: Reader, desk: Desk
) -> None:
    office.write("one")
    desk.reply(talk_of(office, ANN), Words("Here I am", "c1"), Actor("jo@shop.example", "Jo"))
    office.write("two")
    assert [row.unread for row in overview.list(reader, EVERYTHING, Order.NEWEST).rows] == [1]


def test_reading_is_each_agents_own_and_never_goes_back(
    office: Office, overview: Overview, reader: Reader
) -> None:
    for text in ("one", "two"):
        office.write(text)
    talk, jonas = talk_of(office, ANN), hire(office, "jonas@shop.example")
    assert overview.mark_read(reader, talk, 99)
    assert not overview.mark_read(reader, talk, 1)
    office.write("three")
    assert [row.unread for row in overview.list(reader, EVERYTHING, Order.NEWEST).rows] == [1]
    assert [row.unread for row in overview.list(jonas, EVERYTHING, Order.NEWEST).rows] == [3]


def test_unread_messages_are_counted_up_to_a_hundred(
    office: Office, overview: Overview, reader: Reader
) -> None:
    office.write("first")
    talk = talk_of(office, ANN)
    with office.database.write() as connection:
        connection.execute(sa.update(conversations).values(last_seq=5_000))
    rows = overview.list(reader, EVERYTHING, Order.NEWEST).rows
    assert [row.unread for row in rows] == [0]  # seq 1 lies before the last hundred
    assert not overview.mark_read(reader, ConversationId(talk + 1), 1)
    assert MOST_UNREAD == 100


def test_who_waits_longest_comes_first_and_the_others_follow(
    office: Office, overview: Overview, reader: Reader, desk: Desk
) -> None:
    fill(office)
    more = VisitorKey("webchat", "https://shop.example", "dora")
    office.write("It is dora", more)
    desk.reply(talk_of(office, BEN), Words("Hi", "c1"), GRACE)
    office.pass_time(1)
    desk.reply(talk_of(office, ANN), Words("Hi", "c1"), GRACE)
    for limit in (1, 2, 3, 5):
        found, cursor = [], None
        while True:
            page = overview.list(reader, EVERYTHING, Order.WAITING, cursor, limit)
            found += names(page)
            cursor = page.next_cursor
            if cursor is None:
                break
        assert found == ["cid", "dora", "ann", "ben"], limit


@pytest.mark.parametrize("cursor", ["nonsense", "w.nonsense", "o.nonsense", "\0"])
@pytest.mark.parametrize("order", Order)
def test_a_cursor_that_is_none_of_ours_is_invalid(
    overview: Overview, reader: Reader, cursor: str, order: Order
) -> None:
    with pytest.raises(InvalidError):
        overview.list(reader, EVERYTHING, order, cursor)


def test_views_are_counted_by_status(
    office: Office, overview: Overview, reader: Reader, desk: Desk
) -> None:
    fill(office)
    mine, closed = (
        ConversationChanges(assignee=GRACE.key),
        ConversationChanges(status=Status.CLOSED),
    )
    desk.change(talk_of(office, ANN), 1, mine, GRACE)
    desk.change(talk_of(office, BEN), 1, closed, GRACE)
    assert overview.count(reader, Status.OPEN) == Counts(1, 1, 2)
    assert overview.count(reader, Status.CLOSED) == Counts(0, 1, 1)
    assert overview.count(reader, None) == Counts(1, 2, 3)


def test_no_count_goes_beyond_a_thousand(
    office: Office, overview: Overview, reader: Reader
) -> None:
    office.write("Hello")
    row = office.rows("conversations")[0]
    person = office.rows("visitors")[0]
    with office.database.write() as connection:
        more = range(1_000_000, 1_000_007 + MOST_COUNTED)
        connection.execute(
            visitors.insert(), [{**person, "id": n, "external_id": f"v{n}"} for n in more]
        )
        connection.execute(
            conversations.insert(), [{**row, "id": n, "visitor_id": n} for n in more]
        )
    assert overview.count(reader, Status.OPEN) == Counts(0, MOST_COUNTED, MOST_COUNTED)


@pytest.mark.parametrize("text", ["%", "_", "\\", "' OR 1=1--", ".*"])
def test_the_list_is_searched_for_what_is_typed(
    office: Office, overview: Overview, reader: Reader, text: str
) -> None:
    office.write("nothing of the kind", BEN)
    assert names(overview.list(reader, ConversationsWanted(text=text), Order.NEWEST)) == []
    office.write(f"it is {text} here")
    for order in Order:
        assert names(overview.list(reader, ConversationsWanted(text=text), order)) == ["ann"]


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "x" * 10_000])
def test_what_no_engine_can_look_for_is_refused(
    overview: Overview, reader: Reader, text: str
) -> None:
    with pytest.raises(InvalidError):
        overview.list(reader, ConversationsWanted(text=text), Order.NEWEST)


@pytest.mark.parametrize(
    ("where", "order"),
    [
        ("assignee IS NULL AND status = 'open'", "last_message_at DESC, id DESC"),
        ("assignee = 'x' AND status = 'open'", "last_message_at DESC, id DESC"),
        (
            "assignee = 'x' AND status = 'open' AND waiting_since IS NOT NULL",
            "waiting_since, id",
        ),
        ("status = 'open' AND waiting_since IS NOT NULL", "waiting_since, id"),
    ],
)
def test_no_view_has_to_be_sorted(office: Office, where: str, order: str) -> None:
    if office.database.is_postgresql:
        pytest.skip("with so few rows PostgreSQL reads them all")
    query = sa.select(conversations.c.id).where(sa.text(where)).order_by(sa.text(order))
    with office.database.read() as connection:
        plan = str(connection.execute(sa.text(f"EXPLAIN QUERY PLAN {query}")).all())
    assert "USING" in plan
    assert "INDEX ix_conversations" in plan
    assert "TEMP B-TREE" not in plan


def test_waiting_is_measured_by_the_first_message_left_unanswered(
    office: Office, overview: Overview, reader: Reader
) -> None:
    office.write("one")
    office.pass_time(60)
    office.write("two")
    [row] = overview.list(reader, EVERYTHING, Order.WAITING).rows
    assert row.conversation.waiting_since == NOON
    assert office.now - NOON == timedelta(minutes=1)


def test_of_named_conversations_those_are_found_that_the_list_shows(
    office: Office, overview: Overview, reader: Reader, desk: Desk
) -> None:
    fill(office)
    ann, ben, site = (talk_of(office, place) for place in (ANN, BEN, SITE))
    desk.change(ben, 1, ConversationChanges(status=Status.CLOSED), GRACE)

    def pick(wanted: ConversationsWanted, *ids: ConversationId) -> set[str]:
        rows = overview.pick(reader, wanted, ids).rows
        return {row.conversation.place.external_id for row in rows}

    everybody = (ann, ben, site, ConversationId(999_999))
    assert pick(EVERYTHING, *everybody) == {"ann", "ben", "cid"}
    assert pick(EVERYTHING, site) == {"cid"}
    assert pick(EVERYTHING) == set()
    assert pick(ConversationsWanted(status=Status.OPEN), *everybody) == {"ann", "cid"}
    assert pick(ConversationsWanted(assignee=reader.email), *everybody) == set()
    assert pick(ConversationsWanted(text="It is ann"), *everybody) == {"ann"}
