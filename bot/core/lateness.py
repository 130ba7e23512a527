"""What a report still says that comes late, comes again, or comes before what it follows."""

from datetime import datetime

from bot.core.events import AgentReplied, VisitorWrote
from bot.core.model import Conversation


def is_answered(conversation: Conversation, event: VisitorWrote) -> bool:
    """Say whether the page has written elsewhere since this message, which comes late."""
    replied_at = conversation.page_wrote_at
    return replied_at is not None and event.at <= replied_at and not event.by_mail


def answers(conversation: Conversation, event: AgentReplied) -> bool:
    """Say whether a reply was written after the visitor's last message."""
    asked_at = conversation.visitor_wrote_at
    return event.wrote_at is None or asked_at is None or asked_at <= event.wrote_at


def tells_owner(conversation: Conversation, at: datetime) -> bool:
    """Say whether nothing later than this moment has told who has the thread."""
    return conversation.owner_known_at is None or conversation.owner_known_at <= at


def is_elsewhere_after(conversation: Conversation, event: VisitorWrote) -> bool:
    """Say whether another app has the thread once this message is known."""
    if event.by_mail or not tells_owner(conversation, event.at):
        return conversation.owned_elsewhere
    return event.overheard
