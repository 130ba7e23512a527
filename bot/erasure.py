"""Forgets people: at once on an operator's word, by a worker on their own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.core.emails import key_of
from bot.core.model import Place
from bot.failpoints import failpoint
from bot.hints import Hint, room_of
from bot.ports import Doorbell
from bot.storage.contacts import find_associated, find_contact_by_key
from bot.storage.deletion_requests import (
    NewRequest,
    RequestState,
    TakenRequest,
    find_request,
    take_request,
)
from bot.storage.engine import Database
from bot.storage.erasing import Erased, Erasure, erase_contact, look_ahead
from bot.storage.threads import lock_visitors
from bot.storage.transactions import read, retry_races

PATIENCE = timedelta(days=30)
"""How long it is tried to find out who somebody is."""
_OPERATOR = "operator"


def is_known(database: Database, email: str) -> bool:
    """Say whether a contact has this email."""
    key = key_of(email)
    return read(database, lambda found: find_contact_by_key(found, key)) is not None


def erase_person(
    database: Database, email: str, now: datetime, doorbell: Doorbell
) -> Erased | None:
    """Erase the contact with this email and all that its visitors left; None: nobody has it.

    Who shows one of the conversations is told to look again, and finds nothing.
    """
    key = key_of(email)
    erasure = Erasure(_OPERATOR, now, read(database, lambda found: look_ahead(found, key)))

    def erase(connection: sa.Connection) -> tuple[list[Hint], Erased | None]:
        hints = _hints(connection, key)
        return hints, erase_contact(connection, key, erasure)

    hints, erased = retry_races(database, erase)
    doorbell.hint(*hints)
    return erased


def describe(erased: Erased) -> str:
    """Say what is gone, in words."""
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


def _hints(connection: sa.Connection, key: str) -> list[Hint]:
    contact = find_contact_by_key(connection, key)
    known = find_associated(connection, contact.id) if contact else []
    return [
        Hint(room_of(thread.place), thread.conversation_id)
        for thread in lock_visitors(connection, known).values()
        if thread.conversation_id
    ]


@dataclass(frozen=True, slots=True)
class DeletionDesk:
    """Takes requests to delete a person's data; whom they are about, a worker finds out."""

    database: Database
    doorbell: Doorbell
    clock: Callable[[], datetime]

    def take(self, person: Place, request_hash: str) -> str:
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
