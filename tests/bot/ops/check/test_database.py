"""What a check says of the database, and of the work that waits in it."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.core.arrivals import Fault
from bot.storage.database.engine import Database
from bot.storage.migrate import upgrade
from bot.storage.visitors.batch import Batch
from tests.bot.ops.check.conftest import Check, about
from tests.environment import CANARY, LONG_CANARY
from tests.factories import NOON
from tests.later_schemas import SERVED, TOO_NEW, Revision, upgrade_further
from tests.office import Office

UNWRITABLE = "broken: It can be read but not written to:"


def test_a_database_that_is_well_is_said_to_be(check: Check, migrated_url: str) -> None:
    findings = check(DATABASE_URL=migrated_url, SECRET_KEY=LONG_CANARY)
    assert about("database", findings) == ["ok: It is reachable, up to date and writable."]
    assert about("secret key", findings) == ["ok: There is one."]
    assert CANARY not in repr(findings)


def test_no_database_yet_is_no_fault_and_none_is_made(check: Check, tmp_path: Path) -> None:
    assert about("database", check()) == ["needs attention: There is none yet."]
    assert list(tmp_path.iterdir()) == []


def test_a_kept_secret_that_can_be_guessed_is_broken(check: Check, tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("short")
    [said] = about("secret key", check(DATA_DIR=str(tmp_path)))
    assert said.startswith("broken: DATA_DIR: the file secret_key")
    (tmp_path / "secret_key").write_text(LONG_CANARY)
    assert about("secret key", check(DATA_DIR=str(tmp_path))) == ["ok: It is kept in DATA_DIR."]


def test_an_old_schema_is_broken(check: Check, database_url: str) -> None:
    empty = Database(database_url)
    with empty.write() as connection:  # so that there is a file at least
        connection.execute(sa.text("CREATE TABLE something (id integer)"))
    empty.close()
    assert about("database", check(DATABASE_URL=database_url)) == [
        "broken: The database's schema is old: run `./run migrate`."
    ]


@pytest.mark.parametrize("later", TOO_NEW)
def test_a_schema_that_is_too_new_is_broken(
    check: Check, own_database: Database, database_url: str, later: list[Revision]
) -> None:
    upgrade_further(own_database, *later)
    assert about("database", check(DATABASE_URL=database_url)) == [
        "broken: The database's schema is newer than this code: update the code."
    ]


@pytest.mark.parametrize("later", SERVED)
def test_a_newer_schema_that_serves_this_code_wants_attention(
    check: Check, own_database: Database, database_url: str, later: list[Revision]
) -> None:
    upgrade_further(own_database, *later)
    assert about("database", check(DATABASE_URL=database_url)) == [
        "needs attention: The database's schema is newer than this code, and still serves it."
    ]


def test_a_database_that_is_away_is_broken(check: Check) -> None:
    findings = check(DATABASE_URL=f"postgresql://ann:{CANARY}@127.0.0.1:1/shop")
    [said] = about("database", findings)
    assert said.startswith("broken: It can't be reached: connection failed: ")
    assert said.endswith("Connection refused.")
    assert CANARY not in repr(findings)


def test_a_file_of_something_else_is_broken(check: Check, tmp_path: Path) -> None:
    (tmp_path / "shop.db").write_text("no database, but a letter to you")
    findings = check(DATABASE_URL=f"sqlite:///{tmp_path / 'shop.db'}")
    assert about("database", findings) == ["broken: It can't be reached: file is not a database."]


@pytest.mark.parametrize("url", [f"postgresql://ann:{CANARY}@db:port/shop", f"postgresql:{CANARY}"])
def test_what_is_no_url_is_broken(check: Check, url: str) -> None:
    findings = check(DATABASE_URL=url)
    assert about("database", findings) == ["broken: DATABASE_URL is no URL of a database."]
    assert CANARY not in repr(findings)


def test_a_database_that_may_only_be_read_is_broken(check: Check, postgres_url: str) -> None:
    database = Database(postgres_url)
    upgrade(database)
    name = database.url.database
    with database.write() as connection:
        connection.execute(sa.text(f"ALTER DATABASE {name} SET default_transaction_read_only = on"))
    database.close()
    assert about("database", check(DATABASE_URL=postgres_url)) == [
        f"{UNWRITABLE} cannot execute nextval() in a read-only transaction (25006)."
    ]


def test_a_check_goes_the_way_that_intake_goes(check: Check, postgres_url: str) -> None:
    database = Database(postgres_url)
    upgrade(database)
    with database.write() as connection:
        connection.execute(sa.text("LOCK TABLE visitors IN EXCLUSIVE MODE"))
        assert about("database", check(DATABASE_URL=postgres_url)) == [
            f"{UNWRITABLE} canceling statement due to lock timeout (55P03)."
        ]
    database.close()


def test_work_that_nobody_does_is_noticed(check: Check, office: Office, migrated_url: str) -> None:
    office.now = NOON - timedelta(minutes=5)
    office.write()  # a profile to be looked up, and nobody does it
    assert about("work", check(DATABASE_URL=migrated_url)) == [
        "needs attention: Something that is due has waited for 5 minutes."
    ]


def test_dead_letters_are_noticed(check: Check, database: Database, migrated_url: str) -> None:
    with database.write() as connection:
        batch = Batch(connection, NOON)
        batch.add_fault("messenger", Fault(CANARY.encode(), "not_json"))
        batch.save()
    findings = check(DATABASE_URL=migrated_url)
    assert about("dead letters", findings) == [
        "needs attention: 1 could not be understood or stored."
    ]
    assert CANARY not in repr(findings)


def test_a_database_of_ones_own_wants_a_secret_of_ones_own(check: Check, migrated_url: str) -> None:
    [said] = about("secret key", check(DATABASE_URL=migrated_url))
    assert said.startswith("broken: SECRET_KEY: missing")
