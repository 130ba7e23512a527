"""The tables, as the migrations make them."""

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from bot.core.events import VisitorWrote
from bot.storage.database.engine import Database
from bot.storage.tables import conversations, metadata
from tests.factories import NOON
from tests.office import Office


def test_the_migrations_lead_to_the_tables_of_the_code(database: Database) -> None:
    with database.read() as connection:
        opts = {"compare_type": True, "include_name": _is_compared}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, metadata) == []


def _is_compared(name: str | None, kind: str, _parents: object) -> bool:
    # indexes of words are PostgreSQL's alone, and Alembic can't compare expressions
    return not (kind == "index" and (name or "").endswith("_words"))


def test_a_visitor_has_one_conversation(office: Office) -> None:
    office.receive(VisitorWrote("Hello", NOON, NOON))
    [row] = office.rows("conversations")
    del row["id"]
    with pytest.raises(sa.exc.IntegrityError), office.database.write() as connection:
        connection.execute(conversations.insert(), dict(row))


def test_the_work_for_a_message_is_found_without_reading_all(database: Database) -> None:
    # each message that is erased asks so: without the index, a thousand read the outbox as often
    question = "EXPLAIN QUERY PLAN SELECT 1 FROM outbox WHERE message_id = 1"
    with database.read() as connection:
        if database.is_postgresql:
            connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
            question = question.replace(" QUERY PLAN", "")
        plan = connection.execute(sa.text(question))
        assert "ix_outbox_message_id" in str(plan.all())
