"""Says whether this process is alive, and whether it can do its work."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from aiohttp import web
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from bot.storage.engine import Database
from bot.storage.migrate import Schema, find_schema
from bot.storage.proof import prove_writable

_PATIENCE = 1.0  # seconds


@dataclass(frozen=True, slots=True)
class _Look:
    """What was seen: a fault makes a process unavailable, a notice degraded."""

    fault: str = ""
    notice: str = ""


_DATABASE_HANGS = _Look(fault="The database does not answer in time.")
_REDIS_AWAY = _Look(notice="Redis does not answer: work is stored and waits.")


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
        database = await _patiently(self._look_at_database, _DATABASE_HANGS)
        if database.fault:
            return _answer(503, "unavailable", database.fault)
        redis = await _patiently(self._look_at_redis, _REDIS_AWAY)
        notices = " ".join(filter(None, (database.notice, redis.notice)))
        return _answer(200, "degraded" if notices else "ok", notices)

    def _look_at_database(self) -> _Look:
        try:
            with self._database.write() as connection:
                schema = find_schema(connection)
                if not schema.is_served:
                    return _Look(fault=schema.value)
                prove_writable(connection)
        except sa.exc.SQLAlchemyError:
            return _Look(fault="The database can't be written to.")
        return _Look(notice="" if schema is Schema.CURRENT else schema.value)

    def _look_at_redis(self) -> _Look:
        try:
            with Redis.from_url(
                self._redis_url,
                socket_timeout=_PATIENCE,
                socket_connect_timeout=_PATIENCE,
                retry=Retry(NoBackoff(), 0),
            ) as client:
                client.ping()
        except (RedisError, OSError):
            return _REDIS_AWAY
        return _Look()


async def _alive(_request: web.Request) -> web.Response:
    return _answer(200, "ok", "")


async def _patiently(look: Callable[[], _Look], hanging: _Look) -> _Look:
    try:
        async with asyncio.timeout(3 * _PATIENCE):
            return await asyncio.to_thread(look)
    except TimeoutError:
        return hanging


def _answer(status: int, state: str, reason: str) -> web.Response:
    body = {"status": state, **({"reason": reason} if reason else {})}
    return web.json_response(body, status=status, headers={"Cache-Control": "no-store"})
