"""Items of a delivery as their readers get them, and their answers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from bot.core.arrivals import Report
from bot.core.model import VisitorKey
from channels.meta.keys import derived_key
from channels.meta.texts import JsonObject


@dataclass(frozen=True, slots=True)
class Item:
    """An unread item about one visitor."""

    place: VisitorKey
    body: JsonObject
    kinds: Sequence[str]
    """Meta names no type: these keys say what happened, rarely more than one."""
    at: datetime
    timed: bool
    """It says when it happened; otherwise `at` is when we received it."""
    received_at: datetime
    app_id: str | None
    """Ours, if it is known."""
    overheard: bool
    """It came on the side: another app owns the thread."""
    automatic_texts: Collection[str]
    """The page's own automatic replies, normalised."""

    def make_key(self, kind: str) -> str:
        """Make a key for an event to which Meta gives none."""
        return derived_key(
            self.place.account,
            self.place.external_id,
            kind,
            self.body.get("timestamp"),
            self.body.get(kind),
        )


@dataclass(frozen=True, slots=True)
class Reported:
    """An item to report. One that may come twice without harm needs no key."""

    report: Report
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Ignored:
    """Well-formed, but not for us: to be counted. The kinds are few, for they become metrics."""

    kind: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Foreign:
    """A delivery of another product, which one app may send to the same address."""

    subject: str


Finding: TypeAlias = Reported | Ignored
