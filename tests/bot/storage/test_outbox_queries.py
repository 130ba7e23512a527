"""The question that is asked all the time: what is due."""

from typing import Any

import sqlalchemy as sa

from bot.storage.engine import Database
from bot.storage.outbox import find_due
from tests.factories import NOON


def test_to_see_what_is_due_nobody_reads_what_was_settled_long_ago(database: Database) -> None:
    asked: list[tuple[str, Any]] = []

    @sa.event.listens_for(database.engine, "before_cursor_execute")
    def note(_: object, __: object, statement: str, parameters: object, *___: object) -> None:
        asked.append((statement, parameters))

    with database.read() as connection:
        find_due(connection, NOON, 8)
        statement, parameters = asked[-1]
        explain = "EXPLAIN QUERY PLAN "
        if database.is_postgresql:
            connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
            explain = "EXPLAIN "
        plan = str(connection.exec_driver_sql(explain + statement, parameters).all())
    assert "ix_outbox_due_at" in plan
    assert "ix_outbox_conversation_id" in plan
