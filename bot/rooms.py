"""The reading side of a visitor's own conversation; blocks, so the web calls it from threads."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from bot.core.model import Place
from bot.storage.engine import Database
from bot.storage.return_links import find_home
from bot.storage.rooms import (
    find_moment,
    find_room,
    find_states,
    find_visitor_message,
)
from bot.storage.transactions import read
from bot.viewing import RoomState, Stretch, VisitorMessage, VisitorRoom


@dataclass(frozen=True, slots=True)
class Rooms:
    """Shows each visitor its own conversation; all of it may raise `UnavailableError`."""

    database: Database

    def find_home(self, place: Place) -> Place | None:
        """Say whose conversation a further browser of somebody reads; None: its own."""
        return read(self.database, lambda connection: find_home(connection, place))

    def look(self, place: Place, stretch: Stretch, browser: Place | None = None) -> VisitorRoom:
        """Show a visitor its conversation, as it is at one moment."""
        return read(self.database, lambda found: find_room(found, browser or place, stretch))

    def find(self, place: Place, key: str, browser: Place | None = None) -> VisitorMessage | None:
        """Look a message up by the channel's own key."""
        return read(self.database, lambda found: find_visitor_message(found, browser or place, key))

    def written_at(self, place: Place, seq: int, browser: Place | None = None) -> datetime | None:
        """Tell when a message was written; None: there is no such one."""
        return read(self.database, lambda found: find_moment(found, browser or place, seq))

    def states(self, places: Collection[Place]) -> dict[Place, RoomState]:
        """Say how far many conversations are; who has none is missing."""
        return read(self.database, lambda connection: find_states(connection, places))
