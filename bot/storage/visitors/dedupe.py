"""Deduplication for intake: known messages, our own sends, erased visitors."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from bot.core.model import ConversationId, MessageId, VisitorId, VisitorKey
from bot.storage.database import bulk
from bot.storage.database.bulk import Insertion, Later
from bot.storage.tables import conversations, messages, outbox, parse_time, time_text, visitors

_NEVER = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class KnownMessage:
    """A message that is stored already."""

    id: MessageId
    conversation_id: int
    seq: int
    edit: int
    deleted: bool
    incoming: bool


@dataclass(frozen=True, slots=True)
class KnownSend:
    """A send of our own, found by its id."""

    visitor_id: VisitorId
    message_id: MessageId


@dataclass(frozen=True, slots=True)
class Known:
    """The known messages, sends and erasures that a group of arrivals refers to."""

    messages: dict[str, KnownMessage]
    """By provider key."""
    erased: dict[VisitorKey, datetime]
    """Visitors that were erased, and when."""
    unsent: set[str]
    """Provider keys of messages that were taken back before they came."""


def find_known(
    connection: sa.Connection, keys: Collection[str], places: Collection[VisitorKey]
) -> Later[Known]:
    """Look up messages and erasures, inside `together`, by one statement: each has its price."""
    hashes = {place_hash(place): place for place in places}
    rows = bulk.query_later(
        connection,
        "SELECT provider_key, NULL, id, conversation_id, seq, edit, deleted_at, direction"
        " FROM messages WHERE provider_key IN "
        + bulk.members(connection, "messages", ("provider_key",))
        + " UNION ALL SELECT place_hash, erased_at, NULL, NULL, NULL, NULL, NULL, unsent"
        " FROM erasures WHERE place_hash IN "
        + bulk.members(connection, "erasures", ("place_hash",)),
        bulk.member_parameter([(key,) for key in keys])
        + bulk.member_parameter([(one,) for one in hashes]),
    )

    def sort_out() -> Known:
        known = Known({}, {}, set())
        for row in rows():
            if row[1] is None:
                known.messages[row[0]] = _known(row)
            else:
                _note_erasure(known, hashes[row[0]], row, keys)
        return known

    return sort_out


def _note_erasure(known: Known, place: VisitorKey, row: Any, keys: Collection[str]) -> None:  # noqa: ANN401 - a row of any driver
    if (erased_at := parse_time(row[1])) != _NEVER:
        known.erased[place] = erased_at
    if row[7]:
        unsent = set(row[7].split())
        known.unsent.update(key for key in keys if _key_hash(key) in unsent)


def _known(row: Any) -> KnownMessage:  # noqa: ANN401 - a row of any driver
    _, _, message_id, conversation_id, seq, edit, deleted_at, direction = row
    deleted, incoming = deleted_at is not None, direction == "incoming"
    return KnownMessage(message_id, conversation_id, seq, edit, deleted=deleted, incoming=incoming)


def find_sends(connection: sa.Connection, ids: Collection[int]) -> dict[int, KnownSend]:
    """Look our sends up by their outbox ids."""
    if not ids:
        return {}
    columns = (outbox.c.id, outbox.c.visitor_id, outbox.c.message_id)
    rows = connection.execute(
        sa.select(*columns).where(outbox.c.id.in_(sorted(ids)), outbox.c.message_id.is_not(None))
    )
    return {row.id: KnownSend(row.visitor_id, row.message_id) for row in rows}


def find_texts(connection: sa.Connection, keys: Collection[str]) -> dict[str, str]:
    """Read the texts of stored messages by their provider keys."""
    if not keys:
        return {}
    query = sa.select(messages.c.provider_key, messages.c.text)
    rows = connection.execute(query.where(messages.c.provider_key.in_(sorted(keys))))
    return {row.provider_key: row.text for row in rows}


def place_hash(place: VisitorKey) -> str:
    """Name a visitor without naming it."""
    text = f"{place.channel}\n{place.account}\n{place.external_id}"
    return hashlib.sha256(text.encode()).hexdigest()


def remember_erased(
    connection: sa.Connection, places: Collection[VisitorKey], at: datetime
) -> None:
    """Keep that these visitors were erased, and nothing else about them."""
    bulk.insert(
        connection,
        "erasures",
        ("place_hash", "erased_at"),
        [(key, time_text(at)) for key in sorted({place_hash(place) for place in places})],
        "ON CONFLICT (place_hash) DO UPDATE SET erased_at = excluded.erased_at, unsent = NULL",
    )


def insert_unsent(keys: Mapping[VisitorKey, Collection[str]]) -> Insertion:
    """Keep of visitors which messages they took back that had not come yet, by provider keys."""
    rows = sorted(
        (place_hash(place), time_text(_NEVER), " ".join(sorted(map(_key_hash, own))))
        for place, own in keys.items()
    )
    return Insertion(
        "erasures",
        ("place_hash", "erased_at", "unsent"),
        rows,
        "ON CONFLICT (place_hash) DO UPDATE"
        " SET unsent = coalesce(erasures.unsent || ' ', '') || excluded.unsent",
    )


def _key_hash(provider_key: str) -> str:
    return hashlib.sha256(provider_key.encode()).hexdigest()


def find_conversation_of(connection: sa.Connection, place: VisitorKey) -> ConversationId | None:
    """Say which conversation is somebody's."""
    row = connection.execute(
        sa.select(conversations.c.id)
        .join(visitors, visitors.c.id == conversations.c.visitor_id)
        .where(
            visitors.c.channel == place.channel,
            visitors.c.account == place.account,
            visitors.c.external_id == place.external_id,
        )
    ).one_or_none()
    return ConversationId(row.id) if row else None
