"""Conversations by mail that stand beside conversations on channels which name their senders."""

from collections.abc import Collection
from typing import NamedTuple

import sqlalchemy as sa

from bot.core.model import ConversationId, VisitorKey
from bot.storage.tables import conversations, mail_sides, visitors
from config.rules import MAIL

_Sides = mail_sides.c


class SenderSide(NamedTuple):
    """The conversation that one by mail stands beside."""

    id: ConversationId
    channel: str


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


def find_place(connection: sa.Connection, id: ConversationId) -> VisitorKey | None:
    """Say at which place the visitor of a conversation is filed."""
    columns = (visitors.c.channel, visitors.c.account, visitors.c.external_id)
    query = sa.select(*columns).join(conversations, conversations.c.visitor_id == visitors.c.id)
    row = connection.execute(query.where(conversations.c.id == id)).one_or_none()
    return VisitorKey(*row) if row else None


def find_senders(
    connection: sa.Connection, ids: Collection[ConversationId]
) -> dict[ConversationId, SenderSide]:
    """Say beside which conversations these, by mail, stand; none costs no statement."""
    if not ids:
        return {}
    query = (
        sa.select(_Sides.conversation_id, _Sides.beside_id, conversations.c.channel)
        .join(conversations, conversations.c.id == _Sides.beside_id)
        .where(_Sides.conversation_id.in_(sorted(ids)))
    )
    return {
        ConversationId(row.conversation_id): SenderSide(row.beside_id, row.channel)
        for row in connection.execute(query)
    }


def channel_of(connection: sa.Connection, id: ConversationId, channel: str) -> str:
    """Name the channel where a conversation began; of one by mail, that which it stands beside."""
    sender = find_senders(connection, [id]).get(id) if channel == MAIL else None
    return sender.channel if sender else channel
