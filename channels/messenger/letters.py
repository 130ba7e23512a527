"""Dead letters of Messenger's deliveries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.arrivals import Arrival, Fault
from channels.messenger.product import PRODUCT
from channels.meta.addresses import UNKNOWN_PAGE
from channels.meta.app import MetaApp, find_app


@dataclass(frozen=True, slots=True)
class MessengerLetters:
    """Reads such a delivery for the app whose page it is for."""

    apps: Sequence[MetaApp]

    def reread(self, raw: bytes, received_at: datetime) -> tuple[list[Arrival], list[Fault]]:
        """Read a dead letter once more; what is for a page that is not served is a fault."""
        _, parsed = find_app(self.apps, PRODUCT, raw, received_at)
        strays = [Fault(raw, UNKNOWN_PAGE)] if parsed.ignored[UNKNOWN_PAGE] else []
        return parsed.arrivals, [*parsed.faults, *strays]
