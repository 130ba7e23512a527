"""Reactions to stored messages, and the messages that others reply to."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.core.model import Author, ConversationId, MessageId
from bot.storage.tables import messages


@dataclass(frozen=True, slots=True)
class NewReaction:
    """What a visitor put on a stored message; None: it took its emoji away."""

    message_id: MessageId
    emoji: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class QuotedMessage:
    """A message that another one replies to."""

    conversation_id: ConversationId
    seq: int
    author: Author
    name: str | None
    text: str
    is_deleted: bool


def save_reactions(connection: sa.Connection, reactions: Collection[NewReaction]) -> None:
    """Keep reactions, unless a later word is known."""
    for one in reactions:
        here = messages.c
        is_newer = sa.or_(here.reacted_at.is_(None), here.reacted_at <= one.at)
        change = sa.update(messages).where(here.id == one.message_id, is_newer)
        connection.execute(change.values(reaction=one.emoji, reacted_at=one.at))


def find_quoted(connection: sa.Connection, keys: Collection[str]) -> dict[str, QuotedMessage]:
    """Look messages up by the keys under which others reply to them; unknown ones are left out."""
    if not keys:
        return {}
    here = messages.c
    columns = (here.provider_key, here.conversation_id, here.seq, here.author, here.name, here.text)
    query = sa.select(*columns, here.deleted_at).where(here.provider_key.in_(sorted(keys)))
    return {
        row.provider_key: QuotedMessage(
            ConversationId(row.conversation_id),
            row.seq,
            Author(row.author),
            row.name,
            row.text,
            row.deleted_at is not None,
        )
        for row in connection.execute(query)
    }
