"""Addresses that get no mails from conversations, for admins and operators to see and to lift."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.core.emails import Address, validate
from bot.desk.errors import NotFoundError
from bot.desk.types import Actor
from bot.storage.database.engine import Database
from bot.storage.database.transactions import read, retry_races
from bot.storage.mails.suppressions import (
    Signal,
    Silence,
    Suppression,
    lift,
    lift_by_id,
    list_suppressions,
)
from bot.storage.operations.audits import add_audit

MOST = 500
LIFTED = "suppression.lifted"
_BY = {
    Signal.LINK: "the link in one of our mails was used",
    Signal.REFUSAL: "our mail server refused the address",
    Signal.RETURN: "a mail came back",
    Signal.COMPLAINT: "the mailbox's provider passed a complaint on",
}
_BEFORE = "written before signals were kept"


@dataclass(frozen=True, slots=True)
class Suppressions:
    """Blocks, so the web calls it from threads."""

    database: Database
    clock: Callable[[], datetime]

    def list(self) -> list[Suppression]:
        """List the newest `MOST` addresses that get no mails."""
        return read(self.database, lambda found: list_suppressions(found, MOST))

    def lift_email(self, email: str, actor: Actor) -> None:
        """Let mails go to an address again. Raises NotFoundError if they do."""
        address = validate(email)
        if not isinstance(address, Address):
            raise NotFoundError
        self._lift(lambda connection: lift(connection, address.key), actor)

    def lift(self, id: str, actor: Actor) -> None:
        """Let mails go again to the address of one line of the list. Raises NotFoundError."""
        self._lift(lambda connection: lift_by_id(connection, id), actor)

    def _lift(self, end: Callable[[sa.Connection], Silence | None], actor: Actor) -> None:
        def write(connection: sa.Connection) -> None:
            why = end(connection)
            if why is None:
                raise NotFoundError
            add_audit(connection, actor.key, LIFTED, self.clock(), {"was": why})

        retry_races(self.database, write)


def describe_signal(suppression: Suppression) -> str:
    """Say by which signal we came to know, in words."""
    signal, _, code = (suppression.signal or "").partition(" ")
    if not signal:
        return _BEFORE
    words = _BY[Signal(signal)]
    return f"{words} ({code})" if code else words
