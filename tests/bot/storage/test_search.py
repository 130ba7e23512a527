"""What an index must find that no look at the newest messages does."""

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from bot.core.model import MessageId, VisitorKey
from bot.core.names import nickname
from bot.core.search_query import read_query
from bot.storage.conversations import search_blocks as search
from bot.storage.conversations.conversations import ConversationsWanted, list_conversations
from bot.storage.conversations.older_lines import find_unsearchable, write_older_lines
from bot.storage.conversations.overview import Order, list_in_order
from bot.storage.database.engine import Database
from bot.storage.tables import contacts, messages, visitors
from bot.storage.visitors.batch import Batch
from tests.office import ANN, BEN, PAGE, Office

A_BLOCK = 2**18
on_postgresql = pytest.mark.parametrize("migrated_url", ["postgresql"], indirect=True)


def find_old(office: Office, text: str, *, without: str = "") -> set[str]:
    """Search as if no message was among the newest, which PostgreSQL reads whole."""
    with office.database.read() as connection:
        for way in filter(None, without.split(", ")):
            connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
        listed = list_conversations(connection, ConversationsWanted(), None, 1_000).conversations
        if office.database.is_postgresql:
            found = search.find(connection, read_query(text), newest=0).conversations
            return {view.place.external_id for view in listed if view.id in found}
    return find_any(office, text)


def find_any(office: Office, text: str) -> set[str]:
    with office.database.read() as connection:
        found = list_conversations(connection, ConversationsWanted(text=text), None, 10)
    return {view.place.external_id for view in found.conversations}


def is_cut(office: Office, text: str) -> bool:
    with office.database.read() as connection:
        lists = [
            list_in_order(connection, ConversationsWanted(text=text), order, None, 10)
            for order in Order
        ]
    [same_in_any_order] = {each.match.is_cut for each in lists if each.match}
    return same_in_any_order


def reads_most(office: Office, text: str) -> bool:
    """Search as if no message was among the newest, and say whether there may be more."""
    with office.database.read() as connection:
        return search.find(connection, read_query(text), newest=0).is_cut


def write_missing(office: Office, most: int = 100) -> list[str]:
    """Write all lines that are missing, in steps; returns what was gone on with."""
    below: dict[str, int] = {}
    steps = []
    while below := write_older_lines(office.database, below, most):
        steps.append([*below][-1])
    return steps


def move_up(office: Office, by: int, *, above: int = 0) -> None:
    """Let so many messages have been written before."""
    with office.database.write() as connection:
        moved = sa.update(messages).where(messages.c.id > above)
        connection.execute(moved.values(id=messages.c.id + by))


@pytest.mark.parametrize(
    "text",
    [
        "blue",
        "BLUE tent",
        "blu",
        "tent (40",
        "mail ann@exa",
        "example.com",
        "re-order",
        "wörter",
        "don't",
        "zelt",
        "日本",
        "it <b",
        "a blue tent (40 l): mail ann@example.com to re-order. wörter",
    ],
)
def test_what_begins_a_word_is_found_in_old_messages(office: Office, text: str) -> None:
    office.write("A blue tent (40 l): mail ann@example.com to re-order. Wörter", ANN)
    office.write("I don't like it <b>😀Zelt“ 日本語", ANN)
    office.write("Something else", BEN)
    assert find_old(office, text) == {"ann"}


@pytest.mark.parametrize(
    "text", ["blue green", "green", "%", "'", "blue | green", "!blue", "b7xblue", "x" * 900]
)
def test_nothing_else_is(office: Office, text: str) -> None:
    office.write("A blue tent", ANN)
    assert find_old(office, text) == set()


@on_postgresql
def test_the_middle_of_a_word_is_found_among_the_newest_messages_only(office: Office) -> None:
    office.write("A blue tent", ANN)
    assert find_any(office, "lue te") == {"ann"}
    assert find_old(office, "lue te") == set()


def test_words_are_found_wherever_they_stand(office: Office) -> None:
    office.write("A blue tent", ANN)
    move_up(office, 100 * A_BLOCK)
    office.write("A blue tent", BEN)
    for text in ("blue tent", "blue", "ten"):
        assert find_any(office, text) == find_old(office, text) == {"ann", "ben"}


@on_postgresql
def test_the_last_of_several_words_goes_on_in_the_newest_million_only(office: Office) -> None:
    office.write("A blue tent", ANN)
    [first] = office.rows("messages")
    office.write("A blue teapot", BEN)
    move_up(office, 2 * A_BLOCK, above=first["id"])
    assert find_old(office, "blue te") == {"ann", "ben"}
    move_up(office, 2 * A_BLOCK, above=first["id"])
    assert find_old(office, "blue te") == {"ben"}


@on_postgresql
def test_what_very_many_say_is_found_where_it_was_said_last(office: Office) -> None:
    old, new = ([VisitorKey("messenger", PAGE, f"{when}{n}") for n in range(250)] for when in "on")
    office.receive_all([office.arrival("A blue tent", place) for place in [*old, *new[:10]]])
    [last_old] = office.rows("messages")[249:250]
    move_up(office, A_BLOCK, above=last_old["id"])
    last_said = {place.external_id for place in new[:10]}
    for switched_off in ("", "bitmapscan", "bitmapscan, material", "nestloop"):
        found = find_old(office, "blue tent", without=switched_off)
        assert last_said <= found, switched_off
        assert len(found) == search.MOST_FOUND


@on_postgresql
def test_who_searches_is_told_that_there_may_be_more_of_a_kind(office: Office) -> None:
    places = [VisitorKey("messenger", PAGE, f"blue{n}") for n in range(search.MOST_FOUND - 1)]
    office.receive_all([office.arrival("A blue tent", place) for place in places])
    with office.database.write() as connection:
        connection.execute(sa.update(visitors).values(first_name="Blue", search_line=None))
    write_missing(office)
    assert not is_cut(office, "blue")
    office.write("A blue tent", ANN)
    assert is_cut(office, "blue")
    assert not is_cut(office, "green")


@on_postgresql
@pytest.mark.parametrize("text", ["blue-tent", "blue-te", "(blue"])
def test_who_searches_is_told_that_more_holds_the_words_than_is_read(
    office: Office, text: str
) -> None:
    office.receive_all([office.arrival("A tent, a blue one") for _ in range(999)])
    assert not reads_most(office, text)
    office.write("A blue one, and no other tent", BEN)
    assert reads_most(office, text)
    assert not reads_most(office, "green tent")


@on_postgresql
def test_who_searches_is_told_so_too_if_all_of_it_was_written_long_ago(office: Office) -> None:
    office.receive_all([office.arrival("A tent, a blue one") for _ in range(1_000)])
    last = office.rows("messages")[-1]
    office.write("Hello", BEN)
    move_up(office, 5 * A_BLOCK, above=last["id"])
    assert reads_most(office, "blue tent")


def test_names_and_emails_are_found_by_their_words(office: Office) -> None:
    office.write("Hello", ANN)
    with office.database.write() as connection:
        named = {"first_name": "Ada", "last_name": "Lovelace", "search_line": None}
        connection.execute(sa.update(visitors).values(named))
    write_missing(office)
    assert find_old(office, "ada love") == {"ann"}


def test_a_contact_is_found_by_a_part_of_the_email(office: Office) -> None:
    office.write("ada.lovelace@example.com", ANN)
    with office.database.write() as connection:
        connection.execute(sa.update(contacts).values(first_name="Augusta", search_line=None))
    write_missing(office)
    for text in ("ada.lovelace@example.com", "lovelace@exa", "example", "august"):
        assert find_old(office, text) == {"ann"}


SAID = {
    "Добрый ПРИВЕТ, Ёлка": ["привет", "елка привет", "ПРИВЕ"],
    "L\u2019ÉTÉ à l\u2019île": ["été", "ete", "l'ile", "ÎLE e\u0301te\u0301"],
    "Große Straße in ŁÓDŹ": ["strasse grosse", "lodz", "GROSSE"],
    "\uff21\uff22\uff23\uff11 \ufb01sch": ["abc1", "fisch abc"],
    "Ruf +421 (0) 911/234-567 an": ["0911234567", "+421911234567", "911 234 567", "+421 91"],
    "or 091 765 4321": ["+421917654321", "0917654321", "917654321 or", "091 76"],
    "我想买帐篷": ["帐篷", "想买", "篷"],
    "أهلا ٠٣٣١": ["0331", "أَهلا"],
}


def test_words_are_found_by_what_they_say_in_any_order(office: Office) -> None:
    for number, text in enumerate(SAID):
        office.write(text, VisitorKey("messenger", PAGE, f"{number}"))
    for number, asked in enumerate(SAID.values()):
        for text in asked:
            assert find_old(office, text) == {f"{number}"}, text
            assert find_any(office, text) == {f"{number}"}, text


def test_an_edit_and_an_unsent_message_are_found_by_what_they_say_now(office: Office) -> None:
    office.write("A blue tent", ANN)
    [message] = office.rows("messages")
    with office.database.write() as connection:
        batch = Batch(connection, office.now)
        batch.edit_message(MessageId(message["id"]), "A gréen tent", 1)
        batch.save()
    assert find_old(office, "green") == {"ann"}
    assert find_old(office, "blue") == set()
    with office.database.write() as connection:
        batch = Batch(connection, office.now)
        batch.delete_message(MessageId(message["id"]))
        batch.save()
    assert find_old(office, "tent") == set()


def test_an_unknown_visitor_is_found_by_its_code(office: Office) -> None:
    office.write("Hello", ANN)
    office.write("Hello", BEN)
    for text in (nickname(ANN), f"visitor {nickname(ANN)}", f"{nickname(ANN)} unknown".lower()):
        assert find_old(office, text) == {"ann"}


def test_what_a_former_version_wrote_is_found_step_by_step_the_newest_first(
    office: Office,
) -> None:
    office.receive_all([office.arrival(f"Ein Zelt für {n}", ANN) for n in range(25)])
    office.write("ada@example.com", ANN)
    with office.database.write() as connection:
        for table in (messages, visitors, contacts):
            connection.execute(sa.update(table).values(search_line=None))
        assert find_unsearchable(connection) is not None
    assert find_any(office, "fur") == find_any(office, nickname(ANN)) == set()
    assert [*write_older_lines(office.database, {}, 10)] == ["contacts"]
    assert write_missing(office, 10) == ["visitors", "messages", "messages", "messages"]
    assert find_any(office, "24 fur") == find_any(office, nickname(ANN)) == {"ann"}
    with office.database.read() as connection:
        assert find_unsearchable(connection) is None


@on_postgresql
def test_the_indexes_are_used(database: Database) -> None:
    words = {"words": "'#blue'", "blocks": 9, "message_blocks": 9, "last_message": 9}
    asked = search.FIND.params(words, most=9, plain=["%blue%"], parts=["%"], numbers=["%"])
    literally = {"literal_binds": True}
    question = asked.compile(dialect=postgresql.dialect(), compile_kwargs=literally)  # type: ignore[no-untyped-call]
    with database.write() as connection:
        connection.exec_driver_sql("ANALYZE")
    with database.read() as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = str(connection.exec_driver_sql(f"EXPLAIN {question}").all())
    for table in ("messages", "visitors", "contacts"):
        assert f"Bitmap Index Scan on ix_{table}_search_words" in plan
