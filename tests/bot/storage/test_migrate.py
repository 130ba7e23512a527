"""Bringing a database to the schema of this code, and leaving it alone where that is not ours."""

import pytest
import sqlalchemy as sa

from bot.ports.errors import SchemaError
from bot.storage.database.engine import Database
from bot.storage.migrate import Schema, find_schema, upgrade
from tests.later_schemas import ADDITIVE, SERVED, TOO_NEW, Revision, upgrade_further


def schema_of(database: Database) -> Schema:
    with database.read() as connection:
        return find_schema(connection)


def version_of(database: Database) -> str:
    with database.read() as connection:
        found = connection.execute(sa.text("SELECT version_num FROM alembic_version"))
        return str(found.scalar_one())


def test_an_empty_database_is_brought_up_to_date(database_url: str) -> None:
    empty = Database(database_url)
    assert schema_of(empty) is Schema.OLD
    assert [upgrade(empty), upgrade(empty)] == [Schema.CURRENT, Schema.CURRENT]
    assert schema_of(empty) is Schema.CURRENT
    empty.close()


@pytest.mark.parametrize("later", SERVED)
def test_a_newer_schema_that_serves_this_code_is_left_alone(
    own_database: Database, later: list[Revision]
) -> None:
    upgrade_further(own_database, *later)
    assert upgrade(own_database) is Schema.NEWER
    assert version_of(own_database) == later[-1].name


@pytest.mark.parametrize("later", TOO_NEW)
def test_a_schema_that_is_too_new_is_left_alone_and_said_to_be(
    own_database: Database, later: list[Revision]
) -> None:
    upgrade_further(own_database, *later)
    with pytest.raises(SchemaError, match="newer than this code: update the code"):
        upgrade(own_database)
    assert version_of(own_database) == later[-1].name


def test_a_newer_schema_without_a_revision_of_this_code_does_not_serve_it(
    own_database: Database,
) -> None:
    head = version_of(own_database)
    upgrade_further(own_database, ADDITIVE)
    with own_database.write() as connection:
        forget = sa.text("DELETE FROM schema_revisions WHERE revision = :head")
        connection.execute(forget, {"head": head})
    assert schema_of(own_database) is Schema.TOO_NEW


def test_a_schema_of_something_else_does_not_serve_this_code(database_url: str) -> None:
    foreign = Database(database_url)
    with foreign.write() as connection:
        connection.execute(sa.text("CREATE TABLE alembic_version (version_num varchar(32))"))
        connection.execute(sa.text("INSERT INTO alembic_version VALUES ('theirs')"))
    assert schema_of(foreign) is Schema.TOO_NEW
    foreign.close()
