"""A database that goes away for a moment."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from bot.storage.database.engine import Database


class LeavingDatabase(Database):
    """Is away for as many transactions as it is told."""

    writes_to_miss = 0
    reads_to_miss = 0
    on_missed: Callable[[], None] = staticmethod(lambda: None)

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        if self.writes_to_miss:
            self.writes_to_miss -= 1
            self._miss()
        with super().write() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        if self.reads_to_miss:
            self.reads_to_miss -= 1
            self._miss()
        with super().read() as connection:
            yield connection

    def _miss(self) -> None:
        self.on_missed()
        raise sa.exc.OperationalError(None, None, ConnectionError())


@pytest.fixture
def leaving(migrated_url: str) -> Iterator[LeavingDatabase]:
    opened = LeavingDatabase(migrated_url)
    yield opened
    opened.close()
