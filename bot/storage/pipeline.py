"""Several statements in one round trip to PostgreSQL, by libpq's pipeline mode.

psycopg's own pipelines look at the socket with each statement, and let other threads run
meanwhile: on a busy event loop's process that costs more than the statements do.
"""

import re
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from itertools import count
from typing import Any, TypeAlias

from psycopg import Connection, OperationalError, errors, pq
from psycopg.abc import PQGen
from psycopg.adapt import Transformer
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import Ready, Wait

_MOST_PREPARED = 200
_PLACEHOLDER = re.compile("%s")
_Driver: TypeAlias = Connection[Any]


class Answer:
    """What a statement brings, once its pipeline has been sent."""

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


class Pipeline:
    """Belongs to a connection as long as it lives, and prepares each statement once."""

    def __init__(self, driver: _Driver) -> None:
        """Send nothing yet."""
        self._driver = driver
        self._queue: list[tuple[str, Sequence[bytes | None], Answer]] = []
        self._names: OrderedDict[str, bytes] = OrderedDict()
        self._stale: list[bytes] = []
        self._numbers = count()

    def add(self, statement: str, parameters: Sequence[str | None]) -> Answer:
        """Put a statement in the queue; `%s` stands for a parameter."""
        answer = Answer(self._driver)
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
        if not self._queue and not commit:
            return
        connection = self._driver.pgconn
        connection.enter_pipeline_mode()
        try:
            places = self._send_queue(connection)
            if commit:
                connection.send_query_params(b"COMMIT", None)
            connection.pipeline_sync()
            results = self._driver.wait(_results(connection))
        finally:
            self._queue.clear()
            if connection.status != pq.ConnStatus.BAD:
                connection.exit_pipeline_mode()
        for result in results:
            if result.status == pq.ExecStatus.FATAL_ERROR:
                self.forget()  # what came after it was not prepared
                raise errors.error_from_result(result, self._driver.info.encoding)
        for place, answer in places.items():
            answer.result = results[place]

    def forget(self) -> None:
        """Prepare all anew: after a rollback psycopg throws away what is prepared."""
        self._stale += self._names.values()
        self._names.clear()

    def _send_queue(self, connection: PGconn) -> dict[int, Answer]:
        sent = 0
        if connection.transaction_status == pq.TransactionStatus.IDLE:
            connection.send_query_params(b"BEGIN", None)
            sent += 1
        places = {}
        for statement, values, answer in self._queue:
            if statement not in self._names:
                sent += self._prepare(connection, statement)
            self._names.move_to_end(statement)
            connection.send_query_prepared(self._names[statement], values)
            places[sent] = answer
            sent += 1
        return places

    def _prepare(self, connection: PGconn, statement: str) -> int:
        """Prepare a statement, and close what is no longer used; says how much was sent."""
        if len(self._names) >= _MOST_PREPARED:
            self._stale.append(self._names.popitem(last=False)[1])
        closed, self._stale = self._stale, []
        for name in closed:
            connection.send_close_prepared(name)
        self._names[statement] = b"whosthere_%d" % next(self._numbers)
        connection.send_prepare(self._names[statement], _numbered(statement))
        return len(closed) + 1


def _results(connection: PGconn) -> PQGen[list[PGresult]]:
    while connection.flush():
        if (yield Wait.RW) & Ready.R:
            connection.consume_input()
    results: list[PGresult] = []
    while True:
        while connection.is_busy():
            yield Wait.R
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


@lru_cache(_MOST_PREPARED)
def _numbered(statement: str) -> bytes:
    numbers = count(1)
    return _PLACEHOLDER.sub(lambda _: f"${next(numbers)}", statement).encode()
