"""Goes round for what is to be fetched: one message after the other, in a thread of a worker's."""

import logging
import secrets
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

import sqlalchemy as sa

from bot.edge.file_kinds import content_type_of
from bot.edge.guarded import (
    Answer,
    GuardedClient,
    GuardedError,
    Limits,
    RefusedUrlError,
    TooLargeError,
)
from bot.failpoints import failpoint
from bot.hints import Hint, room_of
from bot.outbox.retrying import Retry
from bot.ports import Doorbell, UnavailableError
from bot.storage.engine import Database
from bot.storage.files import (
    FileMark,
    FileState,
    StoredFile,
    WantedFile,
    find_place,
    find_wanted,
    save_files,
)
from bot.storage.outbox.due import LONG_LEASE, Queue, find_due, find_left_behind, hold_due
from bot.storage.outbox.held import HeldRow, hold_rows, save_rows
from bot.storage.outbox.rows import OutboxState, Work
from bot.storage.transactions import read, retry_races

BEAT = timedelta(seconds=1)
_PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 60, 600))
RETRY = Retry(_PAUSES, most=len(_PAUSES))
LIMITS = Limits(connect=timedelta(seconds=3), in_all=timedelta(seconds=20), size=10 * 1024 * 1024)
AT_MOST = timedelta(seconds=60)
"""Longer than this nothing more is begun: the rest of a message waits for its next turn."""
NOT_THERE = "It could not be fetched."
_FOUND, _TOO_OFTEN, _BROKEN = 200, 429, 500
_AT_ONCE = 100
FILES = Queue((Work.FETCH_FILES,), way=None)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Porter:
    """Fetches what is due; several may be on their way in other processes."""

    database: Database
    client: GuardedClient
    hosts: Collection[str]
    """The domains at which channels keep their files; we go nowhere else."""
    doorbell: Doorbell
    clock: Callable[[], datetime]

    def run(self, stopping: threading.Event) -> None:
        """Work until told to stop, whatever happens meanwhile."""
        while not stopping.is_set():
            try:
                while not stopping.is_set() and self.work():
                    pass
            except UnavailableError:  # the log has it already
                pass
            except Exception:  # noqa: BLE001 - the next round comes
                _log.exception("files could not be fetched")
            stopping.wait(BEAT.total_seconds())

    def work(self) -> bool:
        """Fetch what belongs to one message; False: nothing is due."""
        now = self.clock()
        if read(self.database, lambda found: find_left_behind(found, FILES.kinds, now, 1)):
            retry_races(self.database, self._give_back)
        if not read(self.database, lambda found: find_due(found, FILES, now, 1)):
            return False
        taken = retry_races(self.database, self._take)
        if taken is None:
            return False
        row, wanted = taken
        failpoint("porter.after_claim")
        missing = self._fetch_all(row, wanted)
        failpoint("porter.before_settle")
        hints = retry_races(
            self.database, lambda connection: self._settle(connection, row, missing)
        )
        self.doorbell.hint(*hints)
        return True

    def _take(self, connection: sa.Connection) -> tuple[HeldRow, list[WantedFile]] | None:
        now = self.clock()
        ids = hold_due(connection, find_due(connection, FILES, now, 1), FILES, now, 1)
        for row in hold_rows(connection, ids):
            if row.is_due(FILES, now):
                row.take(secrets.token_hex(8), now + LONG_LEASE, now)
                save_rows(connection, [row])
                return row, find_wanted(connection, row.message_id) if row.message_id else []
        return None

    def _give_back(self, connection: sa.Connection) -> None:
        """Let others have what a dead worker held."""
        now = self.clock()
        rows = hold_rows(connection, find_left_behind(connection, FILES.kinds, now, _AT_ONCE))
        for row in rows:
            if row.state is OutboxState.SENDING:
                row.postpone(now, None, counts=True)
        save_rows(connection, rows)

    def _fetch_all(self, taken: HeldRow, wanted: list[WantedFile]) -> list[WantedFile]:
        """Keep each before the next is fetched, for many are too large to be held at a time.

        Returns those that are not kept.
        """
        end = time.monotonic() + AT_MOST.total_seconds()
        missing = []
        for number, one in enumerate(wanted):
            found = self._fetch(one) if time.monotonic() < end else None
            if found is None:
                missing.append(one)
            elif not retry_races(self.database, partial(self._keep, taken, [found])):
                return missing + wanted[number:]
        return missing

    def _keep(self, taken: HeldRow, found: list[StoredFile], connection: sa.Connection) -> bool:
        """Keep copies; False: the row is not ours any more, or nobody wants them."""
        if taken.message_id is None or not _hold(connection, taken):
            return False
        return save_files(connection, taken.message_id, found, self.clock())

    def _fetch(self, wanted: WantedFile) -> StoredFile | None:
        """Fetch a file; None: it may be there another time."""
        if not self._is_one_of_theirs(wanted.url):
            return _refused(wanted, "It lies where we do not look.")
        try:
            answer = self.client.request("GET", wanted.url, limits=LIMITS)
        except RefusedUrlError:
            return _refused(wanted, "It lies where we do not look.")
        except TooLargeError:
            return _refused(wanted, "It is larger than 10 MB.")
        except GuardedError:
            return None
        return _read(wanted, answer)

    def _is_one_of_theirs(self, url: str) -> bool:
        try:
            host = (urlsplit(url).hostname or "").lower()
        except ValueError:
            return False
        return any(host == name or host.endswith(f".{name}") for name in self.hosts)

    def _settle(
        self, connection: sa.Connection, taken: HeldRow, missing: list[WantedFile]
    ) -> list[Hint]:
        now, message, talk = self.clock(), taken.message_id, taken.conversation_id
        row = _hold(connection, taken)
        if row is None:
            return []
        if missing and not RETRY.is_spent(row.attempts):
            row.postpone(now + RETRY.pause(row.attempts), NOT_THERE, counts=True)
        else:
            self._keep(row, [_refused(each, NOT_THERE) for each in missing], connection)
            row.settle(OutboxState.SENT, now, None)
        save_rows(connection, [row])
        place = find_place(connection, message) if message else None
        return [Hint(room_of(place), talk)] if place and talk else []


def _hold(connection: sa.Connection, taken: HeldRow) -> HeldRow | None:
    rows = hold_rows(connection, [taken.id])
    mine = (OutboxState.SENDING, taken.lease)
    return next((row for row in rows if (row.state, row.lease) == mine), None)


def _read(wanted: WantedFile, answer: Answer) -> StoredFile | None:
    if answer.status == _TOO_OFTEN or answer.status >= _BROKEN:
        return None
    if answer.status != _FOUND:
        return _refused(wanted, NOT_THERE)
    mark = FileMark(FileState.KEPT, content_type_of(answer.body), len(answer.body))
    return StoredFile(wanted.position, mark, answer.body)


def _refused(wanted: WantedFile, reason: str) -> StoredFile:
    return StoredFile(wanted.position, FileMark(FileState.REFUSED, reason=reason))
