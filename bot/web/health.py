"""Says whether this process is alive, and whether it can do its work."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

import sqlalchemy as sa
from aiohttp import web
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from bot.edge.refusals import tell_cause
from bot.ports.errors import UnavailableError
from bot.storage.database.causes import name_of
from bot.storage.database.engine import Database
from bot.storage.database.proof import prove_writable
from bot.storage.database.server_words import hide_places
from bot.storage.database.transactions import retry_races
from bot.storage.migrate import Schema, find_schema

_PATIENCE = 1.0  # seconds
_GOOD_FOR = 1.0  # seconds


@dataclass(frozen=True, slots=True)
class _Look:
    """A health report: a fault makes a process unavailable, a notice degraded."""

    fault: str = ""
    cause: str = ""
    """What of the fault is for the log only."""
    notice: str = ""


_DATABASE_HANGS = _Look(fault="The database does not answer in time.")
_REDIS_AWAY = _Look(notice="Redis does not answer: work is stored and waits.")


class _Glance:
    """Looks once for all who ask meanwhile, and for a second afterwards."""

    def __init__(self, look: Callable[[], _Look], hanging: _Look) -> None:
        self._look = look
        self._hanging = hanging
        self._looking: asyncio.Task[_Look] | None = None
        self._until = 0.0

    async def take(self) -> _Look:
        if self._looking is None or (self._looking.done() and monotonic() >= self._until):
            self._looking = asyncio.create_task(self._go())
        done, _ = await asyncio.wait({self._looking}, timeout=3 * _PATIENCE)
        return self._looking.result() if done else self._hanging

    async def _go(self) -> _Look:
        seen = await asyncio.to_thread(self._look)
        self._until = monotonic() + _GOOD_FOR
        return seen


class Health:
    """Looks at what this process needs; `draining` is set when it is told to stop."""

    def __init__(self, writer: Database, redis_url: str) -> None:
        """Look at the database by intake's own connections, as `writer` makes them."""
        self._writer = writer
        self._redis_url = redis_url
        self._database = _Glance(self._look_at_database, _DATABASE_HANGS)
        self._redis = _Glance(self._look_at_redis, _REDIS_AWAY)
        self.draining = False

    def routes(self) -> list[web.RouteDef]:
        """Serve `/healthz` and `/readyz`."""
        return [web.get("/healthz", _alive), web.get("/readyz", self._ready)]

    async def _ready(self, request: web.Request) -> web.Response:
        if self.draining:
            tell_cause(request, "this process is stopping")
            return _answer(503, "draining", "This process is stopping.")
        database = await self._database.take()
        if database.fault:
            tell_cause(request, database.cause or database.fault)
            return _answer(503, "unavailable", database.fault)
        redis = await self._redis.take()
        notices = " ".join(filter(None, (database.notice, redis.notice)))
        return _answer(200, "degraded" if notices else "ok", notices)

    def _look_at_database(self) -> _Look:
        try:
            schema = retry_races(self._writer, _prove)
        except UnavailableError as error:
            return self._blame(str(error))
        except sa.exc.SQLAlchemyError as error:  # what intake writes can't be stored
            return self._blame(f"a message can't be stored ({name_of(error)})")
        if not schema.is_served:
            return _Look(fault=schema.value)
        return _Look(notice="" if schema is Schema.CURRENT else schema.value)

    def _blame(self, words: str) -> _Look:
        shown = hide_places(words, self._writer.url)
        return _Look(f"The database can't be written to: {shown}", words)

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


def _prove(connection: sa.Connection) -> Schema:
    """Write what intake writes, where the schema lets it."""
    schema = find_schema(connection)
    if schema.is_served:
        prove_writable(connection)
    return schema


async def _alive(_request: web.Request) -> web.Response:
    return _answer(200, "ok", "")


def _answer(status: int, state: str, reason: str) -> web.Response:
    body = {"status": state, **({"reason": reason} if reason else {})}
    return web.json_response(body, status=status, headers={"Cache-Control": "no-store"})
