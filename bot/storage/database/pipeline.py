"""Several statements in one round trip to PostgreSQL, by libpq's pipeline mode.

psycopg's own pipelines look at the socket with each statement, and let other threads run
meanwhile: on a busy event loop's process that costs more than the statements do.
"""

import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Any, TypeAlias

from psycopg import Connection, OperationalError, errors, pq
from psycopg._preparing import Prepare, PrepareManager
from psycopg._queries import PostgresQuery
from psycopg.abc import PQGen
from psycopg.adapt import Transformer
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import Ready, Wait

_MOST_PREPARED = 200
_PLACEHOLDER = re.compile("%s")
_Driver: TypeAlias = Connection[Any]


class PipelineAnswer:
    """A statement's result, once its pipeline has been sent."""

    def __init__(self, driver: _Driver) -> None:
        """Hold nothing yet."""
        self._driver = driver
        self.result: PGresult | None = None

    def rows(self) -> list[tuple[Any, ...]]:
        """Read the rows that were asked for."""
        if self.result is None or not self.result.ntuples:
            return []
        reader = Transformer(self._driver)
        reader.set_pgresult(self.result)
        return reader.load_rows(0, self.result.ntuples, tuple)

    def count(self) -> int:
        """Say how many rows were written."""
        return self.result.command_tuples or 0 if self.result else 0


@dataclass(frozen=True, slots=True)
class PipelineHead:
    """The settings that each transaction begins with and that end with it."""

    statement: str
    patience: float | None = None
    """How many seconds to wait for all answers of a pipeline; None: for ever."""


class OwnNames(PrepareManager):
    """Prepared statements under names of the connection's own.

    Behind a pooler two connections may meet in one session of the server, and the same name would
    be another's statement there.
    """

    def __init__(self, threshold: int | None) -> None:
        """Have a name of one's own."""
        super().__init__()
        self.prepare_threshold = threshold
        self._prefix = f"_{secrets.token_hex(4)}".encode()

    def get(
        self,
        query: PostgresQuery,
        prepare: bool | None = None,  # noqa: FBT001 - psycopg's signature
    ) -> tuple[Prepare, bytes]:
        """Say whether to prepare, and the name."""
        found, name = super().get(query, prepare)
        return found, self._prefix + name if found is Prepare.SHOULD else name

    def clear(self) -> bool:
        """Give up one's own after a rollback or a change of tables, where psycopg gives up all."""
        self._counts.clear()
        self._to_flush.extend(self._names.values())
        self._names.clear()
        return bool(self._to_flush)


class Pipeline:
    """Belongs to a connection as long as it lives, and prepares each statement once."""

    def __init__(self, driver: _Driver, head: PipelineHead) -> None:
        """Send nothing yet."""
        self._driver = driver
        self._head = head
        self._queue: list[tuple[str, Sequence[bytes | None], PipelineAnswer]] = []
        self._names: OrderedDict[str, bytes] = OrderedDict()
        self._stale: list[bytes] = []
        self._prefix = f"whosthere_{secrets.token_hex(4)}_".encode()
        self._numbers = count()

    def begin(self) -> None:
        """Begin a transaction that goes on without a pipeline."""
        self._exchange(commit=False)

    def add(self, statement: str, parameters: Sequence[str | None]) -> PipelineAnswer:
        """Put a statement in the queue; `%s` stands for a parameter."""
        answer = PipelineAnswer(self._driver)
        values = [None if one is None else one.encode() for one in parameters]
        self._queue.append((statement, values, answer))
        return answer

    def drop(self) -> None:
        """Send nothing of what is in the queue."""
        self._queue.clear()

    def send(self, *, commit: bool = False) -> None:
        """Send the queue, in a transaction, and wait for all answers; raises psycopg's errors.

        The first statement that fails takes all later ones with it, the commit too.
        """
        if self._queue or commit:
            self._exchange(commit=commit)

    def _forget(self) -> None:
        """Prepare all anew: what came after an error was not prepared."""
        self._stale += self._names.values()
        self._names.clear()

    def _exchange(self, *, commit: bool) -> None:
        connection = self._driver.pgconn
        connection.enter_pipeline_mode()
        try:
            places = self._send_queue(connection)
            if commit:
                connection.send_query_params(b"COMMIT", None)
            connection.pipeline_sync()
            results = self._driver.wait(_results(self._driver, self._head.patience))
        finally:
            self._queue.clear()
            if connection.status != pq.ConnStatus.BAD:
                connection.exit_pipeline_mode()
        for result in results:
            if result.status == pq.ExecStatus.FATAL_ERROR:
                self._forget()
                raise errors.error_from_result(result, self._driver.info.encoding)
        for place, answer in places.items():
            answer.result = results[place]

    def _send_queue(self, connection: PGconn) -> dict[int, PipelineAnswer]:
        sent = 0
        if connection.transaction_status == pq.TransactionStatus.IDLE:
            connection.send_query_params(b"BEGIN", None)
            sent = 1 + self._send(connection, self._head.statement, ())
        places = {}
        for statement, values, answer in self._queue:
            sent += self._send(connection, statement, values)
            places[sent - 1] = answer
        return places

    def _send(self, connection: PGconn, statement: str, values: Sequence[bytes | None]) -> int:
        """Send a statement; says how many answers there will be, its own the last of them."""
        count = 1
        if statement not in self._names:
            count += self._prepare(connection, statement)
        self._names.move_to_end(statement)
        connection.send_query_prepared(self._names[statement], values)
        return count

    def _prepare(self, connection: PGconn, statement: str) -> int:
        """Prepare a statement, and close what is no longer used; says how much was sent."""
        if len(self._names) >= _MOST_PREPARED:
            self._stale.append(self._names.popitem(last=False)[1])
        closed, self._stale = self._stale, []
        for name in closed:
            connection.send_close_prepared(name)
        self._names[statement] = self._prefix + b"%d" % next(self._numbers)
        connection.send_prepare(self._names[statement], _numbered(statement))
        return len(closed) + 1


def _results(driver: _Driver, patience: float | None) -> PQGen[list[PGresult]]:
    connection = driver.pgconn
    until = None if patience is None else time.monotonic() + patience
    while connection.flush():
        if (yield from _wait(driver, Wait.RW, until)) & Ready.R:
            connection.consume_input()
    results: list[PGresult] = []
    while True:
        while connection.is_busy():
            yield from _wait(driver, Wait.R, until)
            connection.consume_input()
        result = connection.get_result()
        if result is None:  # a statement has no more of them
            if connection.status == pq.ConnStatus.BAD:
                msg = "the connection is lost"
                raise OperationalError(msg)
        elif result.status == pq.ExecStatus.PIPELINE_SYNC:
            return results
        else:
            results.append(result)


def _wait(driver: _Driver, what: Wait, until: float | None) -> PQGen[int]:
    ready = yield what
    if not ready and until is not None and time.monotonic() > until:
        driver.close()  # the answers would come to whoever asks next
        msg = "the server does not answer in time"
        raise OperationalError(msg)
    return ready


@lru_cache(_MOST_PREPARED)
def _numbered(statement: str) -> bytes:
    numbers = count(1)
    return _PLACEHOLDER.sub(lambda _: f"${next(numbers)}", statement).encode()
