"""Uploaded files: who handed them in, which message has them, and what nobody needs any more."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from bot.core.files import FileKind, KeptFile
from bot.core.model import MessageId
from bot.storage.tables import conversations, messages, uploads

UNUSED_FOR = timedelta(days=1)
"""An upload that no message has used in this time is deleted."""
_UNWANTED = datetime.fromtimestamp(0, UTC)
_AT_ONCE = 20
_Fields = uploads.c
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")  # whatever else is asked for, no database is


@dataclass(frozen=True, slots=True)
class Upload:
    """An uploaded file, and where its bytes are."""

    file: KeptFile
    store: str
    message_id: MessageId | None = None
    position: int = 0


@dataclass(frozen=True, slots=True)
class Unwanted:
    """An upload that nobody needs: its bytes go before its row does."""

    token: str
    store: str


def begin_upload(connection: sa.Connection, upload: Upload, owner: str, now: datetime) -> None:
    """Note an upload whose bytes are still to be written: nobody can use it yet."""
    file = upload.file
    row = {
        "token": file.id,
        "owner": owner,
        "name": file.name,
        "kind": file.kind,
        "content_type": file.content_type,
        "size": file.size,
        "width": file.width,
        "height": file.height,
        "store": upload.store,
        "created_at": now,
    }
    connection.execute(sa.insert(uploads), row)


def finish_upload(connection: sa.Connection, token: str, now: datetime) -> None:
    """Let an upload be used, whose bytes are kept for good."""
    here = _Fields.token == token
    connection.execute(sa.update(uploads).where(here).values(kept_at=now))


def find_unused(
    connection: sa.Connection, owner: str, tokens: Collection[str], now: datetime
) -> dict[str, Upload]:
    """Find those of these uploads that their owner may still use."""
    usable = (
        _Fields.token.in_(sorted(filter(_TOKEN.fullmatch, tokens))),
        _Fields.owner == owner,
        _Fields.message_id.is_(None),
        _Fields.kept_at.is_not(None),
        _Fields.created_at > now - UNUSED_FOR,
    )
    rows = connection.execute(sa.select(uploads).where(*usable))
    return {row.token: _upload(row) for row in rows}


def attach(connection: sa.Connection, given: Collection[tuple[MessageId, Sequence[str]]]) -> None:
    """Give uploads to messages that are stored; one that another message has stays there."""
    for message, tokens in given:
        for position, token in enumerate(tokens):
            here = (_Fields.token == token, _Fields.message_id.is_(None))
            connection.execute(
                sa.update(uploads)
                .where(*here, _Fields.kept_at.is_not(None))
                .values(message_id=message, position=position, owner=None)
            )


def find_attached(
    connection: sa.Connection, ids: Collection[MessageId]
) -> dict[MessageId, dict[int, KeptFile]]:
    """Say which files messages have, by their positions."""
    found: dict[MessageId, dict[int, KeptFile]] = {}
    if ids:
        query = sa.select(uploads).where(_Fields.message_id.in_(sorted(ids)))
        for row in connection.execute(query.order_by(_Fields.position)):
            found.setdefault(MessageId(row.message_id), {})[row.position] = _upload(row).file
    return found


def find_upload(connection: sa.Connection, token: str) -> Upload | None:
    """Find an upload of a message whose conversation is there; it may not be everybody's."""
    if not _TOKEN.fullmatch(token):
        return None
    query = (
        sa.select(uploads)
        .join(messages, messages.c.id == _Fields.message_id)
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(
            _Fields.token == token,
            messages.c.deleted_at.is_(None),
            conversations.c.gone_at.is_(None),
        )
    )
    row = connection.execute(query).one_or_none()
    return _upload(row) if row else None


def find_own_upload(connection: sa.Connection, token: str, owner: str) -> Upload | None:
    """Find an upload of this owner's that no message has yet."""
    if not _TOKEN.fullmatch(token):
        return None
    here = (_Fields.token == token, _Fields.owner == owner, _Fields.kept_at.is_not(None))
    row = connection.execute(sa.select(uploads).where(*here)).one_or_none()
    return _upload(row) if row else None


def let_go(connection: sa.Connection, chosen: sa.ColumnElement[bool]) -> int:
    """Take uploads from everybody at once; their bytes go with the next sweep."""
    empty = dict.fromkeys(("message_id", "position", "owner", "kept_at"))
    values = {**empty, "name": "", "created_at": _UNWANTED}
    return connection.execute(sa.update(uploads).where(chosen).values(values)).rowcount


def forget_uploads(connection: sa.Connection, ids: Collection[MessageId]) -> None:
    """Let go of the files of messages that were unsent."""
    if ids:
        let_go(connection, _Fields.message_id.in_(sorted(ids)))


def forget_uploads_of(connection: sa.Connection, owners: Collection[str]) -> None:
    """Let go of what these owners have uploaded and not used."""
    if owners:
        let_go(connection, _Fields.owner.in_(sorted(owners)))


def take_unwanted(
    connection: sa.Connection, stores: Collection[str], now: datetime
) -> list[Unwanted]:
    """Find some uploads in these stores that nobody needs; no message gets them any more."""
    old = (_Fields.message_id.is_(None), _Fields.created_at <= now - UNUSED_FOR)
    query = sa.select(_Fields.token, _Fields.store).where(*old, _Fields.store.in_(sorted(stores)))
    query = query.order_by(_Fields.created_at)
    rows = connection.execute(query.limit(_AT_ONCE).with_for_update(skip_locked=True)).all()
    taken = [Unwanted(row.token, row.store) for row in rows]
    if taken:
        let_go(connection, _Fields.token.in_([one.token for one in taken]))
    return taken


def drop_unwanted(connection: sa.Connection, tokens: Collection[str]) -> None:
    """Delete uploads whose bytes are gone."""
    here = (_Fields.token.in_(sorted(tokens)), _Fields.message_id.is_(None))
    connection.execute(sa.delete(uploads).where(*here))


def _upload(row: sa.Row[tuple[object, ...]]) -> Upload:
    file = KeptFile(
        row.token,
        FileKind(row.kind),
        row.name,
        row.content_type,
        row.size,
        row.width,
        row.height,
    )
    message = MessageId(row.message_id) if row.message_id is not None else None
    return Upload(file, row.store, message, row.position or 0)
