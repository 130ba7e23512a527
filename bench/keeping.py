"""What deleting costs: `python -m bench.keeping [rows] [megabytes]`.

On both engines: a person with 20,000 messages is erased beside so many megabytes of dead letters;
so many settled rows and a tenth as many old visitors are deleted. Each statement is timed by the
clock and by the processor: SQLite's is ours, PostgreSQL's that of the process that serves us.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench.machine import describe, running_stores, say
from bot.erasure import erase_person
from bot.keeping import Keeper
from bot.storage.database.engine import Database
from bot.storage.migrate import upgrade
from bot.storage.tables import contacts, conversations, dead_letters, messages, outbox, visitors
from config.keeping import Keeping
from tests.fakes import QuietDoorbell

ROWS = 1_000_000
MEGABYTES, LETTER = 160, 256 << 10
_AT_ONCE = 5_000
_NOW = datetime(2026, 12, 1, tzinfo=UTC)
_THEN = _NOW - timedelta(days=1_000)
_WANTED = 50.0  # milliseconds


def main(rows: int = ROWS, megabytes: int = MEGABYTES) -> None:
    """Measure on both engines."""
    say(describe())
    with running_stores() as stores:
        for name, url in stores.database_urls.items():
            database = Database(url)
            upgrade(database)
            _measure(name, database, rows, megabytes)
            database.close()


def _measure(name: str, database: Database, rows: int, megabytes: int) -> None:
    _fill_letters(database, megabytes)
    _fill_person(database, "ada@example.com", 20_000)
    _analyse(database)
    say(f"\n{name}")
    doorbell = QuietDoorbell()
    _time(
        database,
        f"erased, 20,000 messages and {megabytes} MB of letters",
        lambda: erase_person(database, "ada@example.com", _NOW, doorbell),
    )
    _fill_old(database, rows)
    _analyse(database)
    keeper = Keeper(database, lambda: _NOW, Keeping(conversations=timedelta(days=90)))
    _time(database, f"{rows:,} old rows of work, {rows // 10:,} visitors", lambda: _run(keeper))


def _run(keeper: Keeper) -> None:
    while keeper.step():
        pass


def _time(database: Database, what: str, act: Callable[[], object]) -> None:
    with _timed(database) as spent:
        started = time.perf_counter()
        act()
        took = time.perf_counter() - started
    say(f"  {what}: {took:.1f} s, {len(spent):,} statements")
    _tell("by the clock", spent, lambda one: one.clock)
    _tell("by the processor", spent, lambda one: one.processor)


def _tell(by: str, spent: list["_Spent"], measure: Callable[["_Spent"], float]) -> None:
    times = sorted(map(measure, spent))
    late = sum(1 for one in times if one > _WANTED)
    middle, most = times[len(times) // 2], times[len(times) * 99 // 100]
    say(
        f"    {by}: p50 {middle:.2f} ms  p99 {most:.2f} ms  max {times[-1]:.1f} ms,"
        f" {late} over {_WANTED:.0f} ms; the slowest: {max(spent, key=measure).statement[:90]}"
    )


@dataclass(frozen=True, slots=True)
class _Spent:
    statement: str
    clock: float
    processor: float


@contextmanager
def _timed(database: Database) -> Iterator[list[_Spent]]:
    spent, began = list[_Spent](), [(0.0, 0.0)]

    def begin(connection: sa.Connection, *_: object) -> None:
        began[0] = time.perf_counter(), _processor(connection)

    def end(connection: sa.Connection, _: object, statement: str, *__: object) -> None:
        clock, processor = time.perf_counter() - began[0][0], _processor(connection) - began[0][1]
        spent.append(_Spent(" ".join(statement.split()), clock * 1_000, processor * 1_000))

    sa.event.listen(database.engine, "before_cursor_execute", begin)
    sa.event.listen(database.engine, "after_cursor_execute", end)
    yield spent
    sa.event.remove(database.engine, "before_cursor_execute", begin)
    sa.event.remove(database.engine, "after_cursor_execute", end)


def _processor(connection: sa.Connection) -> float:
    """Say how many seconds the database has been on a processor for us."""
    if connection.dialect.name != "postgresql":
        return time.thread_time()
    driver: Any = connection.connection.driver_connection  # psycopg's own
    served = Path(f"/proc/{driver.info.backend_pid}/schedstat").read_text("ascii").split()[0]
    return int(served) / 1e9


def _fill_letters(database: Database, megabytes: int) -> None:
    row = {"channel": "x", "reason": "y", "state": "open", "created_at": _NOW}
    body = (b'{"text": "' + b"\\u00e4 word " * (LETTER // 12))[:LETTER]
    for _ in range(megabytes * 4 // 10):
        with database.write() as connection:
            connection.execute(sa.insert(dead_letters), [{**row, "raw": body}] * 10)


def _fill_person(database: Database, email: str, count: int) -> None:
    talk = _fill_visitors(database, 1, _THEN)[0]
    with database.write() as connection:
        person = {"email": email, "email_key": email, "lookalike": False, "source": "capture"}
        made = sa.insert(contacts).values(**person, created_at=_THEN, updated_at=_THEN)
        key = connection.execute(made.returning(contacts.c.id)).scalar_one()
        connection.execute(sa.update(visitors).values(contact_id=key))
    _fill_messages(database, [talk] * count)


def _fill_old(database: Database, rows: int) -> None:
    work: dict[str, object] = {"kind": "notify", "channel": "", "account": "", "state": "sent"}
    work |= {"due_at": _THEN, "created_at": _THEN, "settled_at": _THEN}
    for start in range(0, rows, _AT_ONCE):
        with database.write() as connection:
            numbers = range(start, start + _AT_ONCE)
            connection.execute(
                sa.insert(outbox), [{**work, "dedupe_key": f"w{n}"} for n in numbers]
            )
    for start in range(0, rows // 10, _AT_ONCE):
        talks = _fill_visitors(database, min(_AT_ONCE, rows // 10 - start), _THEN)
        _fill_messages(database, [talk for talk in talks for _ in range(3)])


def _fill_visitors(database: Database, count: int, at: datetime) -> list[tuple[int, int]]:
    with database.write() as connection:
        first = connection.execute(sa.select(sa.func.max(visitors.c.id))).scalar() or 0
        numbers = range(first + 1, first + 1 + count)
        place = {"channel": "webchat", "account": "https://shop.example"}
        rows = [{"id": n, **place, "external_id": f"v{n}", "created_at": at} for n in numbers]
        connection.execute(sa.insert(visitors), rows)
        talk = {**place, "status": "open", "unanswered": 0, "owned_elsewhere": False, "hints": 0}
        talk |= {"capture_state": "idle", "capture_reason": "", "capture_by_hand": False}
        talk |= {"agent_wrote_since_asked": False, "version": 1, "last_seq": 0, "answered_seq": 0}
        talk |= {"created_at": at, "last_message_at": at, "stopped": False}
        talks = [{"id": n, "visitor_id": n, **talk} for n in numbers]
        connection.execute(sa.insert(conversations), talks)
        if database.is_postgresql:
            for table in ("visitors", "conversations"):
                last = sa.text(f"SELECT setval('{table}_id_seq', {first + count})")
                connection.execute(last)
    return [(n, n) for n in numbers]


def _fill_messages(database: Database, talks: list[tuple[int, int]]) -> None:
    said = {"direction": "incoming", "author": "visitor", "kind": "text", "edit": 0}
    said |= {"at": _THEN, "created_at": _THEN}
    seqs: dict[int, int] = {}
    for start in range(0, len(talks), _AT_ONCE):
        rows, work = [], []
        for talk, visitor in talks[start : start + _AT_ONCE]:
            seq = seqs[talk] = seqs.get(talk, 0) + 1
            rows.append({**said, "conversation_id": talk, "seq": seq, "text": f"word {seq} of it"})
            work.append(_order(talk, visitor, seq))
        with database.write() as connection:
            connection.execute(sa.insert(messages), rows)
            connection.execute(sa.insert(outbox), work)


def _order(talk: int, visitor: int, seq: int) -> dict[str, object]:
    kind = {"kind": "deliver", "channel": "webchat", "account": "", "state": "sent"}
    about = {"visitor_id": visitor, "conversation_id": talk, "dedupe_key": f"d{talk}:{seq}"}
    return {**kind, **about, "due_at": _THEN, "created_at": _THEN, "settled_at": _THEN}


def _analyse(database: Database) -> None:
    if database.is_postgresql:
        with database.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(sa.text("ANALYZE"))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
