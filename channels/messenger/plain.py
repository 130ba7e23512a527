"""The commonest item by far, a text and nothing besides, read in one go."""

from bot.core.arrivals import Arrival
from bot.core.events import VisitorWrote
from bot.core.model import Place
from channels.messenger.envelope import MESSAGING, Piece
from channels.messenger.keys import message_key
from channels.messenger.moments import moment_of
from channels.messenger.readers import CHANNEL, Served
from channels.messenger.texts import clean, object_of

_LONGEST = 255
_PARTS = frozenset({"sender", "recipient", "timestamp", "message"})
_PARTS_OF_MESSAGE = frozenset({"mid", "text"})


def read_plain(piece: Piece, served: Served) -> Arrival | None:
    """Read a plain text as the readers would, at a third of the cost; None: it is not one."""
    item = object_of(piece.item)
    message = object_of(item.get("message"))
    if item.keys() != _PARTS or message.keys() != _PARTS_OF_MESSAGE or piece.box != MESSAGING:
        return None
    visitor = object_of(item["sender"]).get("id")
    page = object_of(item["recipient"]).get("id")
    text = message["text"]
    if not (isinstance(visitor, str) and isinstance(page, str) and isinstance(text, str) and text):
        return None
    # digits alone: no reference of a site's plugin, and nothing that must be cleaned
    if not (visitor.isdigit() and len(visitor) <= _LONGEST):
        return None
    key = message_key(message["mid"])
    at = moment_of(item["timestamp"], served.received_at)
    if page not in served.pages or page == visitor or not key or not at:
        return None
    report = VisitorWrote(clean(text), at, served.received_at)
    return Arrival(Place(CHANNEL, page, visitor), report, key, piece.raw())
