"""Announcements: a transaction's happenings in one outbox row."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

import sqlalchemy as sa

from bot.core.model import ContactId, ConversationId, MessageId
from bot.storage.database import bulk
from bot.storage.database.bulk import Row
from bot.storage.outbox.rows import OUTBOX_COLUMNS, OutboxState, Work
from bot.storage.tables import time_text


@dataclass(frozen=True, slots=True)
class Announcement:
    """Ids only: what is erased meanwhile is not announced."""

    conversations: tuple[ConversationId, ...] = ()
    """The new ones."""
    messages: tuple[MessageId, ...] = ()
    contacts: tuple[tuple[ConversationId | None, ContactId, bool], ...] = ()
    """Where somebody became known, as whom, and whether the contact is new."""
    stops: tuple[tuple[str, str, str, bool], ...] = ()
    """Channel, account and cause of a stop, and whether it is over."""
    waiting: tuple[ConversationId, ...] = ()
    """Where something waits for the team that is no message."""
    consents: tuple[tuple[ConversationId, bool], ...] = ()
    """Where a consent was given, or withdrawn."""

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to tell."""
        told = (self.conversations, self.messages, self.contacts, self.stops, self.waiting)
        return not any((*told, self.consents))

    @property
    def talks(self) -> set[ConversationId]:
        """Name the conversations in which something is new but messages."""
        return {
            *self.conversations,
            *self.waiting,
            *(talk for talk, *_ in self.contacts if talk),
            *(talk for talk, _ in self.consents),
        }

    @classmethod
    def read(cls, payload: dict[str, Any]) -> Self:
        """Read what `announcement_row` wrote."""
        return cls(
            tuple(payload["conversations"]),
            tuple(payload["messages"]),
            tuple((talk, contact, is_new) for talk, contact, is_new in payload["contacts"]),
            tuple(
                (channel, account, cause, is_over)
                for channel, account, cause, is_over in payload.get("stops", ())
            ),
            tuple(payload.get("waiting", ())),
            tuple((talk, is_given) for talk, is_given in payload.get("consents", ())),
        )


def announcement_row(announcement: Announcement, id: int, now: datetime) -> Row:
    """Lay an announcement out in the order of OUTBOX_COLUMNS."""
    payload = {
        "conversations": announcement.conversations,
        "messages": announcement.messages,
        "contacts": announcement.contacts,
        "stops": announcement.stops,
        "troubles": (),  # an earlier version's worker reads them
        "waiting": announcement.waiting,
        "consents": announcement.consents,
    }
    at = time_text(now)
    key = f"announce:{id}"
    nobody = (None, None, None)
    return (
        *(id, Work.ANNOUNCE, key, "", "", *nobody, json.dumps(payload)),
        *(OutboxState.PENDING, at, None, 0, None, at, None, None),
    )


def announce(connection: sa.Connection, announcement: Announcement, now: datetime) -> int:
    """Announce something that no batch writes; returns the row that is due."""
    [outbox_id] = bulk.allocate(connection, {"outbox": 1})["outbox"]
    row = announcement_row(announcement, outbox_id, now)
    bulk.insert(connection, "outbox", OUTBOX_COLUMNS, [row])
    return outbox_id
