"""Ends mails to an address, on the word of whoever holds one of our mails."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.edge.signing import Signer
from bot.follow_ups.letter import UNSUBSCRIBE
from bot.storage.database.engine import Database
from bot.storage.database.transactions import retry_races
from bot.storage.mails.mails import find_mailed_to
from bot.storage.mails.suppressions import Reason, Signal, Silence, email_hash, suppress_hash

_BY_LINK = Reason(Silence.UNSUBSCRIBED, Signal.LINK)


@dataclass(frozen=True, slots=True)
class Unsubscribing:
    """Reads tokens of ours; blocks, so the web calls it from threads."""

    database: Database
    signer: Signer
    clock: Callable[[], datetime]

    def is_ours(self, token: str) -> bool:
        """Say whether we have written this token."""
        return self._read(token) is not None

    def stop(self, token: str) -> bool:
        """Send nothing to the token's address any more; False: it is none of ours."""
        told = self._read(token)
        if told is None:
            return False
        retry_races(self.database, lambda connection: self._stop(connection, *told))
        return True

    def _stop(self, connection: sa.Connection, hashed: str, mail: str) -> None:
        email = find_mailed_to(connection, mail)
        known = email if email and email_hash(email) == hashed else None
        suppress_hash(connection, hashed, _BY_LINK, self.clock(), known)

    def _read(self, token: str) -> tuple[str, str] | None:
        match self.signer.read(UNSUBSCRIBE, token):
            case {"of": str(hashed), **more}:
                return hashed, str(more.get("mail", ""))
            case _:
                return None
