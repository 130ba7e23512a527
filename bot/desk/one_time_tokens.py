"""Passes: signed, good for one purpose, for a short time, and once."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.desk.sessions import hash_token
from bot.edge.signing import Signer
from bot.storage.database.engine import Database
from bot.storage.database.transactions import retry_races
from bot.storage.team.sessions import issue_pass, redeem_pass, spend_pass

PASSES = "passes"
"""What keys are derived for: every process takes the passes of the others."""
SOCKET = "socket ticket"
"""Opens a socket; its subject is the session."""
SOCKET_LASTS = timedelta(seconds=30)
SIGN_IN = "sign-in link"
"""Begins a session; its subject is the agent."""
SIGN_IN_LASTS = timedelta(days=1)
_ISSUED = frozenset({SIGN_IN})
"""What opens so much that a signature is not enough: the database must know of it."""


@dataclass(frozen=True, slots=True)
class OneTimeTokens:
    """Gives passes out and takes them; both block, but for giving out a socket ticket."""

    database: Database
    signer: Signer
    clock: Callable[[], datetime]

    def write(self, purpose: str, subject: str, lasts: timedelta) -> str:
        """Write a pass."""
        until = int((self.clock() + lasts).timestamp())
        fields = {"for": subject, "until": until, "nonce": secrets.token_urlsafe(16)}
        text = self.signer.sign(purpose, fields)
        if purpose in _ISSUED:
            key, end = hash_token(text), datetime.fromtimestamp(until, UTC)
            retry_races(
                self.database,
                lambda connection: issue_pass(connection, key, purpose, subject, end),
            )
        return text

    def take(self, purpose: str, text: str) -> str | None:
        """Take a pass and say for whom it is; None: not ours, too old, or used before."""
        match self.signer.read(purpose, text):
            case {"for": str(subject), "until": int(until), "nonce": str()} if purpose in _ISSUED:
                return subject if self._redeem(text, until) else None
            case {"for": str(subject), "until": int(until), "nonce": str(nonce)}:
                return subject if self._spend(nonce, until) else None
            case _:
                return None

    def _redeem(self, text: str, until: int) -> bool:
        key, now = hash_token(text), self.clock()
        if now > datetime.fromtimestamp(until, UTC):
            return False
        return retry_races(self.database, lambda connection: redeem_pass(connection, key, now))

    def _spend(self, nonce: str, until: int) -> bool:
        now, end = self.clock(), datetime.fromtimestamp(until, UTC)
        if now > end:
            return False
        return retry_races(
            self.database, lambda connection: spend_pass(connection, nonce, end, now)
        )
