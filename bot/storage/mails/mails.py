"""Mails to visitors: the thread of each conversation, and what went out."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.core.emails import Address, validate
from bot.core.model import Capture, Consent, Conversation, ConversationId, VisitorKey
from bot.storage.tables import (
    conversations,
    mail_threads,
    mails,
    messages,
    reply_addresses,
    visitors,
)

_TOKEN_BYTES = 16


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail that is on its way, or was."""

    conversation_id: ConversationId
    email_key: str
    key: str
    first_seq: int
    last_seq: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Correspondent:
    """The conversation of a mail, found by its address for answers."""

    conversation_id: ConversationId
    place: VisitorKey
    email_key: str | None
    """The one address that this address for answers was mailed to; None: nobody knows any more."""
    is_current: bool
    """The conversation still has that address."""


def open_threads(
    connection: sa.Connection, email_keys: Mapping[ConversationId, str], now: datetime
) -> dict[ConversationId, str]:
    """Give the tokens of the addresses for answers, each good for one address of a conversation.

    The conversations must be held.
    """
    here = reply_addresses.c
    query = sa.select(here.conversation_id, here.email_key, here.token).where(
        here.conversation_id.in_(sorted(email_keys)), here.ended_at.is_(None)
    )
    known = {
        ConversationId(row.conversation_id): str(row.token)
        for row in connection.execute(query)
        if row.email_key == email_keys[row.conversation_id]
    }
    # letters of one case: mail servers fold them
    new = {talk: secrets.token_hex(_TOKEN_BYTES) for talk in email_keys if talk not in known}
    rows = [
        {"token": token, "conversation_id": talk, "email_key": email_keys[talk], "created_at": now}
        for talk, token in new.items()
    ]
    if rows:
        connection.execute(sa.insert(reply_addresses), rows)
    return known | new


def end_reply_addresses(
    connection: sa.Connection, id: ConversationId, kept: Collection[str], now: datetime
) -> None:
    """Let no answer come in any more by what was mailed to a conversation's former addresses."""
    here = reply_addresses.c
    ended = sa.and_(
        here.conversation_id == id, here.ended_at.is_(None), here.email_key.not_in(sorted(kept))
    )
    connection.execute(sa.update(reply_addresses).where(ended).values(ended_at=now))


def find_by_token(connection: sa.Connection, token: str) -> Correspondent | None:
    """Say whose conversation an address for answers belongs to."""
    here = reply_addresses.c
    query = sa.select(here.conversation_id, here.email_key, here.ended_at).where(
        here.token == token
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return _find_by_older_token(connection, token)
    is_open = row.ended_at is None
    return _correspondent(connection, row.conversation_id, row.email_key, is_open=is_open)


def find_by_mail(connection: sa.Connection, key: str) -> Correspondent | None:
    """Say in whose conversation we have sent a mail."""
    query = sa.select(mails.c.conversation_id, mails.c.email_key)
    row = connection.execute(query.where(mails.c.message_key == key)).one_or_none()
    return _correspondent(connection, *row, is_open=True) if row else None


def _find_by_older_token(connection: sa.Connection, token: str) -> Correspondent | None:
    """Look up one that was a conversation's for ever: good, if it was mailed to one address."""
    query = (
        sa.select(mail_threads.c.conversation_id, mails.c.email_key)
        .outerjoin(mails, mails.c.conversation_id == mail_threads.c.conversation_id)
        .where(mail_threads.c.token == token)
        .distinct()
    )
    rows = connection.execute(query).all()
    if not rows:
        return None
    key = rows[0].email_key if len(rows) == 1 else None
    return _correspondent(connection, rows[0].conversation_id, key, is_open=True)


def _correspondent(
    connection: sa.Connection, id: ConversationId, email_key: str | None, *, is_open: bool
) -> Correspondent | None:
    query = (
        sa.select(
            visitors.c.channel,
            visitors.c.account,
            visitors.c.external_id,
            conversations.c.email,
            conversations.c.proved_email,
            conversations.c.beside_email,
        )
        .join(visitors, visitors.c.id == conversations.c.visitor_id)
        .where(conversations.c.id == id, conversations.c.gone_at.is_(None))
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    known = (row.proved_email, row.beside_email) if row.proved_email else (row.email,)
    is_current = is_open and email_key is not None and email_key in map(_key_of, known)
    place = VisitorKey(row.channel, row.account, row.external_id)
    return Correspondent(ConversationId(id), place, email_key, is_current)


def _key_of(email: str | None) -> str | None:
    address = validate(email or "")
    return address.key if isinstance(address, Address) else None


def add_mails(connection: sa.Connection, sent: Collection[SentMail]) -> None:
    """Note mails before they leave."""
    rows = [
        {
            "conversation_id": mail.conversation_id,
            "email_key": mail.email_key,
            "message_key": mail.key,
            "first_seq": mail.first_seq,
            "last_seq": mail.last_seq,
            "at": mail.at,
        }
        for mail in sent
    ]
    if rows:
        connection.execute(sa.insert(mails), rows)


def forget_mails(connection: sa.Connection, keys: Collection[str]) -> None:
    """Take back the notes of mails that surely did not leave."""
    if keys:
        connection.execute(sa.delete(mails).where(mails.c.message_key.in_(sorted(keys))))


def has_mailed(connection: sa.Connection, id: ConversationId, email_key: str) -> bool:
    """Say whether a mail of this conversation went to an address."""
    here = sa.and_(mails.c.conversation_id == id, mails.c.email_key == email_key)
    return connection.execute(sa.select(mails.c.id).where(here).limit(1)).first() is not None


def find_mailed_to(connection: sa.Connection, key: str) -> str | None:
    """Say to which address the mail with this key went; None: there is no such one any more."""
    query = sa.select(mails.c.email_key).where(mails.c.message_key == key)
    return connection.execute(query).scalar()


def is_known_message(connection: sa.Connection, provider_key: str) -> bool:
    """Say whether a message with this key is stored."""
    chosen = messages.c.provider_key == provider_key
    return connection.execute(sa.select(messages.c.id).where(chosen)).first() is not None


def find_recipient(connection: sa.Connection, id: ConversationId) -> Conversation | None:
    """Read of a conversation what decides on mails; it is not held."""
    here = conversations.c
    columns = (here.channel, here.visitor_seen_at, here.email, here.proved_email, here.consent)
    row = connection.execute(sa.select(*columns).where(conversations.c.id == id)).one_or_none()
    if row is None:
        return None
    return Conversation(
        row.channel,
        visitor_seen_at=row.visitor_seen_at,
        email=row.email,
        proved_email=row.proved_email,
        capture=Capture(consent=Consent(row.consent) if row.consent else None),
    )
