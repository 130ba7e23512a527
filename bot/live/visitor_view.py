"""The reading side of a visitor's own conversation; blocks, so the web calls it from threads."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from bot.core.model import VisitorKey
from bot.ports.visitor_view import (
    ConversationProgress,
    Stretch,
    VisitorConversation,
    VisitorMessage,
)
from bot.storage.conversations.return_links import find_home
from bot.storage.database.engine import Database
from bot.storage.database.transactions import read
from bot.storage.visitors.visitor_views import (
    find_moment,
    find_room,
    find_states,
    find_visitor_message,
)


@dataclass(frozen=True, slots=True)
class VisitorViews:
    """Shows each visitor its own conversation; all of it may raise `UnavailableError`."""

    database: Database

    def find_home(self, place: VisitorKey) -> VisitorKey | None:
        """Say whose conversation a further browser of somebody reads; None: its own."""
        return read(self.database, lambda connection: find_home(connection, place))

    def look(
        self, place: VisitorKey, stretch: Stretch, browser: VisitorKey | None = None
    ) -> VisitorConversation:
        """Show a visitor its conversation, as it is at one moment."""
        return read(self.database, lambda found: find_room(found, browser or place, stretch))

    def find(
        self, place: VisitorKey, key: str, browser: VisitorKey | None = None
    ) -> VisitorMessage | None:
        """Look a message up by the channel's own key."""
        return read(self.database, lambda found: find_visitor_message(found, browser or place, key))

    def written_at(
        self, place: VisitorKey, seq: int, browser: VisitorKey | None = None
    ) -> datetime | None:
        """Tell when a message was written; None: there is no such one."""
        return read(self.database, lambda found: find_moment(found, browser or place, seq))

    def states(self, places: Collection[VisitorKey]) -> dict[VisitorKey, ConversationProgress]:
        """Say how far many conversations are; who has none is missing."""
        return read(self.database, lambda connection: find_states(connection, places))
