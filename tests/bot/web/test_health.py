"""Whether a process is alive, and whether it can do its work."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import pytest
import sqlalchemy as sa
from aiohttp import web
from aiohttp.test_utils import TestClient

from bot.storage.database.engine import Database
from bot.storage.migrate import upgrade
from bot.web.health import Health
from tests.later_schemas import SERVED, TOO_NEW, Revision, upgrade_further
from tests.silent import silent_server

Answer: TypeAlias = tuple[int, dict[str, str]]
Ask: TypeAlias = Callable[[Database, str], Awaitable[Answer]]
_Serve: TypeAlias = Callable[[web.Application], Awaitable[TestClient[web.Request, web.Application]]]
NEWER = "The database's schema is newer than this code, and still serves it."
NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture
def ask(aiohttp_client: _Serve) -> Ask:
    """Ask a process with this database and this Redis whether it is ready."""

    async def ask(database: Database, redis_url: str) -> Answer:
        app = web.Application()
        app.add_routes(Health(database, redis_url).routes())
        client = await aiohttp_client(app)
        assert (await client.get("/healthz")).status == 200
        response = await client.get("/readyz")
        assert response.headers["Cache-Control"] == "no-store"
        return response.status, await response.json()

    return ask


async def test_with_all_it_needs_it_is_ready(ask: Ask, database: Database, redis_url: str) -> None:
    assert await ask(database, redis_url) == (200, {"status": "ok"})


async def test_without_redis_it_is_degraded_and_still_ready(ask: Ask, database: Database) -> None:
    status, answer = await ask(database, NOWHERE)
    assert (status, answer["status"]) == (200, "degraded")
    assert "Redis" in answer["reason"]


async def test_a_hung_redis_does_not_hold_the_answer_up(ask: Ask, database: Database) -> None:
    async with silent_server() as hung:
        started = time.monotonic()
        status, answer = await ask(database, hung)
    assert (status, answer["status"]) == (200, "degraded")
    assert time.monotonic() - started < 5


async def test_without_a_database_it_is_not_ready(ask: Ask, redis_url: str) -> None:
    away = Database("postgresql://ann:canary@127.0.0.1:1/none", by_key_only=True)
    status, answer = await ask(away, redis_url)
    assert status == 503
    assert answer == {
        "status": "unavailable",
        "reason": "The database can't be written to: connection failed: connection to server at …,"
        " port 1 failed: Connection refused",
    }


async def test_it_goes_the_way_that_intake_goes_and_repeats_the_server(
    ask: Ask, postgres_url: str, redis_url: str
) -> None:
    database = Database(postgres_url)
    upgrade(database)
    writer = Database(postgres_url, by_key_only=True)
    with database.write() as connection:
        connection.execute(sa.text("LOCK TABLE visitors IN EXCLUSIVE MODE"))
        assert await ask(writer, redis_url) == (
            503,
            {
                "status": "unavailable",
                "reason": "The database can't be written to: "
                "canceling statement due to lock timeout (55P03)",
            },
        )
    writer.close()
    database.close()


async def test_a_crowd_of_probes_writes_once(
    aiohttp_client: _Serve, migrated_url: str, redis_url: str
) -> None:
    writer, begun = Database(migrated_url, by_key_only=True), list[object]()
    sa.event.listen(writer.engine, "begin", begun.append)
    app = web.Application()
    app.add_routes(Health(writer, redis_url).routes())
    client = await aiohttp_client(app)
    answers = await asyncio.gather(*(client.get("/readyz") for _ in range(50)))
    assert {answer.status for answer in answers} == {200}
    assert len(begun) == 1
    writer.close()


async def test_with_a_database_that_may_only_be_read_it_is_not_ready(
    ask: Ask, postgres_url: str, redis_url: str
) -> None:
    database = Database(postgres_url)
    upgrade(database)
    with database.write() as connection:
        name = connection.execute(sa.text("SELECT current_database()")).scalar_one()
        forbid = f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'
        connection.execute(sa.text(forbid))
    database.close()
    assert (await ask(database, redis_url))[0] == 503
    database.close()


async def test_without_a_schema_it_is_not_ready(
    ask: Ask, database_url: str, redis_url: str
) -> None:
    empty = Database(database_url)
    status, answer = await ask(empty, redis_url)
    empty.close()
    assert status == 503
    assert answer["reason"] == "The database's schema is old: run `./run migrate`."


async def test_with_a_schema_of_earlier_code_it_is_not_ready(
    ask: Ask, own_database: Database, redis_url: str
) -> None:
    with own_database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
    status, answer = await ask(own_database, redis_url)
    assert status == 503
    assert answer["reason"] == "The database's schema is old: run `./run migrate`."


@pytest.mark.parametrize("later", TOO_NEW)
async def test_with_a_schema_of_later_code_it_is_not_ready(
    ask: Ask, own_database: Database, redis_url: str, later: list[Revision]
) -> None:
    upgrade_further(own_database, *later)
    status, answer = await ask(own_database, redis_url)
    assert status == 503
    assert answer["reason"] == "The database's schema is newer than this code: update the code."
    assert "of_next_year" not in str(answer)


@pytest.mark.parametrize("later", SERVED)
async def test_with_a_later_schema_that_serves_it_it_is_degraded_and_ready(
    ask: Ask, own_database: Database, redis_url: str, later: list[Revision]
) -> None:
    upgrade_further(own_database, *later)
    assert await ask(own_database, redis_url) == (200, {"status": "degraded", "reason": NEWER})
    status, answer = await ask(own_database, NOWHERE)
    assert (status, answer["status"]) == (200, "degraded")
    assert NEWER in answer["reason"]
    assert "Redis" in answer["reason"]
