"""Mails that browsers ask for to prove an address, and the codes in them."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.core.model import ConversationId, VisitorKey
from bot.storage.tables import proofs

CODE_LASTS = timedelta(minutes=10)
MOST_TRIES = 5
MOST_A_DAY = 3
ONE_IN = timedelta(hours=1)
_A_DAY = timedelta(days=1)
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class AskedProof:
    """A mail that a browser asked for."""

    id: int
    conversation_id: ConversationId
    browser: VisitorKey
    email: str
    code_hash: str | None
    tries: int

    def is_code(self, code: str) -> bool:
        """Say whether this is the code, which may be tried a few times only."""
        if self.code_hash is None or self.tries >= MOST_TRIES:
            return False
        return secrets.compare_digest(_hash(self.id, code), self.code_hash)


def may_ask(connection: sa.Connection, id: ConversationId, now: datetime) -> bool:
    """Say whether a conversation may have another such mail; it must be held."""
    here = proofs.c
    query = sa.select(here.asked_at).where(here.conversation_id == id, here.asked_at > now - _A_DAY)
    asked = connection.execute(query).scalars().all()
    return len(asked) < MOST_A_DAY and all(at <= now - ONE_IN for at in asked)


def was_asked(connection: sa.Connection, id: ConversationId, email: str) -> bool:
    """Say whether such a mail was asked for one address of a conversation."""
    chosen = sa.and_(proofs.c.conversation_id == id, proofs.c.email == email)
    return connection.execute(sa.select(proofs.c.id).where(chosen).limit(1)).first() is not None


def may_prove(
    connection: sa.Connection, id: ConversationId, browser: VisitorKey, email: str
) -> bool:
    """Say whether a mail with a code for one address was asked for by a browser."""
    here = proofs.c
    chosen = (
        here.conversation_id == id,
        here.email == email,
        here.channel == browser.channel,
        here.account == browser.account,
        here.external_id == browser.external_id,
        here.ended_at.is_(None),
    )
    return connection.execute(sa.select(here.id).where(*chosen).limit(1)).first() is not None


def add_proof_wish(
    connection: sa.Connection, id: ConversationId, browser: VisitorKey, email: str, now: datetime
) -> int:
    """Keep that a browser asked for a mail."""
    row = {"conversation_id": id, **browser._asdict(), "email": email, "asked_at": now, "tries": 0}
    made = connection.execute(sa.insert(proofs).values(row).returning(proofs.c.id))
    return int(made.scalar_one())


def find_asked(connection: sa.Connection, id: int) -> AskedProof | None:
    """Look up a mail that was asked for; None: it has ended."""
    chosen = sa.and_(proofs.c.id == id, proofs.c.ended_at.is_(None))
    row = connection.execute(sa.select(proofs).where(chosen)).one_or_none()
    return _asked(row) if row else None


def find_all_asked(connection: sa.Connection, ids: Iterable[int]) -> dict[int, AskedProof]:
    """Look up mails that were asked for and have not ended; none costs no statement."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    chosen = sa.and_(proofs.c.id.in_(wanted), proofs.c.ended_at.is_(None))
    return {row.id: _asked(row) for row in connection.execute(sa.select(proofs).where(chosen))}


def find_open(connection: sa.Connection, browser: VisitorKey, now: datetime) -> AskedProof | None:
    """Find the last mail that a browser asked for, if the code in it is still good."""
    here = proofs.c
    query = sa.select(proofs).where(
        here.channel == browser.channel,
        here.account == browser.account,
        here.external_id == browser.external_id,
        here.ended_at.is_(None),
        here.expires_at > now,
    )
    row = connection.execute(query.order_by(here.id.desc()).limit(1)).one_or_none()
    return _asked(row) if row else None


def make_code(connection: sa.Connection, id: int, now: datetime) -> str:
    """Make the code of a mail that is being written."""
    code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"
    values = {"code_hash": _hash(id, code), "expires_at": now + CODE_LASTS, "tries": 0}
    connection.execute(sa.update(proofs).where(proofs.c.id == id).values(values))
    return code


def count_try(connection: sa.Connection, id: int) -> None:
    """Count a code that was tried."""
    tries = proofs.c.tries + 1
    connection.execute(sa.update(proofs).where(proofs.c.id == id).values(tries=tries))


def end_proofs(connection: sa.Connection, id: ConversationId, email: str, now: datetime) -> None:
    """End all codes for one address of a conversation."""
    chosen = sa.and_(
        proofs.c.conversation_id == id, proofs.c.email == email, proofs.c.ended_at.is_(None)
    )
    connection.execute(sa.update(proofs).where(chosen).values(ended_at=now))


def _hash(id: int, code: str) -> str:
    return hashlib.sha256(f"{id}\n{code}".encode()).hexdigest()


def _asked(row: Any) -> AskedProof:  # noqa: ANN401 - a row of the table
    return AskedProof(
        row.id,
        ConversationId(row.conversation_id),
        VisitorKey(row.channel, row.account, row.external_id),
        row.email,
        row.code_hash,
        row.tries,
    )
