"""The second step of forgetting: what was hidden goes row by row, by ids, a little at a time.

Each step is a transaction of its own, and the next one looks at what is still there: whoever dies
in between has lost nothing, and another one goes on.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.storage.database.engine import Database
from bot.storage.database.transactions import read, retry_races
from bot.storage.files.uploads import let_go
from bot.storage.forgetting.deletion_requests import RequestState, end_request
from bot.storage.forgetting.erasing import Erased
from bot.storage.forgetting.erasing_dead_letters import (
    LetterSighting,
    erase_letters,
    find_own_letters,
    sight_letters,
)
from bot.storage.forgetting.referring import BLOBS, REFERRING, delete_keys, find_keys
from bot.storage.operations.audits import CONTACT_CHANGED
from bot.storage.operations.tallies import count_deleted
from bot.storage.tables import (
    audit,
    conversations,
    dead_letters,
    file_pieces,
    messages,
    unfinished_erasures,
    uploads,
    visitors,
)

ROWS = 100
"""So many rows are deleted by one statement, and about so many in one step."""
_AT_ONCE = 20  # conversations, or visitors
_MOST_STATEMENTS = 20
_COUNTED = {"outbox": "orders"}
_Jobs = unfinished_erasures.c


@dataclass(frozen=True, slots=True)
class ErasingJob:
    """An erasure that is not finished."""

    id: int
    at: datetime
    work: dict[str, Any]
    removed: dict[str, int]
    audit_ids: Sequence[int]
    request_key: str | None

    @property
    def needles(self) -> frozenset[str]:
        """What tells that a text speaks of the person; empty: nobody asks for that."""
        return frozenset(self.work["needles"])

    @property
    def erased(self) -> Erased:
        """How much is done."""
        return Erased(**{one.name: self.removed.get(one.name, 0) for one in fields(Erased)})

    def next(self, what: str, count: int = _AT_ONCE) -> list[int]:
        """Give the next ids of a kind that are not dealt with."""
        done = self.work["done"].get(what, 0)
        return list(self.work[what.partition(":")[0]][done : done + count])

    def pass_by(self, what: str, count: int) -> None:
        """Note that so many more are dealt with."""
        done = self.work["done"]
        done[what] = done.get(what, 0) + count


@dataclass(frozen=True, slots=True)
class UnfinishedErasures:
    """What is hidden and not deleted yet."""

    count: int
    oldest: datetime | None


def count_unfinished(connection: sa.Connection) -> UnfinishedErasures:
    """Say how many erasures are not finished, and since when."""
    query = sa.select(sa.func.count().label("count"), sa.func.min(_Jobs.at).label("oldest"))
    row = connection.execute(query).one()
    return UnfinishedErasures(row.count, row.oldest)  # type: ignore[arg-type] # named like a method


def find_job(connection: sa.Connection, id: int | None = None) -> ErasingJob | None:
    """Look an erasure up that is not finished, or the oldest one."""
    query = sa.select(unfinished_erasures).order_by(_Jobs.id).limit(1)
    return _read(connection, query if id is None else query.where(_Jobs.id == id))


def take_step(database: Database, id: int | None = None) -> bool:
    """Take one step of an erasure, or of the oldest one; False: there is nothing left to do."""
    job = read(database, lambda connection: find_job(connection, id))
    if job is None:
        return False
    # what is read at length is read before anybody is kept from writing
    sighting = read(database, lambda connection: _look(connection, job))
    retry_races(database, lambda connection: _take(connection, job.id, sighting))
    return True


def _read(connection: sa.Connection, query: sa.Select[Any]) -> ErasingJob | None:
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return ErasingJob(row.id, row.at, row.work, row.removed, row.audit_ids or (), row.request_key)


def _look(connection: sa.Connection, job: ErasingJob) -> LetterSighting | None:
    """Look through dead letters, once all else is gone."""
    if not job.needles or _next_rows(connection, job):
        return None
    return sight_letters(connection, job.needles, job.work["read_up_to"])


def _take(connection: sa.Connection, id: int, sighting: LetterSighting | None) -> None:
    query = sa.select(unfinished_erasures).where(_Jobs.id == id)
    job = _read(connection, query.with_for_update(skip_locked=True))
    if job is None:
        return  # another one is at it, or has finished it
    if gone := _delete_some(connection, job):
        _save(connection, job, gone)
    elif sighting and sighting.last > job.work["read_up_to"]:
        job.work["read_up_to"] = sighting.last
        _save(connection, job, Counter(dead_letters=erase_letters(connection, sighting.ids)))
    elif sighting or not job.needles:
        _finish(connection, job)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Some rows of a table, by their keys."""

    table: sa.Table
    keys: Sequence[tuple[Any, ...]]


def _delete_some(connection: sa.Connection, job: ErasingJob) -> Counter[str]:
    gone = Counter[str]()
    for _ in range(_MOST_STATEMENTS):
        if gone.total() >= ROWS or any(gone[table.name] for table in BLOBS):
            break
        if not (rows := _next_rows(connection, job)):
            break
        _delete(connection, rows)
        gone[rows.table.name] += len(rows.keys)
    return gone


def _delete(connection: sa.Connection, rows: _Rows) -> None:
    if rows.table is audit:
        _strip(connection, rows.keys)
    elif rows.table is uploads:
        let_go(connection, uploads.c.id.in_([key for (key,) in rows.keys]))
    else:
        delete_keys(connection, rows.table, rows.keys)


def _next_rows(connection: sa.Connection, job: ErasingJob) -> _Rows | None:
    """Say which rows go next: those that others refer to go last."""
    for table in (conversations, visitors):
        while ids := job.next(table.name):
            if found := _belonging(connection, table, ids):
                return found
            job.pass_by(table.name, len(ids))
    return _telling(connection, job)


def _belonging(connection: sa.Connection, table: sa.Table, ids: Sequence[int]) -> _Rows | None:
    if table is conversations and (found := _of_messages(connection, ids)):
        return found
    if found := _referring(connection, table, ids):
        return found
    if table is conversations and (letters := find_own_letters(connection, ids, ROWS)):
        return _Rows(dead_letters, letters)
    keys = find_keys(connection, table, table.c.id.in_(ids), ROWS)
    return _Rows(table, keys) if keys else None


def _of_messages(connection: sa.Connection, talks: Sequence[int]) -> _Rows | None:
    query = sa.select(messages.c.id).where(messages.c.conversation_id.in_(talks))
    ids = connection.execute(query.limit(ROWS)).scalars().all()
    if not ids:
        return None
    return (
        _pieces(connection, ids)
        or _referring(connection, messages, ids)
        or _Rows(messages, [(one,) for one in ids])
    )


def _pieces(connection: sa.Connection, ids: Sequence[int]) -> _Rows | None:
    """Find the bytes of files: those in the database go here, others with the next sweep."""
    tokens = sa.select(uploads.c.token).where(uploads.c.message_id.in_(ids))
    keys = find_keys(connection, file_pieces, file_pieces.c.token.in_(tokens), ROWS)
    return _Rows(file_pieces, keys) if keys else None


def _referring(connection: sa.Connection, to: sa.Table, ids: Sequence[int]) -> _Rows | None:
    """Find rows of any table that refer to these, but for those that are looked for apart."""
    for table, column in REFERRING[to.name]:
        if table in {messages, conversations}:
            continue
        if keys := find_keys(connection, table, column.in_(ids), ROWS):
            return _Rows(table, keys)
    return None


def _telling(connection: sa.Connection, job: ErasingJob) -> _Rows | None:
    """Find entries of the audit that say what was written before and after, or name the person."""
    for column, what in (
        (audit.c.contact_id, "contacts:told"),
        (audit.c.conversation_id, "conversations:told"),
    ):
        while job.needles and (ids := job.next(what, 1)):
            query = sa.select(audit.c.id, audit.c.action, audit.c.detail)
            rows = connection.execute(query.where(column.in_(ids), audit.c.detail.is_not(None)))
            if told := [(row.id,) for row in rows if _tells(job, row)]:
                return _Rows(audit, told[:ROWS])
            job.pass_by(what, 1)
    return None


def _tells(job: ErasingJob, row: Any) -> bool:  # noqa: ANN401 - a row of the query above
    said = repr(row.detail).lower()
    return row.action == CONTACT_CHANGED or any(one.lower() in said for one in job.needles)


def _strip(connection: sa.Connection, keys: Sequence[tuple[Any, ...]]) -> None:
    """Keep that something happened, and no longer what."""
    chosen = audit.c.id.in_([key for (key,) in keys])
    connection.execute(sa.update(audit).where(chosen).values(detail=None))


def _save(connection: sa.Connection, job: ErasingJob, gone: Counter[str]) -> None:
    for table, count in gone.items():
        if table != audit.name:  # its entries stay
            name = _COUNTED.get(table, table)
            job.removed[name] = job.removed.get(name, 0) + count
            count_deleted(connection, table, count)
    changes = {"work": job.work, "removed": job.removed}
    connection.execute(sa.update(unfinished_erasures).where(_Jobs.id == job.id).values(changes))


def _finish(connection: sa.Connection, job: ErasingJob) -> None:
    if job.audit_ids:
        entries = sa.update(audit).where(audit.c.id.in_(job.audit_ids))
        connection.execute(entries.values(detail=asdict(job.erased)))
    if job.request_key:
        end_request(connection, job.request_key, RequestState.DONE, job.at)
    count_deleted(connection, "contacts", job.removed.get("contacts", 0))
    connection.execute(sa.delete(unfinished_erasures).where(_Jobs.id == job.id))
