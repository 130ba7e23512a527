"""What an operator's check asks of the database."""

import sqlalchemy as sa

from bot.core.model import Place
from bot.storage.tables import erasures, visitors


def prove_writable(connection: sa.Connection) -> None:
    """Change nothing, but only where something could be changed; else the database's error."""
    connection.execute(sa.delete(erasures).where(erasures.c.place_hash == ""))


def find_newest_visitor(
    connection: sa.Connection, channel: str, account: str, without: str
) -> Place | None:
    """Find who wrote to an account last for the first time, but for ids that begin so."""
    query = (
        sa.select(visitors.c.external_id)
        .where(visitors.c.channel == channel, visitors.c.account == account)
        .where(~visitors.c.external_id.startswith(without, autoescape=True))
        .order_by(visitors.c.id.desc())
        .limit(1)
    )
    found = connection.execute(query).scalar()
    return Place(channel, account, found) if found else None
