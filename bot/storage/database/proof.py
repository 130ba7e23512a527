"""Proves that the database takes what intake writes."""

import secrets
from datetime import UTC, datetime

import sqlalchemy as sa

from bot.core.model import Author, Conversation, VisitorKey
from bot.storage.outbox.rows import OutboxRow, OutboxState, Work
from bot.storage.tables import conversations, messages, outbox, visitors
from bot.storage.visitors.batch import Batch
from bot.storage.visitors.message_rows import NewMessage
from bot.storage.visitors.visitor_states import VisitorState

_CHANNEL = "proof"
_WORDS = "proof " * 250  # as long as messages are at most, and one word in the index


def prove_writable(connection: sa.Connection) -> None:
    """Write a stranger's message and take it away; a full disk shows when that is committed."""
    now = datetime.now(UTC)
    place = VisitorKey(_CHANNEL, _CHANNEL, secrets.token_hex(16))
    thread = VisitorState(place, created_at=now, conversation=Conversation(_CHANNEL))
    batch = Batch(connection, now)
    message = batch.add_message(NewMessage(thread, Author.VISITOR, _WORDS, now, now))
    batch.add_order(OutboxRow(Work.FETCH_PROFILE, thread, now, now, OutboxState.SENT))
    batch.save()
    for column, key in (
        (outbox.c.visitor_id, thread.visitor_id),
        (messages.c.id, message.id),
        (conversations.c.id, thread.conversation_id),
        (visitors.c.id, thread.visitor_id),
    ):
        connection.execute(sa.delete(column.table).where(column == key))
