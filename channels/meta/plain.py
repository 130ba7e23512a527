"""The commonest item by far, a text and nothing besides, read in one go."""

from typing import Any

from bot.core.arrivals import Arrival
from bot.core.events import VisitorWrote
from bot.core.model import VisitorKey
from channels.meta.envelope import MESSAGING, Piece
from channels.meta.keys import message_key
from channels.meta.moments import moment_of
from channels.meta.readers import Served
from channels.meta.texts import clean

_LONGEST = 255
_PARTS = 4
_PARTS_OF_MESSAGE = 2


def read_plain(piece: Piece, served: Served) -> Arrival | None:
    """Read a plain text as the readers would, at a third of the cost; None: it is not one."""
    item: Any = piece.item
    try:
        message = item["message"]
        visitor, page = item["sender"]["id"], item["recipient"]["id"]
        mid, text, stated = message["mid"], message["text"], item["timestamp"]
    except (KeyError, TypeError):
        return None
    if len(item) > _PARTS or len(message) > _PARTS_OF_MESSAGE or piece.box != MESSAGING:
        return None
    if not (isinstance(visitor, str) and isinstance(page, str) and isinstance(text, str) and text):
        return None
    # digits alone: no reference of a site's plugin, and nothing that must be cleaned
    if not (visitor.isdigit() and len(visitor) <= _LONGEST):
        return None
    key = message_key(mid)
    at = moment_of(stated, served.received_at)
    if page not in served.pages or page == visitor or not key or not at:
        return None
    report = VisitorWrote(clean(text), at, served.received_at)
    return Arrival(VisitorKey(served.product.channel, page, visitor), report, key, piece.raw())
