"""Activity of visitors on channels, for telling an unusual silence."""

from datetime import datetime

import sqlalchemy as sa

from bot.storage.tables import conversations

_ENOUGH = 2_000


def find_rhythm(
    connection: sa.Connection, channel: str, account: str, since: datetime
) -> list[datetime]:
    """Say when the visitors of conversations have written last, the latest first.

    What agents and the bot write says nothing of whether visitors are heard.
    """
    active = (
        sa.select(conversations.c.visitor_seen_at)
        .where(
            conversations.c.last_message_at >= since,
            conversations.c.channel == channel,
            conversations.c.account == account,
        )
        .order_by(conversations.c.last_message_at.desc())
        .limit(_ENOUGH)
    )
    moments = (row.visitor_seen_at for row in connection.execute(active))
    return sorted((moment for moment in moments if moment and moment >= since), reverse=True)
