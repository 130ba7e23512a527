"""Meta's deliveries: from signed bytes to arrivals, faults, and a count of what is not for us."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import attrgetter

from bot.core.arrivals import Arrival, Fault
from channels.meta.addresses import is_reference
from channels.meta.envelope import Piece, open_delivery
from channels.meta.faults import UnreadableItemError
from channels.meta.items import Foreign, Ignored
from channels.meta.plain import read_plain
from channels.meta.readers import Served, address, read_item

_COUNTED = frozenset({"instagram"})
"""Products that are counted by name: what is counted becomes metrics, so the names are few."""


@dataclass(slots=True)
class Parsed:
    """The arrivals of a delivery, in the order of their events."""

    arrivals: list[Arrival] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    ignored: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """How many of each kind; none where there were none."""
    foreign: str | None = None
    """The product whose delivery it is, where that is not ours."""


def parse(body: bytes, served: Served) -> Parsed:
    """Read a delivery. Never raises, whatever the bytes: what can't be understood is a fault."""
    parsed = Parsed()
    for part in open_delivery(body, served.product.subject):
        plain = read_plain(part, served) if isinstance(part, Piece) else None
        if plain:
            parsed.arrivals.append(plain)
            continue
        for found in _read(part, served) if isinstance(part, Piece) else (part,):
            match found:
                case Arrival():
                    parsed.arrivals.append(found)
                case Ignored(kind, count):
                    parsed.ignored[kind] += count
                case Foreign(kind):
                    parsed.foreign = kind
                    parsed.ignored[kind if kind in _COUNTED else "other_object"] += 1
                case Fault():
                    parsed.faults.append(found)
    if len(parsed.arrivals) > 1:
        parsed.arrivals.sort(key=attrgetter("happened_at"))
    return parsed


def _read(piece: Piece, served: Served) -> list[Arrival | Fault | Ignored]:
    try:
        return list(_understand(piece, served))
    except UnreadableItemError as error:
        return [Fault(piece.raw(), error.reason.value, piece.account)]
    except Exception as error:  # noqa: BLE001 - whatever one item does, its neighbours live
        return [Fault(piece.raw(), f"unreadable: {type(error).__name__}", piece.account)]


def _understand(piece: Piece, served: Served) -> Iterator[Arrival | Ignored]:
    item = address(piece, served)
    if isinstance(item, Ignored):
        yield item
        return
    raw, is_guest = b"", is_reference(item.place.external_id)
    for finding in read_item(item, served.product.readers):
        if isinstance(finding, Ignored):
            yield finding
        else:
            raw = raw or piece.raw()
            yield Arrival(item.place, finding.report, finding.key, raw, is_guest=is_guest)
