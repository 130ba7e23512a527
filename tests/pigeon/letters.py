"""What a falconer brings, read as it came."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from bot.core.arrivals import Arrival, Fault
from bot.core.events import VisitorWrote
from bot.core.model import VisitorKey
from tests.pigeon.variables import NAME


@dataclass(frozen=True, slots=True)
class PigeonLetters:
    """Reads the leaf of paper at a pigeon's leg."""

    lofts: Collection[str]

    def reread(self, raw: bytes, received_at: datetime) -> tuple[list[Arrival], list[Fault]]:
        """Read one, now or once more."""
        try:
            leaf = json.loads(raw)
        except (ValueError, RecursionError):
            return [], [Fault(raw, "not_a_leaf")]
        match leaf:
            case {"loft": str(loft), "ring": str(ring), "text": str(text), "id": str(key)} if (
                loft in self.lofts
            ):
                report = VisitorWrote(text, received_at, received_at)
                place, roost = VisitorKey(NAME, loft, ring), leaf.get("roost")
                return [Arrival(place, report, key, raw, answer_to=roost)], []
            case _:
                return [], [Fault(raw, "not_for_us")]
