"""What deleting costs: `python -m bench.keeping [rows]`.

On both engines: a person is erased beside 160 MB of dead letters; a person with 20,000 messages is
erased; so many settled rows and a tenth as many old visitors are deleted. Each statement is timed.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from bench.machine import describe, running_stores, say
from bot.erasure import erase_person
from bot.keeping import Keeper
from bot.storage.engine import Database
from bot.storage.migrate import upgrade
from bot.storage.tables import contacts, conversations, dead_letters, messages, outbox, visitors
from config.keeping import Keeping
from tests.fakes import QuietDoorbell

ROWS = 1_000_000
LETTERS, LETTER = 640, 256 << 10  # 160 MB
_AT_ONCE = 5_000
_NOW = datetime(2026, 12, 1, tzinfo=UTC)
_THEN = _NOW - timedelta(days=1_000)
_WANTED = 50.0  # milliseconds


def main(rows: int = ROWS) -> None:
    """Measure on both engines."""
    say(describe())
    with running_stores() as stores:
        for name, url in stores.database_urls.items():
            database = Database(url)
            upgrade(database)
            _measure(name, database, rows)
            database.close()


def _measure(name: str, database: Database, rows: int) -> None:
    _fill_letters(database)
    _fill_person(database, "ada@example.com", 20_000)
    _analyse(database)
    say(f"\n{name}")
    doorbell = QuietDoorbell()
    _time(
        database,
        "erased, 20,000 messages and 160 MB of letters",
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
    with _timed(database) as (spent, slowest):
        started = time.perf_counter()
        act()
        took = time.perf_counter() - started
    spent.sort()
    late = sum(1 for one in spent if one > _WANTED)
    middle, most = spent[len(spent) // 2], spent[len(spent) * 99 // 100]
    say(
        f"  {what}: {took:.1f} s, {len(spent):,} statements, p50 {middle:.2f} ms"
        f"  p99 {most:.2f} ms  max {spent[-1]:.1f} ms, {late} over {_WANTED:.0f} ms"
    )
    say(f"    the slowest: {slowest[0][:110]}")


@contextmanager
def _timed(database: Database) -> Iterator[tuple[list[float], list[str]]]:
    spent, slowest, began = list[float](), [""], [0.0]

    def begin(*_: object) -> None:
        began[0] = time.perf_counter()

    def end(_: object, __: object, statement: str, *___: object) -> None:
        took = (time.perf_counter() - began[0]) * 1_000
        if not spent or took > max_so_far[0]:
            max_so_far[0], slowest[0] = took, " ".join(statement.split())
        spent.append(took)

    max_so_far = [0.0]
    sa.event.listen(database.engine, "before_cursor_execute", begin)
    sa.event.listen(database.engine, "after_cursor_execute", end)
    yield spent, slowest
    sa.event.remove(database.engine, "before_cursor_execute", begin)
    sa.event.remove(database.engine, "after_cursor_execute", end)


def _fill_letters(database: Database) -> None:
    row = {"channel": "x", "reason": "y", "state": "open", "created_at": _NOW}
    body = (b'{"text": "' + b"\\u00e4 word " * (LETTER // 12))[:LETTER]
    for _ in range(LETTERS // 10):
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
    main(*map(int, sys.argv[1:2]))
