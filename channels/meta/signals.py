"""Readers of referrals, opt-ins, receipts and thread control."""

import re
import sys
from collections.abc import Iterator
from types import MappingProxyType

from bot.core.arrivals import GuestFlagged, MessageReacted, MessagesDelivered, MessagesSeen
from bot.core.events import ThreadReturned, ThreadTaken, WindowOpened
from channels.meta.addresses import is_reference
from channels.meta.items import Finding, Ignored, Item, Reported
from channels.meta.keys import message_key
from channels.meta.moments import moment_of
from channels.meta.texts import JsonObject, clean, id_of, object_of, text_of

_EMOJIS = MappingProxyType(
    {
        "smile": "\U0001f606",
        "angry": "\U0001f620",
        "sad": "\U0001f622",
        "wow": "\U0001f62e",
        "love": "\u2764\ufe0f",
        "like": "\U0001f44d",
        "dislike": "\U0001f44e",
    }
)
"""By Meta's name, where the emoji itself does not come; "other" says nothing."""
_ESCAPED = re.compile(r"\\u\{([0-9A-Fa-f]{1,6})\}")
_LONGEST_ESCAPED = 200
_LONGEST_EMOJI = 16


def read_guest_flag(item: Item, referral: object) -> Iterator[Finding]:
    """Say whether the visitor is a guest, if anything tells: a mere reference has no profile."""
    guest = object_of(referral).get("is_guest_user")
    if isinstance(guest, bool):
        yield Reported(GuestFlagged(guest, item.at))
    elif is_reference(item.place.external_id):
        yield Reported(GuestFlagged(guest=True, at=item.at))


def read_referral(item: Item, referral: JsonObject) -> Iterator[Finding]:
    """Read how somebody came here."""
    flags = list(read_guest_flag(item, referral))
    yield from flags or [Ignored("referral")]


def read_optin(item: Item, optin: JsonObject) -> Iterator[Finding]:
    """Read an opt-in. Those with a type subscribe to news, which allows no answer of ours."""
    yield from read_guest_flag(item, None)
    if optin.get("type") is None:
        yield Reported(WindowOpened(item.at), item.make_key("optin"))
    else:
        yield Ignored("optin")


def read_reaction(item: Item, reaction: JsonObject) -> Iterator[Finding]:
    """Read the emoji that a visitor put on a message, or took away; it has no key of its own."""
    key, emoji = message_key(reaction.get("mid")), _emoji_of(reaction)
    is_taken_away = reaction.get("action") == "unreact"
    if key is None or not (emoji or is_taken_away):
        yield Ignored("reaction")
    else:
        yield Reported(MessageReacted(key, None if is_taken_away else emoji, item.at))


def _emoji_of(reaction: JsonObject) -> str:
    written = text_of(reaction.get("emoji"))[:_LONGEST_ESCAPED]
    emoji = clean(_ESCAPED.sub(lambda found: _letter(found[1]), written))
    return emoji[:_LONGEST_EMOJI] or _EMOJIS.get(text_of(reaction.get("reaction")), "")


def _letter(digits: str) -> str:
    number = int(digits, 16)
    return chr(number) if number <= sys.maxunicode else ""


def read_delivery(item: Item, delivery: JsonObject) -> Iterator[Finding]:
    """Read that messages have arrived."""
    watermark = moment_of(delivery.get("watermark"), item.received_at)
    if watermark is None or item.overheard:
        yield Ignored("delivery")
        return
    mids = delivery.get("mids")
    keys = map(message_key, mids if isinstance(mids, list) else [])
    yield Reported(MessagesDelivered(watermark, tuple(key for key in keys if key)))


def read_seen(item: Item, read: JsonObject) -> Iterator[Finding]:
    """Read that messages have been seen; Instagram's kind, with a `mid`, says nothing to us."""
    watermark = moment_of(read.get("watermark"), item.received_at)
    if watermark is None or item.overheard:
        yield Ignored("read")
    else:
        yield Reported(MessagesSeen(watermark))


def read_pass_of_thread(item: Item, event: JsonObject) -> Iterator[Finding]:
    """Read who was given the thread. Meta tells the new owner, so it is us unless it says no."""
    ours = item.app_id in {None, id_of(event.get("new_owner_app_id"))}
    report = ThreadReturned(item.at) if ours else ThreadTaken(item.at)
    yield Reported(report, item.make_key("pass_thread_control"))


def read_take_of_thread(item: Item, event: JsonObject) -> Iterator[Finding]:
    """Read who took the thread. Meta tells the former owner, so it is gone unless it says no."""
    owner = id_of(event.get("new_owner_app_id"))
    ours = owner is not None and owner == item.app_id
    report = ThreadReturned(item.at) if ours else ThreadTaken(item.at)
    yield Reported(report, item.make_key("take_thread_control"))
