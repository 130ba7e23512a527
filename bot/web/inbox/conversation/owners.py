"""Tells agents who wrote: the owner of an address, or a browser that has only typed it."""

from collections.abc import Sequence

from bot.core.model import Assurance
from bot.storage.conversations.messages import StoredMessage
from bot.storage.conversations.owners import Ownership
from bot.web.inbox.conversation.timeline_items import ShownEvent

_SINCE = "From here on by the owner of {email} (verified)."
_ABOVE = " Above it was typed in a browser that has not proved the address."
_LOST = "From a browser that began conversation {began} and has not proved {email}."


def tell_owner(owner: Ownership) -> ShownEvent | None:
    """Write the line from which on the owner writes; None: nobody has proved an address."""
    if owner.email is None:
        return None
    words = _SINCE.format(email=owner.email) + (_ABOVE if owner.is_divided else "")
    return ShownEvent("owner", "check", words)


def find_owners_first(owner: Ownership, messages: Sequence[StoredMessage]) -> int | None:
    """Find the first message of the owner's time; None: it is not among these."""
    for place, message in enumerate(messages):
        is_surely = not message.outgoing and message.assurance is Assurance.VERIFIED
        if message.seq > owner.after_seq if owner.after_seq else is_surely:
            return place if place or message.seq == owner.after_seq + 1 else None
    return None


def tell_lost(owner: Ownership) -> ShownEvent | None:
    """Say which conversation the browser has begun and lost; None: none."""
    if owner.began is None or owner.lost_to is None:
        return None
    words = _LOST.format(began=owner.began, email=owner.lost_to)
    return ShownEvent("lost", "warning", words)
