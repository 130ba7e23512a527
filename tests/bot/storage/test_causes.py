"""Whose fault an error of the database is, told by what the database itself says."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import exc

from bot.core.model import VisitorKey
from bot.ports.errors import HeldError, SlowError, UnavailableError
from bot.storage.database.causes import FailureCause, explain, find_cause, is_key_taken
from bot.storage.database.engine import Database
from bot.storage.database.transactions import read, retry_races
from bot.storage.visitors.visitor_states import lock_visitor_states

ROWS, RACE, SLOW, HELD, AWAY = (
    FailureCause.ROWS,
    FailureCause.RACE,
    FailureCause.SLOW,
    FailureCause.HELD,
    FailureCause.AWAY,
)
ANN = VisitorKey("messenger", "1", "ann")
_ADD = (
    "INSERT INTO visitors (channel, account, external_id, created_at)"
    " VALUES ('messenger', '1', 'ann', now())"
)
_ADD_ACCOUNT = (
    "INSERT INTO accounts (channel, account, state, changed_at) VALUES ('m', '1', 'ok', now())"
)
_MUCH_TO_INDEX = (
    "SELECT to_tsvector('simple', string_agg(md5(i::text), ' ')) FROM generate_series(1, 60000) i"
)
_RAISE = "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}', MESSAGE = 'words'; END $$"


@pytest.fixture
def postgres(migrated_postgres: Database) -> Database:
    return migrated_postgres


@pytest.fixture
def sqlite(tmp_path: Path, migrated_file: Path) -> Iterator[Database]:
    (tmp_path / "whosthere.db").write_bytes(migrated_file.read_bytes())
    opened = Database(f"sqlite:///{tmp_path / 'whosthere.db'}")
    yield opened
    opened.close()


def fault(database: Database, *statements: str, **parameters: object) -> exc.SQLAlchemyError:
    def run(connection: sa.Connection) -> None:
        for statement in statements:
            connection.execute(sa.text(statement), parameters)

    with pytest.raises(exc.SQLAlchemyError) as caught, database.write() as connection:
        run(connection)
    return caught.value


@pytest.mark.parametrize(
    ("state", "cause"),
    [
        *((state, ROWS) for state in ("22001", "22003", "22021", "22P02", "22P05", "22000")),
        *((state, ROWS) for state in ("23502", "23505", "23514", "23P01", "23000")),
        *((state, ROWS) for state in ("42804", "42846", "42883", "42P18")),
        *((state, ROWS) for state in ("54000", "54001", "54011", "54023")),
        ("40001", RACE),
        ("40P01", RACE),
        ("23503", RACE),
        ("26000", RACE),
        ("57014", SLOW),
        ("55P03", HELD),
        *((state, AWAY) for state in ("53000", "53100", "53200", "53300", "53400")),
        *((state, AWAY) for state in ("25006", "25P02", "25P03", "57P01", "57P03", "57P05")),
        *((state, AWAY) for state in ("08006", "28P01", "3D000", "42P01", "42703", "42501")),
        *((state, AWAY) for state in ("0A000", "42P05", "58030", "F0000", "XX000")),
        *((state, AWAY) for state in ("P0001", "40002", "40003", "55006", "99999")),
    ],
)
def test_postgresql_tells_it_by_sqlstate(
    postgres: Database, state: str, cause: FailureCause
) -> None:
    error = fault(postgres, _RAISE.format(state=state))
    assert find_cause(error) is cause
    assert explain(error, None) == f"words ({state})"


@pytest.mark.parametrize(
    ("statement", "cause"),
    [
        (_MUCH_TO_INDEX, ROWS),
        ("SELECT 'x'::int", ROWS),
        ("SELECT 1 / 0", ROWS),
        ("SELECT 1 WHERE 1::bigint = 'x'::varchar", ROWS),
        ("SELECT ARRAY[1]::bigint", ROWS),
        ("SELECT '{\"a\": \"\\u0000\"}'::jsonb->>'a'", ROWS),
        ("INSERT INTO visitors (channel) VALUES ('x')", ROWS),
        ("SELECT pg_sleep(9)", SLOW),
        ("SELECT no_such_column", AWAY),
    ],
)
def test_so_does_what_really_happens(
    postgres: Database, statement: str, cause: FailureCause
) -> None:
    assert find_cause(fault(postgres, "SET LOCAL statement_timeout = 900", statement)) is cause


def test_a_key_of_races_is_told_from_other_keys(postgres: Database) -> None:
    assert find_cause(fault(postgres, _ADD, _ADD)) is RACE
    other = fault(postgres, _ADD_ACCOUNT, _ADD_ACCOUNT)
    assert find_cause(other) is ROWS
    assert isinstance(other, exc.DBAPIError)
    assert is_key_taken(other)


def test_what_psycopg_will_not_send_is_the_rows_fault(postgres: Database) -> None:
    assert find_cause(fault(postgres, "SELECT :text", text="\0")) is ROWS


@pytest.mark.parametrize(
    ("statement", "parameters", "cause"),
    [
        ("INSERT INTO visitors (channel) VALUES ('x')", {}, ROWS),
        ("SELECT zeroblob(2000000000)", {}, ROWS),
        ("INSERT INTO visitors (id) VALUES ('no number')", {}, ROWS),
        ("SELECT :thing", {"thing": object()}, ROWS),
        ("SELECT * FROM no_such_table", {}, AWAY),
        ("SELECT no_such_column", {}, AWAY),
    ],
)
def test_sqlite_tells_it_by_its_code(
    sqlite: Database, statement: str, parameters: dict[str, object], cause: FailureCause
) -> None:
    assert find_cause(fault(sqlite, statement, **parameters)) is cause


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        *((name, ROWS) for name in ("TOOBIG", "CONSTRAINT", "CONSTRAINT_UNIQUE", "MISMATCH")),
        *((name, AWAY) for name in ("FULL", "READONLY", "BUSY", "LOCKED", "IOERR", "CORRUPT")),
        *((name, AWAY) for name in ("READONLY_DBMOVED", "IOERR_WRITE", "BUSY_SNAPSHOT", "NOTADB")),
        *((name, AWAY) for name in ("CANTOPEN", "PERM", "NOMEM", "PROTOCOL", "ERROR")),
    ],
)
def test_sqlites_codes_are_known_with_their_details(name: str, cause: FailureCause) -> None:
    original = sqlite3.OperationalError("words")
    original.sqlite_errorcode = getattr(sqlite3, f"SQLITE_{name}")
    wrapped = exc.DBAPIError.instance("x", None, original, sqlite3.Error)
    assert isinstance(wrapped, exc.DBAPIError)
    assert find_cause(wrapped) is cause


def test_a_full_disk_is_no_fault_of_rows(sqlite: Database) -> None:
    pages = "PRAGMA max_page_count = 1"
    much = (
        "INSERT INTO dead_letters (channel, raw, reason, state, created_at)"
        " VALUES ('x', zeroblob(9000000), '', '', '')"
    )
    error = fault(sqlite, pages, much)
    assert find_cause(error) is AWAY
    assert explain(error, None) == "database or disk is full"


def test_a_file_that_may_only_be_read_is_no_fault_of_rows(sqlite: Database) -> None:
    error = fault(sqlite, "PRAGMA query_only = 1", "DELETE FROM visitors")
    assert find_cause(error) is AWAY
    assert explain(error, None) == "attempt to write a readonly database"


def test_a_file_that_somebody_else_writes_to_is_no_fault_of_rows(sqlite: Database) -> None:
    with sqlite.write(), sqlite.read() as reading:
        reading.exec_driver_sql("PRAGMA busy_timeout = 1")
        with pytest.raises(exc.OperationalError) as caught:
            reading.exec_driver_sql("DELETE FROM visitors")
    assert find_cause(caught.value) is AWAY


def test_a_server_that_is_not_there_is_explained_without_its_password() -> None:
    away = Database("postgresql://ann:cAnArY@127.0.0.1:1/none")
    with pytest.raises(UnavailableError, match="connection failed") as caught:
        read(away, lambda connection: connection.execute(sa.text("SELECT 1")))
    assert "cAnArY" not in str(caught.value)


def test_the_password_is_never_repeated(postgres: Database) -> None:
    error = fault(postgres, _RAISE.format(state="57P01").replace("words", "cAnArY is wrong"))
    assert explain(error, "cAnArY") == "… is wrong (57P01)"


def test_the_servers_words_are_one_line_of_some_length(postgres: Database) -> None:
    error = fault(postgres, _RAISE.format(state="57P01").replace("words", "x" * 5000))
    assert len(explain(error, None)) < 250


def sleep(connection: sa.Connection) -> None:
    connection.execute(sa.text("SET LOCAL statement_timeout = 1"))
    connection.execute(sa.text("SELECT pg_sleep(9)"))


def test_what_takes_too_long_and_what_is_held_can_be_told_from_what_is_away(
    postgres: Database,
) -> None:
    with pytest.raises(SlowError, match="statement timeout"):
        retry_races(postgres, sleep)
    with postgres.write() as connection:
        connection.execute(sa.text(_ADD))

    def lock(connection: sa.Connection) -> None:
        connection.execute(sa.text("SET LOCAL lock_timeout = 1"))
        lock_visitor_states(connection, [ANN])

    with postgres.write() as holding:
        lock_visitor_states(holding, [ANN])
        with pytest.raises(HeldError, match="lock timeout"):
            retry_races(postgres, lock)
        holding.execute(sa.text("DELETE FROM visitors"))


def failing(state: str, tries: list[int]) -> Callable[[sa.Connection], None]:
    def work(connection: sa.Connection) -> None:
        tries.append(1)
        connection.execute(sa.text(_RAISE.format(state=state)))

    return work


@pytest.mark.parametrize(
    ("state", "times", "error"),
    [
        ("40001", 5, UnavailableError),
        ("40P01", 5, UnavailableError),
        ("23503", 5, exc.IntegrityError),
        ("22P02", 1, exc.DataError),
        ("54000", 1, exc.OperationalError),
        ("53100", 1, UnavailableError),
        ("XX000", 1, UnavailableError),
    ],
)
def test_races_are_run_again_and_all_else_is_not(
    postgres: Database, state: str, times: int, error: type[Exception]
) -> None:
    tries: list[int] = []
    with pytest.raises(error):
        retry_races(postgres, failing(state, tries))
    assert len(tries) == times


def test_when_one_connection_has_died_no_other_of_its_time_is_trusted(
    postgres: Database, postgres_server: str
) -> None:
    here = Database(postgres.url.render_as_string(hide_password=False), by_key_only=True)
    end_all = (
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with here.write() as one, here.write() as two, here.write() as three:
        for each in (one, two, three):
            lock_visitor_states(each, [ANN])
    with postgres.write() as connection:
        assert connection.execute(sa.text(end_all)).scalar_one() >= 3
    assert retry_races(here, lambda found: lock_visitor_states(found, [ANN])) == {}
    here.close()
