"""What the inbox costs where much is stored: `python -m bench.inbox [conversations]`.

The same pages of the same web process, on PostgreSQL with ten thousand conversations and with many,
ten messages each. What counts are the slowest hundredth, and the ratio of the medians.
"""

import asyncio
import os
import random
import re
import sys
import tempfile
import time
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import sqlalchemy as sa
from aiohttp import ClientSession

from bench.live import Installation, running
from bench.machine import describe, free_port, say
from bot.desk.agents import OPERATOR, Agents, Newcomer
from bot.desk.sessions import Sessions
from bot.runtime.embedded_valkey import running_valkey
from bot.storage.database.engine import Database
from bot.storage.migrate import upgrade
from bot.wiring.ground import now
from tests.servers import new_database, running_postgres

FEW, MANY = 10_000, 1_000_000
MESSAGES_EACH = 10
WARM_UP, ROUNDS = 30, 300
_AT_ONCE = 100_000
_WORDS = 4_000
_SENTENCES = 30_000
_FURTHER = re.compile(r'data-after="([^"]+)"')
_INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE indexname LIKE '%words'"
_VISITORS = """
INSERT INTO visitors (id, channel, account, external_id, guest, first_name, last_name, created_at,
  search_line)
SELECT n, CASE n % 3 WHEN 0 THEN 'messenger' ELSE 'webchat' END, 'https://shop.example', 'v' || n,
  false, CASE n % 4 WHEN 0 THEN 'Ada' || n % 5000 END, CASE n % 4 WHEN 0 THEN 'Name' || n END,
  now(), CASE n % 4 WHEN 0 THEN 'ada' || n % 5000 || ' name' || n ELSE 'unknown' END || ' visitor '
  || substr(md5('v' || n), 1, 4)
FROM generate_series(cast(:first AS bigint), :last) n"""
_CONTACTS = """
INSERT INTO contacts (id, email, email_key, lookalike, first_name, last_name, source, created_at,
  updated_at, search_line)
SELECT n, e, e, false, 'Grace' || n % 5000, 'Name' || n, 'capture', now(), now(),
  e || ' grace' || n % 5000 || ' name' || n
FROM generate_series(cast(:first AS bigint), :last, 2) n,
  LATERAL (SELECT 'person' || n || '@example.com' AS e) x"""
_ASSOCIATE = """
UPDATE visitors SET contact_id = id, contact_assurance = 'claimed'
WHERE id BETWEEN :first AND :last AND id IN (SELECT id FROM contacts)"""
_CONVERSATIONS = """
INSERT INTO conversations (id, visitor_id, channel, account, status, unanswered, waiting_since,
  owned_elsewhere, capture_state, capture_reason, capture_by_hand, agent_wrote_since_asked, hints,
  assignee, version, last_seq, answered_seq, last_message_at, created_at)
SELECT n, n, CASE n % 3 WHEN 0 THEN 'messenger' ELSE 'webchat' END, 'https://shop.example',
  CASE WHEN n % 10 = 0 THEN 'open' ELSE 'closed' END, n % 2, CASE WHEN n % 20 = 0 THEN at END,
  false, 'idle', 'An agent replied.', false, false, 0,
  CASE n % 40 WHEN 0 THEN NULL ELSE 'agent' || n % 20 || '@shop.example' END, 1,
  cast(:each AS integer), cast(:each AS integer) - 2,
  at, at
FROM generate_series(cast(:first AS bigint), :last) n,
  LATERAL (SELECT now() - random() * interval '700 days' AS at) x"""
_MESSAGES = """
INSERT INTO messages (conversation_id, seq, direction, author, kind, text, at, created_at, delivery,
  search_line)
SELECT n, s, CASE s % 2 WHEN 0 THEN 'outgoing' ELSE 'incoming' END,
  CASE s % 2 WHEN 0 THEN 'agent' ELSE 'visitor' END, 'text', t.text || ' order ' || n * 10 + s,
  now(), now(), CASE s % 2 WHEN 0 THEN 'sent' END,
  t.text || ' order ' || n * 10 + s || CASE WHEN n * 10 + s >= 1000000
    THEN chr(10) || 'n' || n * 10 + s || 'n r' || reverse((n * 10 + s)::text) ELSE '' END
FROM generate_series(cast(:first AS bigint), :last) n
CROSS JOIN generate_series(1, cast(:each AS integer)) s
JOIN sentences t ON t.id = 1 + (hashint8(n * 10 + s) & 2147483647) % cast(:sentences AS integer)"""


@dataclass(frozen=True)
class Visit:
    """One agent's session at one installation."""

    session: ClientSession
    origin: str
    count: int
    further: str = ""
    """Where the list goes on."""

    async def get(self, path: str) -> str:
        """Fetch the page, or a part of it as htmx does."""
        headers = {"HX-Request": "true"} if path.startswith("/inbox/") else {}
        async with self.session.get(self.origin + path, headers=headers) as answer:
            answer.raise_for_status()
            return await answer.text()

    async def open_list(self) -> None:
        """Open the inbox."""
        await self.get("/inbox")

    async def page_further(self) -> None:
        """Read on in the list."""
        await self.get(self.further)

    async def hear_signal(self) -> None:
        """Read what a signal names."""
        await self.get(f"/inbox/rows?named={random.randint(1, self.count)}")

    async def open_thread(self) -> None:
        """Open one conversation of all there are, as htmx does."""
        await self.get(f"/inbox/{random.randint(1, self.count)}")

    async def find_rare(self) -> None:
        """Look for what stands in one message only."""
        await self.get(f"/inbox/list?q=order {random.randint(11, self.count * MESSAGES_EACH)}")

    async def find_common(self) -> None:
        """Look for words from very common to seldom."""
        await self.get(f"/inbox/list?q={_word(random.random())}")

    async def find_person(self) -> None:
        """Look for somebody by the email."""
        await self.get(f"/inbox/list?q=person{random.randrange(1, self.count, 2)}@example.com")


ACTS = {
    "list": Visit.open_list,
    "a page further": Visit.page_further,
    "signal": Visit.hear_signal,
    "thread": Visit.open_thread,
    "search, rare": Visit.find_rare,
    "search, common": Visit.find_common,
    "search, email": Visit.find_person,
}


async def main(many: int = MANY) -> None:
    """Measure and print."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        redis = stack.enter_context(running_valkey(directory / "valkey"))
        server = stack.enter_context(running_postgres(durable=True))
        urls = {
            count: stack.enter_context(new_database(server)).render_as_string(hide_password=False)
            for count in (FEW, many)
        }
        tokens = {}
        for count, url in urls.items():
            started = time.perf_counter()
            tokens[count] = _fill(url, count)
            say(f"{count} conversations filled in {time.perf_counter() - started:.0f} s")
        async with AsyncExitStack() as open_ones:
            visits = [
                await _visit(open_ones, Installation(url, redis, free_port()), tokens[count], count)
                for count, url in urls.items()
            ]
            costs = await _measure(visits)
    say(f"\n{describe()}, load {os.getloadavg()[0]:.1f}, {ROUNDS} times each\n")
    for what, (before, after) in costs.items():
        say(
            f"  {what:<16} p50 {median(before):6.1f} ms  then {median(after):6.1f} ms"
            f"  ratio {median(after) / median(before):.2f}  p99 {_p99(after):6.1f} ms"
        )


async def _visit(stack: AsyncExitStack, place: Installation, token: str, count: int) -> Visit:
    await stack.enter_async_context(running(place.port, ["bot", "web"], place.environment()))
    session = ClientSession(headers={"Cookie": f"inbox={token}"})
    visit = Visit(await stack.enter_async_context(session), place.origin, count)
    found = _FURTHER.search(await visit.get("/inbox/list"))
    if found is None:
        sys.exit("the list has no further page")
    return replace(visit, further=f"/inbox/rows?after={found[1]}")


async def _measure(visits: list[Visit]) -> dict[str, list[list[float]]]:
    """Let the installations take turns, so that both see the same machine."""
    costs: dict[str, list[list[float]]] = {}
    for name, what in ACTS.items():
        times: list[list[float]] = [[] for _ in visits]
        for _ in range(WARM_UP + ROUNDS):
            for visit, mine in zip(visits, times, strict=True):
                started = time.perf_counter()
                await what(visit)
                mine.append(1000 * (time.perf_counter() - started))
        costs[name] = [mine[WARM_UP:] for mine in times]
    return costs


def _fill(url: str, count: int) -> str:
    database = Database(url)
    upgrade(database)
    with database.write() as connection:
        connection.execute(
            sa.text("CREATE TABLE sentences (id integer PRIMARY KEY, text text NOT NULL)")
        )
        rows = [{"id": number + 1, "text": _sentence()} for number in range(_SENTENCES)]
        connection.execute(sa.text("INSERT INTO sentences VALUES (:id, :text)"), rows)
        indexes = connection.execute(sa.text(_INDEXES)).all()
        for name, _ in indexes:  # made anew when all rows are there
            connection.execute(sa.text(f"DROP INDEX {name}"))
    for first in range(1, count + 1, _AT_ONCE):
        part = {"first": first, "last": min(first + _AT_ONCE - 1, count)}
        with database.write() as connection:
            for statement in (_VISITORS, _CONTACTS, _ASSOCIATE):
                connection.execute(sa.text(statement), part)
            each = {**part, "each": MESSAGES_EACH}
            connection.execute(sa.text(_CONVERSATIONS), each)
            connection.execute(sa.text(_MESSAGES), {**each, "sentences": _SENTENCES})
    by_itself = sa.create_engine(database.url, isolation_level="AUTOCOMMIT")
    with by_itself.connect() as connection:
        connection.execute(sa.text("SET maintenance_work_mem = '512MB'"))
        for _, made in indexes:
            connection.exec_driver_sql(made)
        connection.execute(sa.text("VACUUM ANALYZE"))
        connection.execute(sa.text("CHECKPOINT"))
    agent = Agents(database, now).add(Newcomer("ida@shop.example", "a long password"), OPERATOR)
    token = Sessions(database, now).sign_in_as(agent.id)
    database.close()
    return token


def _sentence() -> str:
    return " ".join(_word(random.random()) for _ in range(8))


def _word(chance: float) -> str:
    # some words are in every tenth message, most in hardly any
    return f"word{int(_WORDS * chance**3)}"


def _p99(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)]


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))
