"""Says whether this process is alive, and whether it can do its work."""

import asyncio
from collections.abc import Callable

import sqlalchemy as sa
from aiohttp import web
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from bot.storage.checkup import prove_writable
from bot.storage.engine import Database
from bot.storage.migrate import schema_fault

_PATIENCE = 1.0  # seconds


class Health:
    """Looks at what this process needs; `draining` is set when it is told to stop."""

    def __init__(self, database: Database, redis_url: str) -> None:
        self._database = database
        self._redis_url = redis_url
        self.draining = False

    def routes(self) -> list[web.RouteDef]:
        """Serve `/healthz` and `/readyz`."""
        return [web.get("/healthz", _alive), web.get("/readyz", self._ready)]

    async def _ready(self, _request: web.Request) -> web.Response:
        if self.draining:
            return _answer(503, "draining", "This process is stopping.")
        if fault := await _patiently(self._database_fault):
            return _answer(503, "unavailable", fault)
        if fault := await _patiently(self._redis_fault):
            return _answer(200, "degraded", fault)
        return _answer(200, "ok", "")

    def _database_fault(self) -> str:
        try:
            with self._database.write() as connection:
                fault = schema_fault(connection)
                if not fault:
                    prove_writable(connection)
        except sa.exc.SQLAlchemyError:
            return "The database can't be written to."
        return fault or ""

    def _redis_fault(self) -> str:
        try:
            with Redis.from_url(
                self._redis_url,
                socket_timeout=_PATIENCE,
                socket_connect_timeout=_PATIENCE,
                retry=Retry(NoBackoff(), 0),
            ) as client:
                client.ping()
        except (RedisError, OSError):
            return "Redis does not answer: work is stored and waits."
        return ""


async def _alive(_request: web.Request) -> web.Response:
    return _answer(200, "ok", "")


async def _patiently(check: Callable[[], str]) -> str:
    try:
        async with asyncio.timeout(3 * _PATIENCE):
            return await asyncio.to_thread(check)
    except TimeoutError:
        return "The database does not answer in time."


def _answer(status: int, state: str, reason: str) -> web.Response:
    body = {"status": state, **({"reason": reason} if reason else {})}
    return web.json_response(body, status=status, headers={"Cache-Control": "no-store"})
