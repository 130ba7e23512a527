"""The export of all contacts as of one moment, streamed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

import sqlalchemy as sa

from bot.storage.contacts.contacts import ContactView, contact_view
from bot.storage.tables import consents, contacts, visitors

_CHUNK = 1_000
_AGREED = (
    *(consents.c.id, consents.c.text, consents.c.language, consents.c.channel),
    *(consents.c.given_at, consents.c.withdrawn_at),
)


@dataclass(frozen=True, slots=True)
class ExportedConsent:
    """A consent of one of a contact's visitors."""

    text: str
    language: str
    channel: str
    given_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class ExportedContact:
    """A contact with the channels on which its visitors write, and what they agreed to."""

    contact: ContactView
    channels: tuple[str, ...]
    consents: tuple[ExportedConsent, ...] = ()
    """The consents of the contact's visitors, the oldest first."""


def stream_contacts(connection: sa.Connection) -> Iterator[ExportedContact]:
    """Read every contact, the oldest first; the connection is busy until the end."""
    reached = (
        sa.select(visitors.c.contact_id, visitors.c.channel)
        .where(visitors.c.contact_id.is_not(None))
        .distinct()
        .subquery()
    )
    agreed = (
        sa.select(
            visitors.c.contact_id, *(column.label(f"agreed_{column.name}") for column in _AGREED)
        )
        .join(visitors, visitors.c.id == consents.c.visitor_id)
        .subquery()
    )
    query = (
        sa.select(contacts, reached.c.channel, *(c for c in agreed.c if c.name != "contact_id"))
        .outerjoin(reached, reached.c.contact_id == contacts.c.id)
        .outerjoin(agreed, agreed.c.contact_id == contacts.c.id)
        .where(contacts.c.merged_into_id.is_(None))
        .order_by(contacts.c.id, reached.c.channel, agreed.c.agreed_id)
        .execution_options(yield_per=_CHUNK)
    )
    for _, group in groupby(connection.execute(query), attrgetter("id")):
        rows = list(group)
        channels = dict.fromkeys(row.channel for row in rows if row.channel is not None)
        agreed_to = {row.agreed_id: _consent(row) for row in rows if row.agreed_id is not None}
        view = contact_view(rows[0])
        yield ExportedContact(view, tuple(channels), tuple(agreed_to.values()))


def _consent(row: Any) -> ExportedConsent:  # noqa: ANN401 - a row of the query above
    return ExportedConsent(
        row.agreed_text,
        row.agreed_language,
        row.agreed_channel,
        row.agreed_given_at,
        row.agreed_withdrawn_at,
    )
