"""Saved replies as they are stored."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import exc

from bot.storage.database.causes import is_key_taken
from bot.storage.tables import saved_replies


@dataclass(frozen=True, slots=True)
class SavedReply:
    """A text that agents use again, found by its shortcut."""

    id: int
    shortcut: str
    text: str


class ShortcutTakenError(Exception):
    """Another reply has this shortcut."""


def list_saved_replies(connection: sa.Connection) -> list[SavedReply]:
    """List all, by shortcut."""
    columns = (saved_replies.c.id, saved_replies.c.shortcut, saved_replies.c.text)
    rows = connection.execute(sa.select(*columns).order_by(saved_replies.c.shortcut))
    return [SavedReply(row.id, row.shortcut, row.text) for row in rows]


def add_saved_reply(
    connection: sa.Connection, shortcut: str, text: str, by: str, now: datetime
) -> None:
    """Write one. Raises ShortcutTakenError, after which nothing else may be written."""
    row = {"shortcut": shortcut, "text": text, "created_by": by, "updated_at": now}
    _write(connection, sa.insert(saved_replies).values(row))


def change_saved_reply(
    connection: sa.Connection, id: int, shortcut: str, text: str, now: datetime
) -> bool:
    """Write another one in its place; no: it is gone. Raises as above."""
    changed = sa.update(saved_replies).where(saved_replies.c.id == id)
    return _write(connection, changed.values(shortcut=shortcut, text=text, updated_at=now)) == 1


def delete_saved_reply(connection: sa.Connection, id: int) -> None:
    """Take one away."""
    connection.execute(sa.delete(saved_replies).where(saved_replies.c.id == id))


def _write(connection: sa.Connection, statement: sa.Insert | sa.Update) -> int:
    try:
        return connection.execute(statement).rowcount
    except exc.IntegrityError as error:
        if not is_key_taken(error):
            raise
        raise ShortcutTakenError from error
