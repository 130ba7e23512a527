"""Links that bring a conversation back, and the browsers to which they have brought one."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from bot.core.model import ConversationId, VisitorId, VisitorKey
from bot.storage.database.bulk import insert
from bot.storage.tables import browsers, conversations, return_links, time_text, visitors

LASTS = timedelta(days=7)
_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class ReturnLink:
    """A link that is still good, or was."""

    conversation_id: ConversationId
    email: str
    home: VisitorKey
    """Whose conversation it is."""
    locale: str | None


class NewLink(NamedTuple):
    """A link that goes out in a mail."""

    conversation_id: ConversationId
    email: str
    token: str

    @classmethod
    def of(cls, id: ConversationId, email: str) -> "NewLink":
        """Draw a token."""
        return cls(id, email, secrets.token_urlsafe(_TOKEN_BYTES))


def add_links(connection: sa.Connection, links: Collection[NewLink], now: datetime) -> None:
    """Keep links by their hashes, and clear those of the same conversations away that ended."""
    if not links:
        return
    talks = sorted({link.conversation_id for link in links})
    here = return_links.c
    ended = sa.and_(here.conversation_id.in_(talks), here.expires_at <= now)
    connection.execute(sa.delete(return_links).where(ended))
    rows = [
        {
            "token_hash": _hash(link.token),
            "conversation_id": link.conversation_id,
            "email": link.email,
            "expires_at": now + LASTS,
        }
        for link in links
    ]
    connection.execute(sa.insert(return_links), rows)


def make_link(connection: sa.Connection, id: ConversationId, email: str, now: datetime) -> str:
    """Make one link and return its token."""
    link = NewLink.of(id, email)
    add_links(connection, [link], now)
    return link.token


def find_link(
    connection: sa.Connection, token: str, now: datetime, *, is_used: bool = False
) -> ReturnLink | None:
    """Look a link up that is good: unused, not too old, and for the address still in use.

    Or one that was good until it was used.
    """
    used_at = return_links.c.used_at
    query = (
        sa.select(
            return_links.c.conversation_id,
            return_links.c.email,
            conversations.c.locale,
            visitors.c.channel,
            visitors.c.account,
            visitors.c.external_id,
        )
        .join(conversations, conversations.c.id == return_links.c.conversation_id)
        .join(visitors, visitors.c.id == conversations.c.visitor_id)
        .where(
            return_links.c.token_hash == _hash(token),
            used_at.is_not(None) if is_used else used_at.is_(None),
            return_links.c.expires_at > now,
            # else who was given by mistake would read what goes to somebody else now
            _is_own_email(),
        )
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    home = VisitorKey(row.channel, row.account, row.external_id)
    return ReturnLink(ConversationId(row.conversation_id), row.email, home, row.locale)


def _is_own_email() -> sa.ColumnElement[bool]:
    here, email = conversations.c, return_links.c.email
    is_claimed = sa.and_(here.proved_email.is_(None), here.email == email)
    return sa.or_(is_claimed, here.proved_email == email, here.beside_email == email)


def use_link(connection: sa.Connection, token: str, now: datetime) -> bool:
    """Use a link up; False: somebody else was first."""
    unused = sa.and_(return_links.c.token_hash == _hash(token), return_links.c.used_at.is_(None))
    used = connection.execute(sa.update(return_links).where(unused).values(used_at=now))
    return used.rowcount == 1


def add_proof(
    connection: sa.Connection,
    browser: VisitorKey,
    visitor_id: VisitorId,
    email_key: str,
    now: datetime,
) -> None:
    """Keep that a browser has proved an address in a visitor's conversation."""
    row = (*browser, email_key, visitor_id, time_text(now))
    columns = ("channel", "account", "external_id", "email_key", "visitor_id", "at")
    conflict = (
        "ON CONFLICT (channel, account, external_id, email_key)"
        " DO UPDATE SET visitor_id = excluded.visitor_id, at = excluded.at"
    )
    insert(connection, "browser_proofs", columns, [row], conflict)


def find_home(connection: sa.Connection, place: VisitorKey) -> VisitorKey | None:
    """Say whose conversation a further browser reads; None: it is none of those."""
    query = (
        sa.select(visitors.c.channel, visitors.c.account, visitors.c.external_id)
        .join(browsers, browsers.c.visitor_id == visitors.c.id)
        .where(
            browsers.c.channel == place.channel,
            browsers.c.account == place.account,
            browsers.c.external_id == place.external_id,
        )
    )
    row = connection.execute(query).one_or_none()
    return VisitorKey(row.channel, row.account, row.external_id) if row else None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
