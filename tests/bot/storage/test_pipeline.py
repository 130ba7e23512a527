"""Statements that share a round trip to PostgreSQL."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from bot.storage.database import bulk
from bot.storage.database.engine import Database
from bot.storage.database.transactions import retry_races

_OURS = (
    "SELECT count(*) FROM pg_prepared_statements"
    " WHERE name LIKE 'whosthere%' AND statement NOT LIKE '%set_config%'"
)


@pytest.fixture
def postgres(postgres_server: str) -> Iterator[Database]:
    """One connection, and so one pipeline for all that a test does."""
    database = Database(postgres_server, pool_size=1)
    yield database
    database.close()


def ask(connection: sa.Connection, statement: str, *parameters: str) -> bulk.Rows:
    with bulk.together(connection):
        rows = bulk.query_later(connection, statement, parameters)
    return rows()


def count_prepared(database: Database) -> int:
    with database.read() as connection:
        return int(connection.execute(sa.text(_OURS)).scalar_one())


def test_answers_come_in_order_and_as_python_has_them(postgres: Database) -> None:
    with postgres.read() as connection, bulk.together(connection):
        first = bulk.query_later(connection, "SELECT 1, NULL, 'né'", ())
        second = bulk.query_later(
            connection, "SELECT %s::int + %s::int, '2026-11-29T12:00Z'::timestamptz", ("2", "3")
        )
        none = bulk.query_later(connection, "SELECT 1 WHERE false", ())
    assert first() == [(1, None, "né")]
    assert second() == [(5, datetime(2026, 11, 29, 12, tzinfo=UTC))]
    assert none() == []


def test_a_statement_is_prepared_once(postgres: Database) -> None:
    for _ in range(3):
        with postgres.read() as connection:
            assert ask(connection, "SELECT 1") == [(1,)]
    assert count_prepared(postgres) == 1


def test_what_psycopg_throws_away_is_not_ours(postgres: Database) -> None:
    with postgres.read() as connection:
        ask(connection, "SELECT 1")
        for _ in range(7):  # from the sixth time on psycopg has prepared it
            connection.execute(sa.text("SELECT 2"))
        connection.rollback()  # and would let the server forget all that is prepared
    with postgres.read() as connection:
        assert ask(connection, "SELECT 1") == [(1,)]
    assert count_prepared(postgres) == 1


def test_after_a_rollback_the_old_ones_do_not_stay(postgres: Database) -> None:
    for number in range(5):
        with postgres.read() as connection:
            assert ask(connection, "SELECT 1") == [(1,)]
            assert ask(connection, "SELECT 2") == [(2,)]
            if number % 2:
                connection.rollback()
    assert count_prepared(postgres) == 2


def test_ever_other_statements_do_not_fill_the_server(postgres: Database) -> None:
    with postgres.read() as connection:
        for number in range(300):
            assert ask(connection, f"SELECT {number}") == [(number,)]
    assert 100 <= count_prepared(postgres) <= 200


def test_the_first_fault_takes_the_rest_and_the_commit_with_it(postgres: Database) -> None:
    with postgres.write() as connection:
        connection.execute(sa.text("CREATE TABLE IF NOT EXISTS kept (id int PRIMARY KEY)"))
        connection.execute(sa.text("TRUNCATE kept"))
    one = "INSERT INTO kept VALUES (%s::int)"
    with (
        pytest.raises(sa.exc.IntegrityError),
        postgres.write() as connection,
        bulk.together(connection, last=True),
    ):
        _ = [bulk.query_later(connection, one, number) for number in "1223"]
    with postgres.read() as connection:
        assert ask(connection, "SELECT count(*) FROM kept") == [(0,)]


def test_what_is_last_is_committed_with_it(postgres: Database, postgres_server: str) -> None:
    other = Database(postgres_server)
    with postgres.write() as connection:
        connection.execute(sa.text("CREATE TABLE IF NOT EXISTS last_words (id int)"))
    with postgres.write() as connection:
        with bulk.together(connection, last=True):
            bulk.query_later(connection, "INSERT INTO last_words VALUES (1)", ())
        with other.read() as elsewhere:
            assert ask(elsewhere, "SELECT count(*) FROM last_words")[0][0] > 0
    other.close()


def test_much_may_go_both_ways_at_once(postgres: Database) -> None:
    much = "x" * 1_000_000
    with postgres.read() as connection:
        with bulk.together(connection):
            answers = [bulk.query_later(connection, "SELECT %s::text", (much,)) for _ in range(20)]
        assert all(answer() == [(much,)] for answer in answers)


def test_a_connection_that_was_cut_is_replaced(postgres: Database) -> None:
    with pytest.raises(sa.exc.OperationalError) as caught, postgres.read() as connection:
        ask(connection, "SELECT pg_terminate_backend(pg_backend_pid())")
    assert caught.value.connection_invalidated
    with postgres.read() as connection:
        assert ask(connection, "SELECT 1") == [(1,)]


def test_a_block_that_fails_sends_nothing(postgres: Database) -> None:
    with postgres.read() as connection:
        with pytest.raises(ZeroDivisionError), bulk.together(connection):  # noqa: PT012
            bulk.query_later(connection, "SELECT no_such_column", ())
            raise ZeroDivisionError
        assert ask(connection, "SELECT 1") == [(1,)]


def test_no_two_connections_call_a_prepared_statement_by_one_name(postgres_server: str) -> None:
    database = Database(postgres_server)
    query = sa.text("SELECT name FROM pg_prepared_statements")
    names: list[set[str]] = []
    with database.write() as one, database.write() as other:
        for connection in (one, other):
            ask(connection, "SELECT 1")
            for _ in range(7):
                connection.execute(sa.text("SELECT 2"))
            names.append(set(connection.execute(query).scalars()))
    database.close()
    assert [len(each) for each in names] == [3, 3]  # ours, psycopg's and what each begins with
    assert names[0].isdisjoint(names[1])


def test_an_empty_transaction_begins_and_ends(postgres: Database) -> None:
    with postgres.write() as connection, bulk.together(connection, last=True):
        pass
    with postgres.read() as connection:
        assert ask(connection, "SELECT 1") == [(1,)]


def test_what_a_pooler_has_lost_is_prepared_anew(postgres: Database) -> None:
    with postgres.write() as connection:
        ask(connection, "SELECT 1")
    with postgres.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver
        driver.execute("DEALLOCATE ALL", prepare=False)  # as it is in a session of another's
    assert retry_races(postgres, lambda found: ask(found, "SELECT 1")) == [(1,)]
