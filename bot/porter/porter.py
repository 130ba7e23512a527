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
from bot.ports import Doorbell, UnavailableError
from bot.storage.engine import Database
from bot.storage.errands import (
    LEASE,
    Errand,
    end_errand,
    find_errands,
    find_lost_errands,
    hold_errand,
    lock_errands,
    put_off,
)
from bot.storage.files import (
    FileMark,
    FileState,
    StoredFile,
    WantedFile,
    find_place,
    find_wanted,
    save_files,
)
from bot.storage.outbox.rows import OutboxState, Work
from bot.storage.transactions import read, retry_races

BEAT = timedelta(seconds=1)
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 60, 600))
LIMITS = Limits(connect=timedelta(seconds=3), in_all=timedelta(seconds=20), size=10 * 1024 * 1024)
AT_MOST = timedelta(seconds=60)
"""Longer than this nothing more is begun: the rest of a message waits for its next turn."""
NOT_THERE = "It could not be fetched."
_FOUND, _TOO_OFTEN, _BROKEN = 200, 429, 500
_AT_ONCE = 100
_KINDS = (Work.FETCH_FILES,)
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
            except UnavailableError:
                _log.warning("files wait for the database")
            except Exception:  # noqa: BLE001 - the next round comes
                _log.exception("files could not be fetched")
            stopping.wait(BEAT.total_seconds())

    def work(self) -> bool:
        """Fetch what belongs to one message; False: nothing is due."""
        now = self.clock()
        if read(self.database, lambda found: find_lost_errands(found, now, 1, _KINDS)):
            retry_races(self.database, self._give_back)
        if not read(self.database, lambda found: find_errands(found, now, 1, _KINDS)):
            return False
        taken = retry_races(self.database, self._take)
        if taken is None:
            return False
        errand, wanted = taken
        failpoint("porter.after_claim")
        missing = self._fetch_all(errand, wanted)
        failpoint("porter.before_settle")
        hints = retry_races(
            self.database, lambda connection: self._settle(connection, errand, missing)
        )
        self.doorbell.hint(*hints)
        return True

    def _take(self, connection: sa.Connection) -> tuple[Errand, list[WantedFile]] | None:
        now = self.clock()
        held = lock_errands(connection, find_errands(connection, now, 1, _KINDS))
        if not held:
            return None
        [errand] = held
        hold_errand(connection, errand, secrets.token_hex(8), now + LEASE, now)
        [errand] = lock_errands(connection, [errand.id], OutboxState.SENDING)
        wanted = find_wanted(connection, errand.message_id) if errand.message_id else []
        return errand, wanted

    def _give_back(self, connection: sa.Connection) -> None:
        """Let others have what a dead worker held."""
        now = self.clock()
        ids = find_lost_errands(connection, now, _AT_ONCE, _KINDS)
        for errand in lock_errands(connection, ids, OutboxState.SENDING):
            put_off(connection, errand, now, None)

    def _fetch_all(self, errand: Errand, wanted: list[WantedFile]) -> list[WantedFile]:
        """Keep each before the next is fetched, for many are too large to be held at a time.

        Returns those that are not kept.
        """
        end = time.monotonic() + AT_MOST.total_seconds()
        missing = []
        for number, one in enumerate(wanted):
            found = self._fetch(one) if time.monotonic() < end else None
            if found is None:
                missing.append(one)
            elif not retry_races(self.database, partial(self._keep, errand, [found])):
                return missing + wanted[number:]
        return missing

    def _keep(self, errand: Errand, found: list[StoredFile], connection: sa.Connection) -> bool:
        """Keep copies; False: the errand is not ours any more, or nobody wants them."""
        held = lock_errands(connection, [errand.id], OutboxState.SENDING)
        if errand.message_id is None or [one.lease for one in held] != [errand.lease]:
            return False
        return save_files(connection, errand.message_id, found, self.clock())

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
        self, connection: sa.Connection, errand: Errand, missing: list[WantedFile]
    ) -> list[Hint]:
        now, message, talk = self.clock(), errand.message_id, errand.conversation_id
        if missing and errand.attempts <= len(PAUSES):
            due_at = now + PAUSES[max(errand.attempts, 1) - 1]
            is_ours = put_off(connection, errand, due_at, NOT_THERE)
        else:
            self._keep(errand, [_refused(each, NOT_THERE) for each in missing], connection)
            is_ours = end_errand(connection, errand, OutboxState.SENT, now)
        place = find_place(connection, message) if message and is_ours else None
        return [Hint(room_of(place), talk)] if place and talk else []


def _read(wanted: WantedFile, answer: Answer) -> StoredFile | None:
    if answer.status == _TOO_OFTEN or answer.status >= _BROKEN:
        return None
    if answer.status != _FOUND:
        return _refused(wanted, NOT_THERE)
    mark = FileMark(FileState.KEPT, content_type_of(answer.body), len(answer.body))
    return StoredFile(wanted.position, mark, answer.body)


def _refused(wanted: WantedFile, reason: str) -> StoredFile:
    return StoredFile(wanted.position, FileMark(FileState.REFUSED, reason=reason))
