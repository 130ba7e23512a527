"""Late and repeated reports: which part of them still counts."""

from datetime import datetime

from bot.core.events import AgentReplied, VisitorWrote
from bot.core.model import Conversation


def is_answered(conversation: Conversation, event: VisitorWrote) -> bool:
    """Say whether the page has written elsewhere since this message, which comes late."""
    replied_at = conversation.page_wrote_at
    return replied_at is not None and event.at <= replied_at and not event.by_mail


def answers(conversation: Conversation, event: AgentReplied) -> bool:
    """Say whether a reply was written after all that the visitor has said."""
    since, seen_at = conversation.waiting_since, conversation.visitor_seen_at
    wrote_at = event.wrote_at
    if wrote_at is None:
        return True
    return all(moment is None or moment <= wrote_at for moment in (since, seen_at))


def tells_owner(conversation: Conversation, at: datetime) -> bool:
    """Say whether no later report has told who has the thread, as every message does."""
    known = (conversation.owner_known_at, conversation.visitor_seen_at)
    return all(moment is None or moment <= at for moment in known)


def is_elsewhere_after(conversation: Conversation, event: VisitorWrote) -> bool:
    """Say whether another app has the thread once this message is known."""
    known_at = conversation.owner_known_at
    is_late = known_at is not None and event.at < known_at
    return conversation.owned_elsewhere if is_late else event.overheard
