"""Rows that come round by themselves: never given up, and done by one worker at a time."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import pytest

from bot.core.files import FileKind, KeptFile
from bot.files import FileKeeper
from bot.notifications.watching import AccountSight
from bot.outbox.contract import Handler
from bot.outbox.handlers.channel_watch import ChannelWatchHandler
from bot.outbox.handlers.file_sweep import FileSweepHandler
from bot.ports.errors import (
    Cause,
    OutcomeUnknownError,
    SendError,
    UnavailableError,
    UndeliverableError,
)
from bot.storage.database.engine import Database
from bot.storage.files.file_pieces import DatabaseFiles
from bot.storage.files.uploads import UNUSED_FOR, attach
from tests.bot.outbox.recurring import RecurringBench, RecurringConformance
from tests.office import Office


class WatchBench(RecurringBench):
    """Channels are looked at."""

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self.looks = 0
        self.errors: Iterator[Exception] = iter(())

    @property
    def handler(self) -> Handler[None]:
        return ChannelWatchHandler(self.look)

    def look(self) -> Sequence[AccountSight]:
        self.looks += 1
        for error in self.errors:
            raise error
        return ()

    def done(self) -> int:
        return self.looks


class _CountedFiles:
    """A store that counts how often something is deleted, after what it raises."""

    name = "database"

    def __init__(self, database: Database) -> None:
        store = DatabaseFiles(database)
        self.read, self.write, self._delete = store.read, store.write, store.delete
        self.deletions = 0
        self.errors: Iterator[Exception] = iter(())

    def delete(self, keys: Collection[str]) -> None:
        for error in self.errors:
            raise error
        self.deletions += 1
        self._delete(keys)


class SweepBench(RecurringBench):
    """Before each round somebody uploads a file and uses it for nothing."""

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self.store = _CountedFiles(office.database)
        self.keeper = FileKeeper(office.database, {"database": self.store}, lambda: office.now)
        self.upload("a")
        office.pass_time(UNUSED_FOR.total_seconds())

    def upload(self, token: str) -> None:
        file = KeptFile(token, FileKind.FILE, "a.pdf", "application/pdf", 5)
        self.keeper.keep(file, "nobody", [b"%PDF-"])

    @property
    def handler(self) -> Handler[Any]:
        return FileSweepHandler(self.office.database, {"database": self.store})

    def done(self) -> int:
        return self.store.deletions


def test_files_of_no_message_are_swept_up_after_a_day(office: Office) -> None:
    bench = SweepBench(office)
    office.write("Hello")
    [message] = office.rows("messages")
    for token in ("used", "fresh", "kept"):
        bench.upload(token)
    with office.database.write() as connection:
        attach(connection, [(message["id"], ["used"])])
    for _ in range(3):
        bench.work()
        bench.pass_interval()
    left = {row["token"] for row in office.rows("uploads")}
    assert left == {row["token"] for row in office.rows("file_pieces")} == {"used", "fresh", "kept"}
    office.pass_time(UNUSED_FOR.total_seconds())
    bench.store.errors = iter([UnavailableError("away")])
    bench.work()
    assert len(office.rows("uploads")) == 3
    with office.database.write() as connection:  # too late: its bytes may be half gone
        attach(connection, [(message["id"], ["", "fresh"])])
    office.pass_time(60)
    bench.work()
    assert [row["token"] for row in office.rows("uploads")] == ["used"]
    assert [row["token"] for row in office.rows("file_pieces")] == ["used"]


class TestChannelWatch(RecurringConformance):
    """Every quarter of an hour."""

    workbench = WatchBench


@pytest.mark.parametrize(
    "error",
    [
        SendError("Not now."),
        UndeliverableError("Never.", Cause.REJECTED),
        OutcomeUnknownError("Perhaps."),
        ZeroDivisionError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_whatever_happens_it_comes_round(office: Office, error: Exception) -> None:
    bench = WatchBench(office)
    bench.errors = iter([error] * 30)
    lane = bench.lane()
    for _ in range(31):
        lane.work()
        bench.pass_interval()
    assert bench.looks == 31
    assert bench.row["state"] == "pending"
