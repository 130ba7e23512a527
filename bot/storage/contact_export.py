"""The export of all contacts as of one moment, streamed."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

import sqlalchemy as sa

from bot.storage.contacts import ContactView, contact_view
from bot.storage.tables import contacts, visitors

_CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class ExportedContact:
    """A contact and the channels on which its visitors write."""

    contact: ContactView
    channels: tuple[str, ...]


def stream_contacts(connection: sa.Connection) -> Iterator[ExportedContact]:
    """Read every contact, the oldest first; the connection is busy until the end."""
    reached = (
        sa.select(visitors.c.contact_id, visitors.c.channel)
        .where(visitors.c.contact_id.is_not(None))
        .distinct()
        .subquery()
    )
    query = (
        sa.select(contacts, reached.c.channel)
        .outerjoin(reached, reached.c.contact_id == contacts.c.id)
        .where(contacts.c.merged_into_id.is_(None))
        .order_by(contacts.c.id, reached.c.channel)
        .execution_options(yield_per=_CHUNK)
    )
    for _, group in groupby(connection.execute(query), attrgetter("id")):
        rows = list(group)
        channels = tuple(row.channel for row in rows if row.channel is not None)
        yield ExportedContact(contact_view(rows[0]), channels)
