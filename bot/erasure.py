"""Forgets people: at once on an operator's word, by a worker on their own."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.core.emails import key_of
from bot.core.model import VisitorKey
from bot.edge.numbers import as_number
from bot.forgetting import Forgotten, forget
from bot.ports.doorbell import Doorbell
from bot.runtime.failpoints import failpoint
from bot.storage.database.engine import Database
from bot.storage.database.transactions import read, retry_races
from bot.storage.forgetting import erasing
from bot.storage.forgetting.deletion_requests import (
    NewRequest,
    RequestState,
    TakenRequest,
    find_request,
    take_request,
)
from bot.storage.forgetting.erasing import Erased, Erasure, Whom, erase_whom
from bot.storage.forgetting.persons import LinkedVisitor

PATIENCE = timedelta(days=30)
"""How long it is tried to find out who somebody is."""
_OPERATOR = "operator"
# E.164 ends at 15 digits: what is longer may be a person's id at another channel
_NUMBER = re.compile(r"\+(?:[ ()./-]*\d){5,15}")


def read_whom(said: str, also: tuple[int, ...] = ()) -> Whom:
    """Read whom an operator names: an address, a `+` with a phone number, or a visitor's id."""
    words = said.strip()
    if words.isascii() and words.isdigit():
        number = as_number(words)
        return Whom(visitors=also if number is None else (number, *also))
    if _NUMBER.fullmatch(words):
        return Whom(phone=words, visitors=also)
    return Whom(key_of(words), visitors=also)


def is_known(database: Database, whom: Whom) -> bool:
    """Say whether there is somebody to forget."""
    return read(database, lambda found: erasing.is_known(found, whom))


def erase_person(
    database: Database, whom: str | Whom, now: datetime, doorbell: Doorbell
) -> Forgotten | None:
    """Erase a person and all that its visitors left; None: there is nobody.

    Who shows one of the conversations is told to look again, and finds nothing.
    """
    chosen = read_whom(whom) if isinstance(whom, str) else whom
    erasure = Erasure(_OPERATOR, now)
    begun = retry_races(database, lambda found: erase_whom(found, chosen, erasure))
    return forget(database, begun, doorbell) if begun else None


def describe(forgotten: Forgotten) -> str:
    """Say what is gone, in words, and what is not."""
    sentences = [f"Erased: {_count_all(forgotten.removed)}."]
    if not forgotten.is_finished:
        what = _count_found(forgotten.found)
        sentences = [f"Hidden everywhere: {what}. A worker deletes them within minutes."]
    if forgotten.left:
        sentences.append(
            "Not erased, since only an agent linked them, or they have proved another address: "
            + ", ".join(map(_name, forgotten.left))
            + ". --also VISITOR erases them too."
        )
    return " ".join(sentences)


def _name(left: LinkedVisitor) -> str:
    where = f", conversation {left.conversation_id}" if left.conversation_id else ""
    return f"visitor {left.id} ({left.place.channel}{where})"


def _count_found(found: Erased) -> str:
    parts = [
        _count(found.contacts, "contact"),
        _count(found.visitors, "visitor"),
        _count(found.conversations, "conversation"),
    ]
    return f"{', '.join(parts)} and {_count(found.messages, 'message')}"


def _count_all(erased: Erased) -> str:
    parts = [
        _count(erased.contacts, "contact"),
        _count(erased.visitors, "visitor"),
        _count(erased.conversations, "conversation"),
        _count(erased.messages, "message"),
        _count(erased.orders, "piece of work", "pieces of work"),
    ]
    return f"{', '.join(parts)} and {_count(erased.dead_letters, 'dead letter')}"


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number or 'no'} {one if number == 1 else many or one + 's'}"


@dataclass(frozen=True, slots=True)
class DeletionDesk:
    """Takes requests to delete a person's data; whom they are about, a worker finds out."""

    database: Database
    doorbell: Doorbell
    clock: Callable[[], datetime]

    def take(self, person: VisitorKey, request_hash: str) -> str:
        """Return the code of the request, the same for the same one. Raises UnavailableError."""
        now = self.clock()
        request = NewRequest(request_hash, person, now, now + PATIENCE)

        def write(connection: sa.Connection) -> TakenRequest:
            return take_request(connection, request)

        taken = retry_races(self.database, write)
        failpoint("deletion.after_commit")
        if taken.order is not None:
            self.doorbell.ring(taken.order)
        return taken.code

    def look_up(self, code: str) -> RequestState | None:
        """Say how far a request has come; None: there is no such one."""
        return read(self.database, lambda connection: find_request(connection, code))
