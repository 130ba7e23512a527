"""Conversations by mail that stand beside conversations on channels which name their senders."""

from collections.abc import Collection

import sqlalchemy as sa

from bot.core.model import ConversationId
from bot.storage.tables import conversations, mail_sides

_Sides = mail_sides.c


def find_mail_side(
    connection: sa.Connection, beside: ConversationId, email_key: str
) -> ConversationId | None:
    """Find the conversation that an address's owner has by mail beside another one."""
    query = (
        sa.select(_Sides.conversation_id)
        .join(conversations, conversations.c.id == _Sides.conversation_id)
        .where(
            _Sides.beside_id == beside,
            _Sides.email_key == email_key,
            conversations.c.gone_at.is_(None),
        )
    )
    return connection.execute(query).scalar()


def add_mail_side(
    connection: sa.Connection, id: ConversationId, beside: ConversationId, email_key: str
) -> None:
    """Link a conversation by mail with the one that it stands beside."""
    row = {"conversation_id": id, "beside_id": beside, "email_key": email_key}
    connection.execute(sa.insert(mail_sides).values(row))


def find_linked(connection: sa.Connection, id: ConversationId) -> list[ConversationId]:
    """List the conversations by mail beside one, or the one beside which it is by mail itself."""
    there = sa.select(_Sides.conversation_id.label("id")).where(_Sides.beside_id == id)
    here = sa.select(_Sides.beside_id.label("id")).where(_Sides.conversation_id == id)
    return [ConversationId(row.id) for row in connection.execute(there.union(here).order_by("id"))]


def find_channels(
    connection: sa.Connection, ids: Collection[ConversationId]
) -> dict[ConversationId, str]:
    """Say on which channels stand the conversations that these, by mail, are beside."""
    if not ids:
        return {}
    query = (
        sa.select(_Sides.conversation_id, conversations.c.channel)
        .join(conversations, conversations.c.id == _Sides.beside_id)
        .where(_Sides.conversation_id.in_(sorted(ids)))
    )
    return {ConversationId(row.conversation_id): row.channel for row in connection.execute(query)}
