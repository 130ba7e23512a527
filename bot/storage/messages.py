"""Messages that are stored: how far they have come, and who may read which."""

from datetime import datetime

import sqlalchemy as sa

from bot.core.model import MessageId
from bot.storage.message_rows import Delivery
from bot.storage.tables import messages


def set_delivery(
    connection: sa.Connection,
    id: MessageId,
    delivery: Delivery,
    now: datetime,
    error: str | None = None,
) -> None:
    """Say how far an outgoing message has come, and why no further."""
    connection.execute(
        sa.update(messages)
        .where(messages.c.id == id)
        .values(delivery=delivery, delivery_error=error, delivery_at=now)
    )


def set_provider_key(connection: sa.Connection, id: MessageId, key: str) -> None:
    """Keep the channel's key of our message, unless its echo was quicker and has it already."""
    taken = sa.select(messages.c.id).where(messages.c.provider_key == key).exists()
    connection.execute(
        sa.update(messages)
        .where(messages.c.id == id, messages.c.provider_key.is_(None), ~taken)
        .values(provider_key=key)
    )
