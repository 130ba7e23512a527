"""The envelope around a delivery's items."""

import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias, cast

from bot.core.arrivals import Fault
from channels.meta.faults import FaultReason, UnreadableItemError
from channels.meta.items import Foreign, Ignored
from channels.meta.texts import JsonObject, text_of

MESSAGING, STANDBY = "messaging", "standby"
"""Where Meta puts items: those meant for us, and those that we only overhear."""

_PARTS_OF_ENTRY = frozenset({"id", "time", MESSAGING})
_JSON_BLANKS = " \t\r\n"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LONGEST_NUMBER = 300
_LONGEST_ACCOUNT = 255
_COMPACT = json.JSONEncoder(separators=(",", ":"))


class Piece(NamedTuple):
    """An item and its entry."""

    item: object
    entry: JsonObject
    box: str
    delivery: bytes
    alone: bool
    subject: str
    """What stands over the delivery."""

    @property
    def account(self) -> str | None:
        """The id on the entry, which is not always the page that the item is for."""
        return _account_of(self.entry)

    def raw(self) -> bytes:
        """Give a delivery of this item only: the one that came, if there was nothing else in it."""
        if self.alone:
            return self.delivery
        around: JsonObject = {
            name: self.entry[name] for name in ("id", "time") if name in self.entry
        }
        return _deliver({**around, self.box: [self.item]}, self.subject) or self.delivery


Part: TypeAlias = Piece | Fault | Ignored | Foreign


def open_delivery(body: bytes, subject: str) -> Iterable[Part]:
    """Take a delivery apart. What is not as Meta describes it comes out as faults."""
    try:
        envelope = _decode(body)
    except UnreadableItemError as error:
        return (Fault(body, error.reason.value),)
    return _lone_piece(envelope, body, subject) or _take_apart(envelope, body, subject)


def _lone_piece(envelope: JsonObject, body: bytes, subject: str) -> tuple[Piece] | None:
    """Find the one item of a delivery that holds nothing else, as nearly all do."""
    entries = envelope.get("entry")
    if envelope.get("object") != subject or not isinstance(entries, list) or len(entries) != 1:
        return None
    [entry] = entries
    if not isinstance(entry, dict) or entry.keys() != _PARTS_OF_ENTRY:
        return None
    items = entry[MESSAGING]
    if not isinstance(items, list) or len(items) != 1:
        return None
    return (Piece(items[0], entry, MESSAGING, body, alone=True, subject=subject),)


def _take_apart(envelope: JsonObject, body: bytes, subject: str) -> Iterator[Part]:
    entries = envelope.get("entry")
    kind = envelope.get("object")
    if kind == subject and isinstance(entries, list):
        count = sum(map(_count_items, entries))
        for entry in entries:
            yield from _open_entry(entry, _Delivery(body, subject, count))
    elif kind == subject or not {"object", "entry"} & envelope.keys():
        yield Fault(body, FaultReason.NOT_AN_ENVELOPE.value)
    else:
        yield Foreign(text_of(kind))


class _Delivery(NamedTuple):
    body: bytes
    subject: str
    items: int


def _open_entry(entry: object, delivery: _Delivery) -> Iterator[Part]:
    body, subject, count = delivery
    if not isinstance(entry, dict):
        yield Fault(_deliver(entry, subject) or body, FaultReason.BAD_ENTRY.value)
        return
    for box in (MESSAGING, STANDBY):
        items = entry.get(box)
        if isinstance(items, list):
            for item in items:
                yield Piece(item, entry, box, body, alone=count == 1, subject=subject)
        elif items is not None:
            yield Fault(
                _deliver(entry, subject) or body, FaultReason.BAD_ENTRY.value, _account_of(entry)
            )
    if entry.get("changes") is not None:
        yield Ignored("changes")


def _account_of(entry: JsonObject) -> str | None:
    return text_of(entry.get("id"))[:_LONGEST_ACCOUNT] or None


def _count_items(entry: object) -> int:
    if not isinstance(entry, dict):
        return 1
    boxes = (entry.get(MESSAGING), entry.get(STANDBY))
    return sum(len(box) if isinstance(box, list) else box is not None for box in boxes)


def _decode(body: bytes) -> JsonObject:
    try:
        text = body.removeprefix(_BYTE_ORDER_MARK).decode().strip(_JSON_BLANKS)
    except UnicodeDecodeError:
        raise UnreadableItemError(FaultReason.BAD_ENCODING) from None
    if not text.startswith("{"):
        raise UnreadableItemError(FaultReason.NOT_AN_ENVELOPE)
    try:
        envelope, end = _DECODER.raw_decode(text)
    except RecursionError:
        raise UnreadableItemError(FaultReason.TOO_DEEP) from None
    except ValueError:
        raise UnreadableItemError(FaultReason.NOT_JSON) from None
    if end < len(text):
        raise UnreadableItemError(FaultReason.NOT_JSON)
    return cast("JsonObject", envelope)  # by its first character


def _deliver(entry: object, subject: str) -> bytes | None:
    try:
        return _COMPACT.encode({"object": subject, "entry": [entry]}).encode()
    except RecursionError:
        return None


def _integer(digits: str) -> int | None:
    return int(digits) if len(digits) < _LONGEST_NUMBER else None


# Python refuses to read very long numbers: they count as absent, so that all the rest lives.
_DECODER = json.JSONDecoder(parse_int=_integer)
