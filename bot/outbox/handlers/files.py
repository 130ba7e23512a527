"""Copies of files that visitors attached: one row is one file, fetched within bounds."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from bot.edge.file_kinds import content_type_of
from bot.edge.ssrf_guard import (
    FetchedAnswer,
    FetchLimits,
    GuardedClient,
    GuardedError,
    RefusedUrlError,
    TooLargeError,
)
from bot.outbox.contract import Ended, Job, Outcome
from bot.outbox.handlers.finding import FindingHandler
from bot.outbox.holding import Held
from bot.outbox.retrying import Retry
from bot.ports.errors import SendError
from bot.storage.files.files import (
    FileMark,
    FileState,
    StoredFile,
    WantedFile,
    find_wanted,
    save_files,
)
from bot.storage.outbox.due import LONG_LEASE
from bot.storage.outbox.held import HeldRow
from bot.storage.outbox.rows import OutboxRow, OutboxState, Refers, Work

LIMITS = FetchLimits(
    connect=timedelta(seconds=3), in_all=timedelta(seconds=20), size=10 * 1024 * 1024
)
NOT_THERE = "It could not be fetched."
NOT_OURS = "It lies where we do not look."
TOO_LARGE = "It is larger than 10 MB."
TAKEN_BACK = "It is there already, or its message is not there any more."
_PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 60, 600))
_FOUND, _TOO_OFTEN, _BROKEN = 200, 429, 500


@dataclass(frozen=True, eq=False)
class FileHandler(FindingHandler[WantedFile]):
    """Fetches a copy of one file."""

    client: GuardedClient
    hosts: Collection[str]
    """The domains at which channels keep their files; we go nowhere else."""

    kinds = (Work.FETCH_FILES,)
    retry = Retry(_PAUSES, most=len(_PAUSES))
    way = None
    lease = LONG_LEASE

    def consider(self, rows: Sequence[HeldRow], held: Held) -> Iterator[Job[WantedFile]]:
        """Fetch what is still wanted of messages that are still there."""
        wanted = find_wanted(held.connection, {row.message_id for row in rows if row.message_id})
        for row in rows:
            parts = wanted.get(row.message_id, []) if row.message_id else []
            if row.payload is None and parts:
                _divide(row, parts, held)
            file = next((one for one in parts if one.position == _position(row)), None)
            if file is None or held.thread(row) is None:
                held.end(row, OutboxState.CANCELLED, TAKEN_BACK)
            elif held.may_leave(row):
                yield Job(row, file)

    def attempt(self, job: Job[WantedFile]) -> StoredFile:
        """Fetch the file, or say why there will never be a copy."""
        wanted = job.what
        try:
            if not _is_below(wanted.url, self.hosts):
                return _refused(wanted.position, NOT_OURS)
            return _read(wanted, self.client.request("GET", wanted.url, limits=LIMITS))
        except RefusedUrlError:
            return _refused(wanted.position, NOT_OURS)
        except TooLargeError:
            return _refused(wanted.position, TOO_LARGE)
        except GuardedError:
            raise SendError(NOT_THERE) from None

    def settle_all(self, ended: Sequence[Ended[WantedFile]], held: Held) -> None:
        """Keep the copies, and why there are none."""
        super().settle_all(ended, held)
        files = [(row.message_id, _file(row, outcome)) for row, outcome, _ in ended]
        found = [(message, file) for message, file in files if message and file]
        save_files(held.connection, found, held.now)
        for row, *_ in ended:
            held.show(held.thread(row))


def _divide(row: HeldRow, parts: Sequence[WantedFile], held: Held) -> None:
    """Make a row of a version before, which stands for all of a message, into one for each file."""
    first, *others = parts
    row.rewrite({"position": first.position})
    refers = Refers(row.visitor_id, row.conversation_id, row.message_id)
    target = (row.channel, row.account)
    for one in others:
        key, payload = f"files:{row.message_id}:{one.position}", {"position": one.position}
        order = OutboxRow(Work.FETCH_FILES, None, held.now, held.now, payload=payload, key=key)
        held.batch.add_order(order._replace(target=target, refers=refers))


def _position(row: HeldRow) -> int | None:
    return row.payload["position"] if row.payload is not None else None


def _file(row: HeldRow, outcome: Outcome) -> StoredFile | None:
    match outcome, row.payload:
        case StoredFile(), _:
            return outcome
        case _, {"position": int(position)} if row.settled_at:
            return _refused(position, NOT_THERE)
        case _:
            return None


def _is_below(url: str, hosts: Collection[str]) -> bool:
    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        return False
    return any(host == name or host.endswith(f".{name}") for name in hosts)


def _read(wanted: WantedFile, answer: FetchedAnswer) -> StoredFile:
    if answer.status == _TOO_OFTEN or answer.status >= _BROKEN:
        raise SendError(NOT_THERE)
    if answer.status != _FOUND:
        return _refused(wanted.position, NOT_THERE)
    mark = FileMark(FileState.KEPT, content_type_of(answer.body), len(answer.body))
    return StoredFile(wanted.position, mark, answer.body)


def _refused(position: int, reason: str) -> StoredFile:
    return StoredFile(position, FileMark(FileState.REFUSED, reason=reason))
