"""What is kept no longer goes by itself, a bounded stretch at a time, and nothing else does."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.core.events import VisitorWrote
from bot.core.model import VisitorKey
from bot.keeping import Keeper
from bot.storage.forgetting.deletion_requests import RequestState
from bot.storage.operations.tallies import read_deleted
from bot.storage.tables import audit, dead_letters, deletion_requests, files, messages, outbox
from bot.storage.visitors.dedupe import remember_erased
from config.keeping import Keeping
from tests.bot.traces import bury
from tests.factories import ADA
from tests.office import ANN, BEN, PAGE, Office

CAROL = VisitorKey("messenger", PAGE, "carol")
KEPT = Keeping(conversations=timedelta(days=90))
A_DAY = 86_400
MOST_ROWS = 200
"""No statement names more."""


def keeper(office: Office, keeping: Keeping = KEPT) -> Keeper:
    return Keeper(office.database, lambda: office.now, keeping)


def sweep(office: Office, keeping: Keeping = KEPT) -> None:
    one = keeper(office, keeping)
    while one.step():
        pass


def people(office: Office) -> set[str]:
    return {row["external_id"] for row in office.rows("visitors")}


@pytest.fixture
def old(office: Office) -> Office:
    """Ann wrote long ago, Ben too but he is known, Carol wrote again of late."""
    for place in (ANN, BEN, CAROL):
        office.write(place=place)
    office.write(ADA, BEN)
    office.work()
    office.pass_time(80 * A_DAY)
    office.write("I am still here", CAROL)
    office.pass_time(11 * A_DAY)
    return office


def test_conversations_of_nobody_known_go_when_their_time_is_over(old: Office) -> None:
    sweep(old)
    assert people(old) == {"ben", "carol"}
    assert old.count("conversations") == 2
    known = {row["id"] for row in old.rows("visitors")}
    assert {row["visitor_id"] for row in old.rows("outbox")} <= {*known, None}
    assert old.rows("unfinished_erasures") == []


def test_nothing_of_them_goes_without_the_wish(old: Office) -> None:
    sweep(old, Keeping())
    assert people(old) == {"ann", "ben", "carol"}


def test_what_is_kept_to_be_done_once_goes_with_its_conversation(old: Office) -> None:
    [ann] = old.rows("visitors", external_id="ann")
    [prompt] = old.rows("outbox", kind="capture_prompt", visitor_id=ann["id"])
    sweep(old, Keeping(outbox=timedelta(days=1)))
    assert prompt["id"] in {row["id"] for row in old.rows("outbox")}
    sweep(old)
    assert prompt["id"] not in {row["id"] for row in old.rows("outbox")}


def test_who_writes_just_before_is_kept(old: Office) -> None:
    one = keeper(old)
    old.write("wait for me")
    while one.step():
        pass
    assert "ann" in people(old)


def test_what_is_older_than_that_of_nobody_known_is_dropped(office: Office) -> None:
    office.set_rules(kept_for=timedelta(days=90))
    office.write("I am known", BEN)
    long_ago = office.now - timedelta(days=91)
    for place in (ANN, BEN):
        office.receive(VisitorWrote("long ago", long_ago, long_ago), place=place, key=str(place))
    office.receive(VisitorWrote("of late", office.now, office.now), place=CAROL, key="late")
    texts = {row["text"] for row in office.rows("messages") if row["author"] == "visitor"}
    assert texts == {"I am known", "long ago", "of late"}
    assert people(office) == {"ben", "carol"}


def test_the_audit_requests_and_erasures_go_when_their_time_is_over(office: Office) -> None:
    for age in (731, 700):
        at = office.now - timedelta(days=age)
        with office.database.write() as connection:
            connection.execute(sa.insert(audit).values(at=at, actor="maya", action=f"a{age}"))
            for state in (RequestState.DONE, RequestState.PENDING):
                name = f"{state}{age}"
                row = {"code": name, "request_hash": name, "state": state, "created_at": at}
                connection.execute(sa.insert(deletion_requests).values(row))
            remember_erased(connection, [VisitorKey("messenger", PAGE, f"p{age}")], at)
    sweep(office)
    assert [row["action"] for row in office.rows("audit")] == ["a700"]
    assert {row["code"] for row in office.rows("deletion_requests")} == {
        "done700",
        "pending700",
        "pending731",
    }
    assert office.count("erasures") == 1


def test_dead_letters_go_when_their_time_is_over(office: Office) -> None:
    bury(office, b"old")
    office.pass_time(80 * A_DAY)
    bury(office, b"newer")
    office.pass_time(11 * A_DAY)
    sweep(office)
    assert [row["raw"] for row in office.rows("dead_letters")] == [b"newer"]


def test_what_was_deleted_is_counted(old: Office) -> None:
    bury(old, b"old")
    sweep(old)
    old.pass_time(91 * A_DAY)
    sweep(old)
    with old.database.read() as connection:
        counts = read_deleted(connection)
    assert counts["conversations"] == counts["visitors"] == 2
    assert counts["dead_letters"] == 1
    assert counts["messages"] > 2


@contextmanager
def noting(office: Office) -> Iterator[list[tuple[str, int]]]:
    """Note each statement with how many rows it has written or read."""
    noted: list[tuple[str, int]] = []

    def note(_: object, cursor: sa.CursorResult[object], statement: str, *__: object) -> None:
        noted.append((statement, cursor.rowcount))

    sa.event.listen(office.database.engine, "after_cursor_execute", note)
    yield noted
    sa.event.remove(office.database.engine, "after_cursor_execute", note)


def fill(office: Office, count: int) -> None:
    """Store very much of one visitor, and as much of old work and letters as of nobody."""
    office.write()
    [talk] = office.rows("conversations")
    at, visitor = office.now, talk["visitor_id"]
    said = {"direction": "incoming", "author": "visitor", "kind": "text", "edit": 0}
    said |= {"conversation_id": talk["id"], "at": at, "created_at": at}
    work = {"kind": "notify", "channel": "", "account": "", "state": "sent", "due_at": at}
    work |= {"created_at": at, "settled_at": at}
    letter = {"channel": "x", "reason": "y", "state": "open", "created_at": at}
    with office.database.write() as connection:
        numbers = range(2, count)
        told = [{**said, "seq": n, "text": f"word {n}"} for n in numbers]
        connection.execute(sa.insert(messages), told)
        orders = [{**work, "dedupe_key": f"k{n}", "visitor_id": visitor} for n in numbers]
        orders += [{**work, "dedupe_key": f"o{n}", "visitor_id": None} for n in numbers]
        connection.execute(sa.insert(outbox), orders)
        connection.execute(sa.insert(dead_letters), [{**letter, "raw": b"z" * 99}] * count)
        first = connection.execute(sa.select(sa.func.min(messages.c.id))).scalar_one()
        kept = {"message_id": first, "state": "kept", "body": b"b" * 600_000, "fetched_at": at}
        connection.execute(sa.insert(files), [{**kept, "position": n} for n in range(5)])
    if office.database.is_postgresql:
        with office.database.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(sa.text("ANALYZE"))


def test_no_statement_deletes_more_than_a_handful_of_rows(office: Office) -> None:
    fill(office, 1_500)
    office.pass_time(1_000 * A_DAY)
    with noting(office) as noted:
        sweep(office)
    deleted = [(words, count) for words, count in noted if words.startswith("DELETE")]
    assert len(deleted) > 20
    assert max(count for _, count in deleted) <= MOST_ROWS
    assert [words for words, count in deleted if "files" in words and count > 1] == []
    for table in ("visitors", "messages", "outbox", "dead_letters", "files"):
        assert office.rows(table) == [], table


def test_each_statement_finds_its_rows_by_an_index(office: Office) -> None:
    fill(office, 3_000)
    office.pass_time(1_000 * A_DAY)
    plans: list[str] = []

    def explain(
        connection: sa.Connection,
        _: object,
        statement: str,
        values: Any,  # noqa: ANN401 - the driver's own
        *__: object,
    ) -> None:
        if statement.startswith(("DELETE", "SELECT", "UPDATE")) and "FOR UPDATE" not in statement:
            cursor = connection.connection.cursor()
            if office.database.is_postgresql:  # tables of few pages are read whole, else
                cursor.execute("SET LOCAL enable_seqscan = off")
                cursor.execute("EXPLAIN " + statement, values)
            else:
                cursor.execute("EXPLAIN QUERY PLAN " + statement, values)
            plans.extend(str(row) for row in cursor.fetchall())

    sa.event.listen(office.database.engine, "before_cursor_execute", explain)
    one = keeper(office)
    for _ in range(40):
        one.step()
    sa.event.remove(office.database.engine, "before_cursor_execute", explain)
    large = ("messages", "outbox", "dead_letters")
    assert plans
    for plan in plans:
        for table in large:
            assert f"Seq Scan on {table}" not in plan, plan
            assert f"SCAN {table}'" not in plan, plan
