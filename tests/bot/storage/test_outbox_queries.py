"""The questions that are asked all the time: what is due, and what was left behind."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.storage.database.engine import Database
from bot.storage.outbox.due import LONG_LEASE, Ordering, Queue, find_due, find_left_behind
from bot.storage.outbox.rows import Work
from bot.storage.tables import outbox
from bot.wiring.lanes import visitor_queues
from tests.factories import NOON

BY_KEY = Queue((Work.FOLLOW_UP,), in_order=Ordering.KEY)


def plans(database: Database) -> list[str]:
    """How the engine goes about it: first for messages, then for all else."""
    asked: list[tuple[str, Any]] = []

    @sa.event.listens_for(database.engine, "before_cursor_execute")
    def note(_: object, __: object, statement: str, parameters: object, *___: object) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    with database.read() as connection:
        for queue in (*visitor_queues(), BY_KEY):
            find_due(connection, queue, NOON, 8)
        explain = "EXPLAIN QUERY PLAN "
        if database.is_postgresql:
            connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
            explain = "EXPLAIN "
        return [
            str(connection.exec_driver_sql(explain + statement, parameters).all())
            for statement, parameters in asked[:3]
        ]


def test_to_see_what_is_due_nobody_reads_what_was_settled_long_ago(database: Database) -> None:
    for_messages, for_others, _ = plans(database)
    assert for_messages.count("ix_outbox_conversation_id") == 2  # itself, and those before it
    assert "ix_outbox_due_at" in for_others


def test_to_see_which_messages_are_due_nobody_reads_all_prompts(database: Database) -> None:
    for_messages, *_ = plans(database)
    assert "ix_outbox_due_at" not in for_messages


def test_to_see_what_waits_for_its_ordering_key_nobody_reads_what_was_settled(
    database: Database,
) -> None:
    *_, by_key = plans(database)
    # of a small table PostgreSQL reads whatever it likes
    assert database.is_postgresql or "ix_outbox_ordering_key" in by_key


@pytest.mark.parametrize("kind", list(Work))
def test_no_dead_workers_lease_outlives_a_leap_back(database: Database, kind: Work) -> None:
    row = {"kind": kind, "dedupe_key": kind, "channel": "", "account": "", "state": "sending"}
    until = {"due_at": NOON, "created_at": NOON, "lease": "x", "lease_until": NOON + LONG_LEASE}
    with database.write() as connection:
        connection.execute(sa.insert(outbox).values({**row, **until}))
    with database.read() as connection:

        def find(seconds: float) -> bool:
            return bool(find_left_behind(connection, [kind], NOON + timedelta(seconds=seconds), 1))

        assert not find(0)
        assert not find(-30)  # hosts differ a little
        assert find(LONG_LEASE.total_seconds())
        assert find(-24 * 3_600)
