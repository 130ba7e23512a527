"""Copies of what visitors attached: what is wanted, what is kept, and what could not be had."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from bot.core.events import Attachment
from bot.core.model import MessageId
from bot.storage.tables import conversations, files, messages

COPIED = frozenset({"image", "audio", "video", "file", "sticker"})
"""Kinds of attachments that are things; the others only point somewhere."""


class FileState(StrEnum):
    """The state of an attachment's copy."""

    KEPT = "kept"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class WantedFile:
    """An attachment to copy, at a foreign address that will not last."""

    message_id: MessageId
    position: int
    url: str


@dataclass(frozen=True, slots=True)
class FileMark:
    """An attachment copy's type, size and name."""

    state: FileState
    content_type: str | None = None
    size: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A copy."""

    position: int
    mark: FileMark
    body: bytes = field(default=b"", repr=False)


def is_copied(part: Attachment) -> bool:
    """Say whether an attachment is something to keep a copy of."""
    return part.url is not None and part.type in COPIED


def find_wanted(
    connection: sa.Connection, ids: Collection[MessageId]
) -> dict[MessageId, list[WantedFile]]:
    """Say what is still to be fetched of messages; nothing, where they were unsent or erased."""
    known = (messages.c.id, messages.c.attachments)
    home = conversations.c.id == messages.c.conversation_id
    there = sa.and_(
        messages.c.id.in_(sorted(ids)),
        messages.c.deleted_at.is_(None),
        sa.exists().where(home, conversations.c.gone_at.is_(None)),
    )
    marks = find_marks(connection, ids)
    return {
        message: [
            WantedFile(message, position, part.url)
            for position, part in enumerate(Attachment(**part) for part in parts or ())
            if part.url and is_copied(part) and (message, position) not in marks
        ]
        for message, parts in connection.execute(sa.select(*known).where(there))
    }


def find_marks(
    connection: sa.Connection, ids: Collection[MessageId]
) -> dict[tuple[MessageId, int], FileMark]:
    """Say what is known of these messages' copies, by message and position."""
    if not ids:
        return {}
    known = (files.c.state, files.c.content_type, files.c.size, files.c.reason)
    query = sa.select(files.c.message_id, files.c.position, *known).where(
        files.c.message_id.in_(sorted(ids))
    )
    return {
        (MessageId(row.message_id), row.position): FileMark(
            FileState(row.state), row.content_type, row.size, row.reason
        )
        for row in connection.execute(query)
    }


def find_file(connection: sa.Connection, id: MessageId, position: int) -> StoredFile | None:
    """Read a copy that is kept."""
    query = (
        sa.select(files)
        .join(messages, messages.c.id == files.c.message_id)
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(
            files.c.message_id == id,
            files.c.position == position,
            files.c.state == FileState.KEPT,
            conversations.c.gone_at.is_(None),
        )
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return StoredFile(position, FileMark(FileState.KEPT, row.content_type, row.size), row.body)


def save_files(
    connection: sa.Connection, found: Collection[tuple[MessageId, StoredFile]], now: datetime
) -> None:
    """Keep copies of messages whose visitors are held; nothing of those that were unsent.

    What is known of a copy already stays.
    """
    wanted = find_wanted(connection, {message for message, _ in found})
    missing = {(one.message_id, one.position) for each in wanted.values() for one in each}
    rows = {
        (message, one.position): {
            "message_id": message,
            "position": one.position,
            "state": one.mark.state,
            "reason": one.mark.reason,
            "content_type": one.mark.content_type,
            "size": one.mark.size,
            "body": one.body or None,
            "fetched_at": now,
        }
        for message, one in found
        if (message, one.position) in missing
    }
    if rows:
        connection.execute(sa.insert(files), list(rows.values()))


def forget_files(connection: sa.Connection, ids: Collection[MessageId]) -> None:
    """Let go of the copies of messages that were unsent."""
    if ids:
        connection.execute(sa.delete(files).where(files.c.message_id.in_(sorted(ids))))
