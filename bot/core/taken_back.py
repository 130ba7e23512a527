"""Addresses that stood in words which the visitor has edited away or taken back."""

from bot.core.decisions import Decision, DropOffer, DropSuggestion
from bot.core.emails import read
from bot.core.events import VisitorEdited, VisitorUnsent
from bot.core.model import Conversation
from config.rules import CaptureRules


def drop_edited_away(
    conversation: Conversation, event: VisitorEdited, rules: CaptureRules
) -> list[Decision]:
    """Lay an address no longer ready for the agents that an edit has removed."""
    offered = conversation.capture.offered_email
    is_gone = _holds(event.before, offered, rules) and not _holds(event.text, offered, rules)
    return [DropOffer()] if is_gone else []


def drop_unsent(
    conversation: Conversation, event: VisitorUnsent, rules: CaptureRules
) -> list[Decision]:
    """Neither offer an address that was taken back, nor wait for a word about its spelling."""
    capture = conversation.capture
    offer = [DropOffer()] if _holds(event.text, capture.offered_email, rules) else []
    hint = [DropSuggestion()] if _holds(event.text, capture.typed_email, rules) else []
    return [*offer, *hint]


def _holds(text: str, email: str | None, rules: CaptureRules) -> bool:
    if email is None:
        return False
    return email in {address.email for address in read(text, rules.own_domains).addresses}
