"""The question that is asked all the time: what is due."""

from typing import Any

import sqlalchemy as sa

from bot.storage.engine import Database
from bot.storage.outbox import find_due
from tests.factories import NOON


def plans(database: Database) -> list[str]:
    """How the engine goes about it: first for messages, then for all else."""
    asked: list[tuple[str, Any]] = []

    @sa.event.listens_for(database.engine, "before_cursor_execute")
    def note(_: object, __: object, statement: str, parameters: object, *___: object) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    with database.read() as connection:
        find_due(connection, NOON, 8)
        explain = "EXPLAIN QUERY PLAN "
        if database.is_postgresql:
            connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
            explain = "EXPLAIN "
        return [
            str(connection.exec_driver_sql(explain + statement, parameters).all())
            for statement, parameters in asked[:2]
        ]


def test_to_see_what_is_due_nobody_reads_what_was_settled_long_ago(database: Database) -> None:
    for_messages, for_others = plans(database)
    assert for_messages.count("ix_outbox_conversation_id") == 2  # itself, and those before it
    assert "ix_outbox_due_at" in for_others


def test_to_see_which_messages_are_due_nobody_reads_all_prompts(database: Database) -> None:
    for_messages, _ = plans(database)
    assert "ix_outbox_due_at" not in for_messages
