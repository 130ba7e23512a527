"""Ends mails to an address, on the word of whoever holds one of our mails."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.edge.signing import Signer
from bot.follow_ups.letter import UNSUBSCRIBE
from bot.storage.engine import Database
from bot.storage.mails import Silence, suppress
from bot.storage.transactions import retry_races


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
        hashed = self._read(token)
        if hashed is None:
            return False
        now = self.clock()
        retry_races(self.database, lambda found: suppress(found, hashed, Silence.UNSUBSCRIBED, now))
        return True

    def _read(self, token: str) -> str | None:
        match self.signer.read(UNSUBSCRIBE, token):
            case {"of": str(hashed)}:
                return hashed
            case _:
                return None
