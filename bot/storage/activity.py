"""Activity of channels, for telling an unusual silence."""

from datetime import datetime

import sqlalchemy as sa

from bot.storage.tables import conversations

_ENOUGH = 2_000


def find_rhythm(
    connection: sa.Connection, channel: str, account: str, since: datetime
) -> list[datetime]:
    """Say when conversations were last active, the latest first."""
    query = (
        sa.select(conversations.c.last_message_at)
        .where(
            conversations.c.last_message_at >= since,
            conversations.c.channel == channel,
            conversations.c.account == account,
        )
        .order_by(conversations.c.last_message_at.desc())
        .limit(_ENOUGH)
    )
    return [row.last_message_at for row in connection.execute(query)]
