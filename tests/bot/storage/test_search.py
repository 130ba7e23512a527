"""What an index must find that no look at the newest messages does."""

import pytest
import sqlalchemy as sa

from bot.storage import search
from bot.storage.conversations import ConversationsWanted, list_conversations
from bot.storage.engine import Database
from bot.storage.tables import contacts, visitors
from tests.office import ANN, BEN, Office


@pytest.fixture
def words(office: Office) -> Office:
    if not office.database.is_postgresql:
        pytest.skip("SQLite has no index of words: it looks at everything")
    return office


def find_by_index(office: Office, text: str) -> set[int]:
    """Search without the look at the newest messages."""
    words = search.words_of(text)
    with office.database.read() as connection:
        return search.find_by_words(connection, text, words) if words else set()


def talk(office: Office) -> int:
    return int(office.rows("conversations")[0]["id"])


@pytest.mark.parametrize(
    "text",
    ["blue", "BLUE tent", "blu", "tent (40", "mail ann@exa", "example.com", "re-order", "wörter"],
)
def test_what_begins_a_word_is_found_in_old_messages(words: Office, text: str) -> None:
    words.write("A blue tent (40 l): mail ann@example.com to re-order. Wörter", ANN)
    words.write("Something else", BEN)
    assert find_by_index(words, text) == {talk(words)}


@pytest.mark.parametrize("text", ["lue", "tent blue", "green", "%", "'", "blue | green", "!blue"])
def test_nothing_else_is(words: Office, text: str) -> None:
    words.write("A blue tent", ANN)
    assert find_by_index(words, text) == set()


def test_names_and_emails_are_found_by_their_words(words: Office, database: Database) -> None:
    words.write("Hello", ANN)
    with database.write() as connection:
        connection.execute(sa.update(visitors).values(first_name="Ada", last_name="Lovelace"))
    assert find_by_index(words, "ada love") == {talk(words)}


def test_a_contact_is_found_by_a_part_of_the_email(words: Office) -> None:
    words.write("ada.lovelace@example.com", ANN)
    with words.database.write() as connection:
        connection.execute(sa.update(contacts).values(first_name="Augusta"))
    for text in ("ada.lovelace@example.com", "lovelace@exa", "example", "august"):
        assert find_by_index(words, text) == {talk(words)}


def test_the_index_is_used(words: Office, database: Database) -> None:
    question = f"EXPLAIN SELECT 1 FROM messages WHERE {search.MESSAGE_WORDS} @@ 'blue'::tsquery"  # noqa: S608 - our own text
    with database.read() as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        assert "ix_messages_words" in str(connection.exec_driver_sql(question).all())


def test_the_middle_of_a_word_is_found_among_the_newest_messages(office: Office) -> None:
    office.write("A blue tent", ANN)
    with office.database.read() as connection:
        found = list_conversations(connection, ConversationsWanted(text="lue te"), None, 10)
    assert [view.place for view in found.conversations] == [ANN]
