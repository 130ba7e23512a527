"""Which reader an item is for, by the product that it comes from."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from bot.core.model import VisitorKey
from channels.meta.addresses import find_page, find_visitor
from channels.meta.envelope import STANDBY, Piece
from channels.meta.faults import FaultReason, UnreadableItemError
from channels.meta.items import Finding, Ignored, Item
from channels.meta.messages import read_edit, read_message, read_postback
from channels.meta.moments import is_missing, moment_of
from channels.meta.signals import (
    read_delivery,
    read_optin,
    read_pass_of_thread,
    read_reaction,
    read_referral,
    read_seen,
    read_take_of_thread,
)
from channels.meta.texts import JsonObject

Reader: TypeAlias = Callable[[Item, JsonObject], Iterator[Finding]]

READERS = MappingProxyType[str, Reader](
    {
        "referral": read_referral,
        "optin": read_optin,
        "message": read_message,
        "postback": read_postback,
        "message_edit": read_edit,
        "reaction": read_reaction,
        "delivery": read_delivery,
        "read": read_seen,
        "pass_thread_control": read_pass_of_thread,
        "take_thread_control": read_take_of_thread,
    }
)
"""Who reads what, in this order where one item holds two; a product may have others."""
NOT_FOR_US = MappingProxyType(
    {
        name: name.replace("-", "_")
        for name in (
            "policy_enforcement",
            "policy-enforcement",
            "account_linking",
            "app_roles",
            "request_thread_control",
            "response_feedback",
            "order",
            "lead",
            "payment",
            "pre_checkout",
            "checkout_update",
            "game_play",
        )
    }
)
"""What is counted and no more, by the name that it is counted under."""
_AROUND = frozenset({"sender", "recipient", "timestamp"})


class Product(NamedTuple):
    """A product of Meta's: the object of its deliveries, and their readers."""

    channel: str
    subject: str
    """What stands over its deliveries: "page", "instagram"."""
    readers: Mapping[str, Reader] = READERS
    not_for_us: Mapping[str, str] = NOT_FOR_US


class Served(NamedTuple):
    """For whom we read, and when it came."""

    product: Product
    pages: Collection[str]
    app_id: str | None
    received_at: datetime
    automatic_texts: Collection[str] = ()
    """The page's own automatic replies, normalised."""


def address(piece: Piece, served: Served) -> Item | Ignored:
    """Find out whose an item is and when it happened, or why it is not for us."""
    body = piece.item
    if not isinstance(body, dict):
        raise UnreadableItemError(FaultReason.BAD_ITEM)
    page = find_page(body, piece.account, served.pages)
    if isinstance(page, Ignored):
        return page
    readers = served.product.readers
    kinds = [name for name in body if name in readers and body[name] is not None]
    if not kinds:
        return Ignored(_kind_of_unread(body, served.product.not_for_us))
    visitor = find_visitor(body, page)
    if isinstance(visitor, Ignored):
        return visitor
    at = _moment_of(piece, body, served)
    return Item(
        place=VisitorKey(served.product.channel, page, visitor),
        body=body,
        kinds=kinds if len(kinds) == 1 else sorted(kinds, key=list(readers).index),
        at=at or served.received_at,
        timed=at is not None,
        received_at=served.received_at,
        app_id=served.app_id,
        overheard=piece.box == STANDBY,
        automatic_texts=served.automatic_texts,
    )


def read_item(item: Item, readers: Mapping[str, Reader]) -> Iterator[Finding]:
    """Read all that an item says. Raises `UnreadableError` where it is not as Meta describes."""
    if not item.timed:
        yield Ignored("timestamp")
    for kind in item.kinds:
        event = item.body[kind]
        if not isinstance(event, dict):
            raise UnreadableItemError(FaultReason.BAD_EVENT)
        yield from readers[kind](item, event)


def _moment_of(piece: Piece, body: JsonObject, served: Served) -> datetime | None:
    stated = body.get("timestamp")
    if is_missing(stated):
        stated = piece.entry.get("time")
    return moment_of(stated, served.received_at)


def _kind_of_unread(body: JsonObject, not_for_us: Mapping[str, str]) -> str:
    names = [name for name, value in body.items() if value is not None and name not in _AROUND]
    for name in names:
        if name in not_for_us:
            return not_for_us[name]
    return "unknown_event" if names else "empty_event"
