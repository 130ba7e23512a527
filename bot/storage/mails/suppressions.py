"""Addresses that get no mails from conversations: by which signal, since when, and until when.

An address stands there as a hash with a key of our own, which outlives an erasure; beside it in
clear only as long as the person is known.
"""

import hashlib
import hmac
import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from bot.storage.database.bulk import insert
from bot.storage.tables import server_keys, suppressions, time_text

_KEY = "suppressions"
_Fields = suppressions.c


class Silence(StrEnum):
    """Why an address gets no mails from conversations any more."""

    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


class Signal(StrEnum):
    """By which signal we came to know; with a server's code behind it, where there is one."""

    LINK = "link"
    """The link in one of our mails was used."""
    REFUSAL = "refusal"
    """Our mail server refused the address."""
    RETURN = "return"
    """One of our mails came back."""
    COMPLAINT = "complaint"
    """The provider of the mailbox passed a complaint on."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why and by which signal an address is left alone."""

    why: Silence
    signal: Signal
    code: str = ""


@dataclass(frozen=True, slots=True)
class Suppression:
    """An address that is left alone."""

    id: str
    """Its hash."""
    email: str | None
    """None: not known in clear, or the person was erased."""
    why: Silence
    signal: str | None
    """None: it was written before signals were kept."""
    at: datetime


def email_hash(email_key: str) -> str:
    """Name an address without naming it, in links that its own mails carry."""
    return hashlib.sha256(f"email\n{email_key}".encode()).hexdigest()


def suppress(
    connection: sa.Connection, email_key: str, reason: Reason, now: datetime, email: str | None
) -> bool:
    """Send nothing to an address any more; says whether that is news."""
    return suppress_hash(connection, email_hash(email_key), reason, now, email)


def suppress_hash(
    connection: sa.Connection,
    hashed: str,
    reason: Reason,
    now: datetime,
    email: str | None = None,
) -> bool:
    """Send nothing any more to an address that is known by its hash alone.

    What its owner wants outlasts what was found out: it takes the place of that.
    """
    known = _find(connection, [hashed])
    if any(one.why is reason.why or one.why is Silence.UNSUBSCRIBED for one in known):
        return False
    if known and reason.why is not Silence.UNSUBSCRIBED:
        return False
    _delete(connection, [one.id for one in known])
    signal = " ".join(filter(None, (reason.signal, reason.code)))
    row = (_keyed(connection, hashed, now), reason.why, time_text(now), email, signal)
    columns = ("email_hash", "reason", "at", "email", "signal")
    conflict = "ON CONFLICT (email_hash) DO NOTHING"
    return insert(connection, "suppressions", columns, [row], conflict) == 1


def find_silence(connection: sa.Connection, email_key: str) -> Silence | None:
    """Say why an address gets no mails; None: it does."""
    return find_silences(connection, [email_key]).get(email_key)


def find_silences(connection: sa.Connection, email_keys: Collection[str]) -> dict[str, Silence]:
    """Say why addresses get no mails; those that do are missing."""
    by_hash = {email_hash(email_key): email_key for email_key in email_keys}
    found = {one.id: one.why for one in _find(connection, by_hash)}
    key = _read_key(connection) if found else None
    ids = {email_key: (hashed, key and _mix(key, hashed)) for hashed, email_key in by_hash.items()}
    return {
        email_key: found[one] for email_key, known in ids.items() for one in known if one in found
    }


def list_suppressions(connection: sa.Connection, limit: int) -> list[Suppression]:
    """List addresses that are left alone, the newest first."""
    query = sa.select(suppressions).order_by(_Fields.at.desc(), _Fields.email_hash).limit(limit)
    return _read(connection, query)


def lift(connection: sa.Connection, email_key: str) -> Silence | None:
    """Let mails go to an address again; says why none did, None: they do."""
    found = _find(connection, [email_hash(email_key)])
    _delete(connection, [one.id for one in found])
    return found[0].why if found else None


def lift_by_id(connection: sa.Connection, id: str) -> Silence | None:
    """Let mails go again to an address that is known by its hash alone."""
    found = _read(connection, sa.select(suppressions).where(_Fields.email_hash == id))
    _delete(connection, [id])
    return found[0].why if found else None


def forget_addresses(connection: sa.Connection, email_keys: Collection[str], now: datetime) -> None:
    """End what was found out about a person's addresses; an unsubscription stays, unnamed."""
    by_hash = {email_hash(key) for key in email_keys}
    found = _find(connection, by_hash)
    _delete(connection, [one.id for one in found])
    for one in found:
        if one.why is Silence.UNSUBSCRIBED:
            keyed = _keyed(connection, one.id, now) if one.id in by_hash else one.id
            row = (keyed, one.why, time_text(one.at), None, one.signal)
            columns = ("email_hash", "reason", "at", "email", "signal")
            conflict = "ON CONFLICT (email_hash) DO NOTHING"
            insert(connection, "suppressions", columns, [row], conflict)


def _find(connection: sa.Connection, hashes: Collection[str]) -> list[Suppression]:
    """Look addresses up, also under the hashes without a key that were once written."""
    if not hashes:
        return []
    key = _read_key(connection)
    ids = {*hashes, *(_mix(key, one) for one in hashes if key)}
    return _read(connection, sa.select(suppressions).where(_Fields.email_hash.in_(sorted(ids))))


def _read(connection: sa.Connection, query: sa.Select[tuple[str]]) -> list[Suppression]:
    return [
        Suppression(row.email_hash, row.email, Silence(row.reason), row.signal, row.at)
        for row in connection.execute(query)
    ]


def _delete(connection: sa.Connection, ids: Iterable[str]) -> None:
    connection.execute(sa.delete(suppressions).where(_Fields.email_hash.in_(sorted(ids))))


def _keyed(connection: sa.Connection, hashed: str, now: datetime) -> str:
    key = _read_key(connection)
    if key is None:
        row = (_KEY, secrets.token_hex(32), time_text(now))
        conflict = "ON CONFLICT (name) DO NOTHING"
        insert(connection, "server_keys", ("name", "value", "created_at"), [row], conflict)
        key = _read_key(connection) or ""
    return _mix(key, hashed)


def _read_key(connection: sa.Connection) -> str | None:
    known = sa.select(server_keys.c.value).where(server_keys.c.name == _KEY)
    return connection.execute(known).scalar()


def _mix(key: str, hashed: str) -> str:
    return hmac.new(key.encode(), hashed.encode(), hashlib.sha256).hexdigest()
