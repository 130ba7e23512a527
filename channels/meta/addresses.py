"""Addresses of an item: the page and the visitor."""

from collections.abc import Collection

from channels.meta.faults import FaultReason, UnreadableItemError
from channels.meta.items import Ignored
from channels.meta.texts import JsonObject, clean, id_of, is_on, object_of

USER_REF = "user_ref:"
"""Begins the id of a visitor whom Meta calls by the reference of a site's plugin: a guest."""
UNKNOWN_PAGE = "unknown_page"
"""Counts what is for a page that we do not serve."""

_LONGEST = 255


def find_page(item: JsonObject, entry_id: str | None, pages: Collection[str]) -> str | Ignored:
    """Find the page of ours that an item is for, or say why it is not for us."""
    if _is_echo(item):
        # The page writes, so it is the sender; but some echoes come with the two exchanged.
        sender = _id_in(item, "sender")
        page = sender if sender in pages else entry_id
    else:
        page = _id_in(item, "recipient") or entry_id
    if page is None:
        return Ignored("no_page")
    return page if page in pages else Ignored(UNKNOWN_PAGE)


def find_visitor(item: JsonObject, page: str) -> str | Ignored:
    """Find the visitor to whom an item happened, or say why there is none."""
    side = "recipient" if _is_echo(item) and _id_in(item, "recipient") != page else "sender"
    visitor = _visitor_id(object_of(item.get(side))) or _visitor_id(
        {"user_ref": object_of(item.get("optin")).get("user_ref")}
    )
    if visitor is None:
        return Ignored("no_sender")
    if visitor == page:
        return Ignored("from_page")
    if len(visitor) > _LONGEST or clean(visitor) != visitor:
        raise UnreadableItemError(FaultReason.BAD_SENDER)
    return visitor


def is_reference(visitor: str) -> bool:
    """Say whether an id is a mere reference: Meta knows the visitor by no other, and no profile."""
    return visitor.startswith(USER_REF)


def _is_echo(item: JsonObject) -> bool:
    return is_on(object_of(item.get("message")).get("is_echo"))


def _id_in(item: JsonObject, side: str) -> str | None:
    return id_of(object_of(item.get(side)).get("id"))


def _visitor_id(party: JsonObject) -> str | None:
    if visitor := id_of(party.get("id")):
        if visitor.startswith(USER_REF):  # it would be the guest of that reference
            raise UnreadableItemError(FaultReason.BAD_SENDER)
        return visitor
    user_ref = id_of(party.get("user_ref"))
    return f"{USER_REF}{user_ref}" if user_ref else None
