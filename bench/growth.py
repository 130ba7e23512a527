"""What intake costs where much is stored, against hardly anything: `python -m bench.growth [n]`.

Both databases are filled by copies of one real visitor's rows, ten messages each. They take turns;
what counts are medians, and their ratio.
"""

import gc
import random
import secrets
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import sqlalchemy as sa

from bench.machine import describe, say
from bot.core.arrivals import Arrival
from bot.core.events import PromptDeclined, VisitorWrote
from bot.core.model import VisitorKey
from bot.intake.record import record
from bot.storage.database.engine import Database
from bot.storage.database.transactions import retry_races
from bot.storage.migrate import upgrade
from bot.storage.outbox.rows import OutboxState
from bot.storage.tables import conversations, messages, outbox, visitors
from config.rules import CaptureRules, ChannelRules
from tests.servers import new_database, running_postgres

PAGE = "3001"
MESSAGES_EACH = 10
HARDLY_ANY = 5_000
GROUP, ROUNDS, WARM_UP = 50, 60, 10
_RULES = CaptureRules(
    channels=frozenset({"messenger"}),
    channel_rules={"messenger": ChannelRules(timedelta(hours=24), has_profiles=True)},
)


@dataclass
class Store:
    """A database with so many messages in it, and what intake has cost there."""

    database: Database
    stored: int
    costs: dict[str, list[float]] = field(default_factory=dict)

    def measure(self, kind: str, people: list[str]) -> None:
        """Let them write, and note what one event has cost."""
        arrivals = [_arrival(person) for person in people]
        started = time.perf_counter()
        retry_races(self.database, partial(_take, arrivals))
        cost = (time.perf_counter() - started) / len(arrivals)
        self.costs.setdefault(kind, []).append(cost)

    def cost(self, kind: str) -> float:
        """Find the median of one event, in seconds."""
        return median(self.costs[kind][WARM_UP:])

    def somebody_stored(self) -> list[str]:
        """Choose who writes again, from all who ever wrote."""
        return [f"s{number}" for number in random.sample(range(1, self._people + 1), GROUP)]

    @property
    def _people(self) -> int:
        return self.stored // MESSAGES_EACH


def measure(count: int) -> None:
    """Run it on both engines and print the ratios."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(running_postgres(durable=True))
        databases = [stack.enter_context(new_database(server)) for _ in range(2)]
        urls = {
            "SQLite": [f"sqlite:///{directory / name}.sqlite3" for name in ("few", "many")],
            "PostgreSQL": [url.render_as_string(hide_password=False) for url in databases],
        }
        say(f"{describe()};\n{count} messages stored against {HARDLY_ANY},")
        say(f"{ROUNDS - WARM_UP} groups of {GROUP} events each\n")
        for engine, (few, many) in urls.items():
            _compare(engine, _open(few, HARDLY_ANY), _open(many, count))


def _compare(engine: str, few: Store, many: Store) -> None:
    gc.disable()
    for _ in range(ROUNDS):
        for store in (few, many):
            store.measure("new visitors", [f"n{secrets.token_hex(8)}" for _ in range(GROUP)])
            store.measure("known visitors", store.somebody_stored())
        gc.collect()
    gc.enable()
    for kind in few.costs:
        before, after = few.cost(kind), many.cost(kind)
        say(
            f"  {engine:<11} {kind:<15} {before * 1e6:7.0f} µs an event"
            f"  then {after * 1e6:7.0f} µs  ratio {after / before:.2f}"
        )
    for store in (few, many):
        store.database.close()


def _open(url: str, stored: int) -> Store:
    database = Database(url)
    upgrade(database)
    retry_races(database, partial(_take, [_arrival("template")]))
    declined = Arrival(_place("template"), PromptDeclined(datetime.now(UTC)))
    retry_races(database, partial(_take, [declined]))
    with database.write() as connection:
        _copy_template(connection, stored // MESSAGES_EACH)
    _tidy(database)
    database.close()
    return Store(Database(url, pool_size=1, by_key_only=True), stored)


def _place(person: str) -> VisitorKey:
    return VisitorKey("messenger", PAGE, person)


def _arrival(person: str) -> Arrival:
    now = datetime.now(UTC)
    wrote = VisitorWrote("Hello, do you ship to Iceland?", now, now)
    return Arrival(_place(person), wrote, f"m_{secrets.token_hex(32)}")


def _take(arrivals: list[Arrival], connection: sa.Connection) -> None:
    record(connection, arrivals, _RULES, datetime.now(UTC)).save()


def _copy_template(connection: sa.Connection, people: int) -> None:
    person, turn = _numbers("person", people), _numbers("turn", MESSAGES_EACH)
    is_copy = conversations.c.id > 1
    external_id = sa.literal("s").concat(sa.cast(person.c.n, sa.Text))
    _copy(connection, visitors, {"external_id": external_id}, person)
    _copy(connection, conversations, {"visitor_id": visitors.c.id}, visitors, visitors.c.id > 1)
    said = {
        "conversation_id": conversations.c.id,
        "seq": turn.c.n,
        "provider_key": _random_key(connection),
    }
    every_turn = conversations.join(turn, sa.true())
    _copy(connection, messages, said, every_turn, is_copy)
    key = sa.literal("prompt:").concat(sa.cast(conversations.c.id, sa.Text))
    done = {
        "dedupe_key": key,
        "conversation_id": conversations.c.id,
        "visitor_id": conversations.c.visitor_id,
        "state": sa.literal(OutboxState.SENT.value),
    }
    _copy(connection, outbox, done, conversations, is_copy)
    last = sa.update(conversations).where(is_copy).values(last_seq=MESSAGES_EACH)
    connection.execute(last)


def _copy(
    connection: sa.Connection,
    table: sa.Table,
    changes: Mapping[str, sa.ColumnElement[Any]],  # Any: of whatever type the column is
    source: sa.FromClause,
    where: sa.ColumnElement[bool] | None = None,
) -> None:
    """Copy the first row of a table once for each row of `source`, but for the changes."""
    first = table.alias("first")
    names = [column.name for column in table.columns if column.name != "id"]
    chosen = [changes[name] if name in changes else first.c[name] for name in names]
    query = sa.select(*chosen).select_from(source.join(first, first.c.id == 1))
    if where is not None:
        query = query.where(where)
    connection.execute(sa.insert(table).from_select(names, query))


def _numbers(name: str, count: int) -> sa.CTE:
    series = sa.select(sa.literal(1).label("n")).cte(name, recursive=True)
    return series.union_all(sa.select(series.c.n + 1).where(series.c.n < count))


def _random_key(connection: sa.Connection) -> sa.ColumnElement[object]:
    """Make keys such as providers make: without any order, so that the index is hit anywhere."""
    if connection.dialect.name == "sqlite":
        return sa.literal_column("'m_' || lower(hex(randomblob(32)))")
    return sa.literal_column("'m_' || md5(random()::text) || md5(random()::text)")


def _tidy(database: Database) -> None:
    """Let nothing be left to do that would be done while we measure."""
    if not database.is_postgresql:
        with database.write() as connection:
            connection.execute(sa.text("ANALYZE"))
        return
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE"))
        connection.execute(sa.text("CHECKPOINT"))


if __name__ == "__main__":
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
