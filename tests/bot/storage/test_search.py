"""What an index must find that no look at the newest messages does."""

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from bot.core.model import VisitorKey
from bot.storage import search
from bot.storage.conversations import ConversationsWanted, list_conversations
from bot.storage.engine import Database
from bot.storage.overview import Order, list_in_order
from bot.storage.tables import contacts, messages, visitors
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
            found = search.find(connection, text, newest=0).ids
            return {view.place.external_id for view in listed if view.id in found}
    return find_any(office, text)


def find_any(office: Office, text: str) -> set[str]:
    with office.database.read() as connection:
        found = list_conversations(connection, ConversationsWanted(text=text), None, 10)
    return {view.place.external_id for view in found.conversations}


def is_cut(office: Office, text: str) -> bool:
    with office.database.read() as connection:
        cut = {
            list_in_order(connection, ConversationsWanted(text=text), order, None, 10).is_cut
            for order in Order
        }
    [same_in_any_order] = cut
    return same_in_any_order


def reads_most(office: Office, text: str) -> bool:
    """Search as if no message was among the newest, and say whether there may be more."""
    with office.database.read() as connection:
        return search.find(connection, text, newest=0).is_cut


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
    "text", ["tent blue", "green", "%", "'", "blue | green", "!blue", "b7xblue", "x" * 900]
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
        connection.execute(sa.update(visitors).values(first_name="Blue"))
    assert not is_cut(office, "blue")
    office.write("A blue tent", ANN)
    assert is_cut(office, "blue")
    assert not is_cut(office, "green")


@on_postgresql
@pytest.mark.parametrize("text", ["blue tent", "blue te", "(blue"])
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
        connection.execute(sa.update(visitors).values(first_name="Ada", last_name="Lovelace"))
    assert find_old(office, "ada love") == {"ann"}


def test_a_contact_is_found_by_a_part_of_the_email(office: Office) -> None:
    office.write("ada.lovelace@example.com", ANN)
    with office.database.write() as connection:
        connection.execute(sa.update(contacts).values(first_name="Augusta"))
    for text in ("ada.lovelace@example.com", "lovelace@exa", "example", "august"):
        assert find_old(office, text) == {"ann"}


@on_postgresql
def test_the_indexes_are_used(database: Database) -> None:
    asked = search.FIND.params(wanted="blue", words="'#blue'", blocks=10, newest=10)
    literally = {"literal_binds": True}
    question = asked.compile(dialect=postgresql.dialect(), compile_kwargs=literally)  # type: ignore[no-untyped-call]
    with database.write() as connection:
        connection.exec_driver_sql("ANALYZE")
    with database.read() as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = str(connection.exec_driver_sql(f"EXPLAIN {question}").all())
    for table in ("messages", "visitors", "contacts"):
        assert f"Bitmap Index Scan on ix_{table}_words" in plan
