"""Mails to visitors: the thread of each conversation, and what went out."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.core.audience import Audience
from bot.core.emails import Address, validate
from bot.core.model import Author, Conversation, ConversationId, Kind, Place
from bot.storage.audiences import readable
from bot.storage.tables import (
    conversations,
    mail_threads,
    mails,
    messages,
    reply_addresses,
    visitors,
)

_TOKEN_BYTES = 16
_MOST_EARLIER = 20
_MOST_MAILED = 50


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
class UnreadReply:
    """What an agent wrote and the visitor has not seen."""

    seq: int
    name: str | None
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Correspondent:
    """Whose conversation a mail belongs to, by the address for answers that it went to."""

    conversation_id: ConversationId
    place: Place
    email_key: str | None
    """The one address that this address for answers was mailed to; None: nobody knows any more."""
    is_current: bool
    """The conversation still has that address."""


def open_thread(
    connection: sa.Connection, id: ConversationId, email_key: str, now: datetime
) -> str:
    """Give the token of the address for answers that is good for one address of a conversation.

    The conversation must be held.
    """
    here = reply_addresses.c
    known = sa.select(here.token).where(
        here.conversation_id == id, here.email_key == email_key, here.ended_at.is_(None)
    )
    token: str | None = connection.execute(known).scalar()
    if token is None:
        token = secrets.token_hex(_TOKEN_BYTES)  # letters of one case: mail servers fold them
        row = {"token": token, "conversation_id": id, "email_key": email_key, "created_at": now}
        connection.execute(sa.insert(reply_addresses).values(row))
    return token


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
    place = Place(row.channel, row.account, row.external_id)
    return Correspondent(ConversationId(id), place, email_key, is_current)


def _key_of(email: str | None) -> str | None:
    address = validate(email or "")
    return address.key if isinstance(address, Address) else None


def find_unread(
    connection: sa.Connection, id: ConversationId, owner: Audience, seen_up_to: datetime | None
) -> list[UnreadReply]:
    """List what agents wrote that its reader has neither seen nor got by mail, oldest first."""
    mailed = sa.select(sa.func.coalesce(sa.func.max(mails.c.last_seq), 0)).where(
        mails.c.conversation_id == id
    )
    query = _REPLIES.where(
        messages.c.conversation_id == id,
        messages.c.seq > mailed.scalar_subquery(),
        readable([owner]),
    )
    if seen_up_to:
        query = query.where(messages.c.at > seen_up_to)
    return _replies(connection, query.order_by(messages.c.seq))


def find_reply(connection: sa.Connection, message_id: int, owner: Audience) -> list[UnreadReply]:
    """Look one reply up; none, if it is not there any more, or not for its reader."""
    query = _REPLIES.where(messages.c.id == message_id, readable([owner]))
    return _replies(connection, query)


_REPLIES = sa.select(messages.c.seq, messages.c.name, messages.c.text, messages.c.at).where(
    messages.c.author == Author.AGENT, messages.c.kind == Kind.TEXT
)


def find_mailed(connection: sa.Connection, id: ConversationId) -> list[UnreadReply]:
    """List the newest replies of a conversation that were mailed, oldest first."""
    here = mails.c
    is_mailed = sa.exists().where(
        here.conversation_id == id, messages.c.seq.between(here.first_seq, here.last_seq)
    )
    newest = _REPLIES.where(messages.c.conversation_id == id, is_mailed)
    query = newest.order_by(messages.c.seq.desc()).limit(_MOST_MAILED)
    return _replies(connection, query)[::-1]


def _replies(
    connection: sa.Connection, query: sa.Select[tuple[int, str, str, datetime]]
) -> list[UnreadReply]:
    return [UnreadReply(row.seq, row.name, row.text, row.at) for row in connection.execute(query)]


def add_mail(connection: sa.Connection, mail: SentMail) -> None:
    """Note a mail before it leaves."""
    connection.execute(
        sa.insert(mails).values(
            conversation_id=mail.conversation_id,
            email_key=mail.email_key,
            message_key=mail.key,
            first_seq=mail.first_seq,
            last_seq=mail.last_seq,
            at=mail.at,
        )
    )


def forget_mail(connection: sa.Connection, key: str) -> None:
    """Take back the note of a mail that surely did not leave."""
    connection.execute(sa.delete(mails).where(mails.c.message_key == key))


def has_mailed(connection: sa.Connection, id: ConversationId, email_key: str) -> bool:
    """Say whether a mail of this conversation went to an address."""
    here = sa.and_(mails.c.conversation_id == id, mails.c.email_key == email_key)
    return connection.execute(sa.select(mails.c.id).where(here).limit(1)).first() is not None


def find_mailed_to(connection: sa.Connection, key: str) -> str | None:
    """Say to which address the mail with this key went; None: there is no such one any more."""
    query = sa.select(mails.c.email_key).where(mails.c.message_key == key)
    return connection.execute(query).scalar()


def find_earlier(connection: sa.Connection, id: ConversationId, email_key: str) -> tuple[str, ...]:
    """List the keys of a conversation's last mails to an address, the oldest first."""
    query = (
        sa.select(mails.c.message_key)
        .where(mails.c.conversation_id == id, mails.c.email_key == email_key)
        .order_by(mails.c.id.desc())
        .limit(_MOST_EARLIER)
    )
    return tuple(reversed([row.message_key for row in connection.execute(query)]))


def mailed_since(connection: sa.Connection, email_key: str, since: datetime) -> Sequence[datetime]:
    """Say when mails went to an address, from whatever conversation, the newest first."""
    query = (
        sa.select(mails.c.at)
        .where(mails.c.email_key == email_key, mails.c.at > since)
        .order_by(mails.c.at.desc())
    )
    return [row.at for row in connection.execute(query)]


def is_known_message(connection: sa.Connection, provider_key: str) -> bool:
    """Say whether a message with this key is stored."""
    chosen = messages.c.provider_key == provider_key
    return connection.execute(sa.select(messages.c.id).where(chosen)).first() is not None


def find_recipient(connection: sa.Connection, id: ConversationId) -> Conversation | None:
    """Read of a conversation what decides on mails; it is not held."""
    here = conversations.c
    columns = (here.channel, here.visitor_seen_at, here.email, here.proved_email)
    row = connection.execute(sa.select(*columns).where(conversations.c.id == id)).one_or_none()
    if row is None:
        return None
    return Conversation(
        row.channel,
        visitor_seen_at=row.visitor_seen_at,
        email=row.email,
        proved_email=row.proved_email,
    )
