"""Tells the team, inside a conversation, what the visitor is not to read."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.core.model import Author, Kind
from bot.ports.signals import ChangeSignal
from bot.storage.visitors.batch import Batch
from bot.storage.visitors.message_rows import Delivery, NewMessage
from bot.storage.visitors.visitor_states import VisitorState


@dataclass(frozen=True, slots=True)
class ToldNote:
    """What has to be made known once a note is stored."""

    due: tuple[int, ...]
    """Outbox rows."""
    hints: tuple[ChangeSignal, ...]


def tell_team(
    connection: sa.Connection,
    thread: VisitorState,
    words: str,
    now: datetime,
    key: str | None = None,
) -> list[ChangeSignal]:
    """Store a note that comes from no person; the thread must be held."""
    batch = Batch(connection, now)
    add_note(batch, thread, words, key)
    batch.save()
    return batch.hints()


def add_note(
    batch: Batch,
    thread: VisitorState,
    words: str,
    key: str | None = None,
    origin: str | None = None,
) -> None:
    """Add a note that comes from no person to what a transaction writes."""
    batch.add_message(
        NewMessage(
            thread,
            Author.SYSTEM,
            words,
            at=batch.now,
            created_at=batch.now,
            kind=Kind.NOTE,
            provider_key=key,
            origin=origin,
            delivery=Delivery.SENT,
        )
    )
