"""Requests to delete a person's data: taken down, carried out by a worker, and never named."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from bot.core.model import OutboxId, VisitorKey
from bot.storage.database import bulk
from bot.storage.outbox.rows import OutboxState, Work
from bot.storage.tables import deletion_requests, outbox, time_text

_KEY = "delete:"
_CODE_BYTES = 20  # the code alone opens the status page


class RequestState(StrEnum):
    """The state of a deletion request; failed: the person could not be found in time."""

    PENDING = "pending"
    DONE = "done"
    NOTHING_FOUND = "nothing_found"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class NewRequest:
    """A deletion request; `hash` identifies the request, not the person."""

    hash: str
    person: VisitorKey
    """Of whom the request speaks; the account is the app that knows them by this id."""
    at: datetime
    deadline: datetime


@dataclass(frozen=True, slots=True)
class TakenRequest:
    """A request under its code; the same one, come again, orders nothing."""

    code: str
    order: OutboxId | None


def take_request(connection: sa.Connection, request: NewRequest) -> TakenRequest:
    """Write a request with the work that it calls for; the unique key decides every race."""
    code = secrets.token_hex(_CODE_BYTES)
    row = (code, request.hash, RequestState.PENDING, time_text(request.at))
    columns = ("code", "request_hash", "state", "created_at")
    conflict = "ON CONFLICT (request_hash) DO NOTHING"
    if bulk.insert(connection, "deletion_requests", columns, [row], conflict):
        return TakenRequest(code, _order(connection, request, code))
    known = sa.select(deletion_requests.c.code).where(
        deletion_requests.c.request_hash == request.hash
    )
    return TakenRequest(connection.execute(known).scalar_one(), None)


def _order(connection: sa.Connection, request: NewRequest, code: str) -> OutboxId:
    order = sa.insert(outbox).values(
        kind=Work.DELETE_PERSON,
        dedupe_key=f"{_KEY}{code}",
        channel=request.person.channel,
        account=request.person.account,
        payload={"code": code, "person": request.person.external_id},
        state=OutboxState.PENDING,
        due_at=request.at,
        deadline=request.deadline,
        created_at=request.at,
    )
    key = connection.execute(order).inserted_primary_key
    return OutboxId(key[0]) if key else OutboxId(0)


def end_request(connection: sa.Connection, key: str, state: RequestState, now: datetime) -> None:
    """Write how the request with this key in the outbox ended, and forget of whom it spoke."""
    connection.execute(
        sa.update(deletion_requests)
        .where(deletion_requests.c.code == key.removeprefix(_KEY))
        .values(state=state, settled_at=now)
    )
    connection.execute(sa.update(outbox).where(outbox.c.dedupe_key == key).values(payload=None))


def find_request(connection: sa.Connection, code: str) -> RequestState | None:
    """Say how far the request with this code has come; None: there is no such one."""
    query = sa.select(deletion_requests.c.state).where(deletion_requests.c.code == code)
    state = connection.execute(query).scalar()
    return RequestState(state) if state else None
