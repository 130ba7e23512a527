"""Saved replies and their shortcuts."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.desk.errors import ConflictError, InvalidError, NotFoundError
from bot.desk.validation import check_text
from bot.storage.database.engine import Database
from bot.storage.database.transactions import read, retry_races
from bot.storage.team.saved_replies import (
    SavedReply,
    ShortcutTakenError,
    add_saved_reply,
    change_saved_reply,
    delete_saved_reply,
    list_saved_replies,
)

_SHORTCUT = re.compile(r"[a-z0-9][a-z0-9_-]{0,29}")


class ShortcutUsedError(ConflictError):
    """Choose another shortcut."""

    code = "shortcut_used"

    def __init__(self) -> None:
        super().__init__("Another saved reply has this shortcut.")


@dataclass(frozen=True, slots=True)
class SavedReplies:
    """The team's shelf; blocks, so the web calls it from threads."""

    database: Database
    clock: Callable[[], datetime]

    def list(self) -> list[SavedReply]:
        """List all, by shortcut."""
        return read(self.database, list_saved_replies)

    def add(self, shortcut: str, text: str, by: str) -> None:
        """Put one on the shelf."""
        name, words, now = check_shortcut(shortcut), check_text(text), self.clock()
        try:
            retry_races(self.database, lambda held: add_saved_reply(held, name, words, by, now))
        except ShortcutTakenError:
            raise ShortcutUsedError from None

    def change(self, id: int, shortcut: str, text: str) -> None:
        """Say it in other words, or find it by others."""
        name, words, now = check_shortcut(shortcut), check_text(text), self.clock()
        try:
            there = retry_races(
                self.database, lambda held: change_saved_reply(held, id, name, words, now)
            )
        except ShortcutTakenError:
            raise ShortcutUsedError from None
        if not there:
            raise NotFoundError

    def delete(self, id: int) -> None:
        """Take one away; one that is gone may be taken away again."""
        retry_races(self.database, lambda held: delete_saved_reply(held, id))


def check_shortcut(shortcut: str) -> str:
    """Return what stands behind the slash, in small letters."""
    name = shortcut.strip().removeprefix("/").lower()
    if not _SHORTCUT.fullmatch(name):
        msg = "shortcut: up to 30 letters, digits, - or _, such as shipping-times."
        raise InvalidError(msg)
    return name
