"""Addresses whose owners said that it was not them who gave the address in a conversation."""

from collections.abc import Collection
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.core.model import ConversationId
from bot.storage.conversations.mail_sides import channel_of
from bot.storage.database.bulk import insert
from bot.storage.tables import conversations, return_links, time_text, withdrawals

MANY = 3
_WITHIN = timedelta(days=30)


def add_withdrawal(
    connection: sa.Connection, email_hash: str, id: ConversationId, now: datetime
) -> bool:
    """Keep that an address is not that of a conversation's visitor; says whether that is news."""
    columns = ("email_hash", "conversation_id", "at")
    conflict = "ON CONFLICT (email_hash, conversation_id) DO NOTHING"
    row = (email_hash, id, time_text(now))
    return insert(connection, "withdrawals", columns, [row], conflict) == 1


def find_withdrawn(
    connection: sa.Connection, claims: Collection[tuple[str, ConversationId]]
) -> set[tuple[str, ConversationId]]:
    """Say of addresses' hashes in conversations which get no mails there, by their owners' words.

    Three conversations in thirty days are many: the address gets no mails to claims any more.
    """
    here = withdrawals.c
    query = sa.select(withdrawals).where(
        here.email_hash.in_(sorted({hashed for hashed, _ in claims}))
    )
    rows = connection.execute(query.order_by(here.email_hash, here.at)).all()
    known = {(row.email_hash, row.conversation_id) for row in rows}
    spans = zip(rows, rows[MANY - 1 :], strict=False)
    many = {
        first.email_hash
        for first, last in spans
        if first.email_hash == last.email_hash and last.at - first.at <= _WITHIN
    }
    return {claim for claim in claims if claim in known or claim[0] in many}


def find_origin(connection: sa.Connection, id: ConversationId) -> tuple[str, str] | None:
    """Name the channel and the account of a conversation; of one by mail, those it is beside."""
    query = sa.select(conversations.c.channel, conversations.c.account)
    row = connection.execute(query.where(conversations.c.id == id)).one_or_none()
    if row is None:
        return None
    return channel_of(connection, id, row.channel), row.account


def end_links(connection: sa.Connection, id: ConversationId, email: str) -> None:
    """End the links that were mailed to an address for a conversation."""
    chosen = sa.and_(return_links.c.conversation_id == id, return_links.c.email == email)
    connection.execute(sa.delete(return_links).where(chosen))
