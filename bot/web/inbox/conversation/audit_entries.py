"""Audit entries of a conversation as sentences."""

from collections.abc import Mapping

from bot.storage.conversations.history import Deed
from bot.web.inbox.conversation.rows import Sight
from bot.web.inbox.conversation.timeline_items import ShownEvent
from bot.web.inbox.conversation.times import clock_time

_DEEDS = {
    "conversation.closed": ("check", "closed the conversation"),
    "conversation.reopened": ("refresh", "reopened the conversation"),
    "capture.requested": ("mail", "wanted the email asked for"),
    "contact.removed": ("user", "unlinked the contact"),
    "answer.taken": ("mail", "took the mail as the visitor's answer"),
    "address.proved": ("check", "proved the email address"),
    "consent.given": ("check", "agreed that the address is kept"),
    "automatic.stopped": ("close", "wants no automatic messages any more"),
}


def tell_entry(deed: Deed, sight: Sight, names: Mapping[str, str]) -> ShownEvent:
    """Tell what somebody did; `names` are the agents' by their emails."""
    icon, words = _describe(deed, sight, names)
    return ShownEvent(f"d{deed.id}", icon, words, clock_time(deed.at, sight.zone))


def name_actor(actor: str, sight: Sight, names: Mapping[str, str]) -> str:
    """Name who did something, as this agent would."""
    if actor == sight.agent.email:
        return "You"
    known = {"visitor": "The visitor", "api": "A program"}
    return known.get(actor) or names.get(actor, actor)


def say_change(deed: Deed | None, sight: Sight, names: Mapping[str, str], when: str) -> str:
    """Tell an agent who comes too late what has changed meanwhile."""
    if deed is None:
        return "The conversation has changed meanwhile."
    who = name_actor(deed.actor, sight, names)
    match deed.action, deed.detail.get("assignee"):
        case "conversation.closed", _:
            return f"{who} closed it {when}."
        case "conversation.reopened", _:
            return f"{who} reopened it {when}."
        case _, str() as email if email == deed.actor:
            return f"{who} took it {when}."
        case _, str() as email:
            return f"{who} gave it to {name_actor(email, sight, names)} {when}."
        case _:
            return f"{who} gave it back to all {when}."


def _describe(deed: Deed, sight: Sight, names: Mapping[str, str]) -> tuple[str, str]:
    who = name_actor(deed.actor, sight, names)
    if deed.action == "conversation.assigned":
        return "user", f"{who} {_assigned(deed, sight, names)}"
    if deed.action == "consent.withdrawn":
        return "close", _say_withdrawn(deed, who)
    if deed.action in _DEEDS:
        icon, what = _DEEDS[deed.action]
        return icon, f"{who} {what}"
    if deed.actor == "visitor":
        return "mail", "The visitor gave an email, not verified"
    return "user", f"{who} added the contact"


def _say_withdrawn(deed: Deed, who: str) -> str:
    if deed.actor == "visitor":
        return "The visitor withdrew the consent: no mails go to the address"
    return f"{who} noted that the consent is withdrawn: no mails go to the address"


def _assigned(deed: Deed, sight: Sight, names: Mapping[str, str]) -> str:
    match deed.detail.get("assignee"):
        case str() as email if email == deed.actor:
            return "took the conversation"
        case str() as email:
            to = name_actor(email, sight, names)
            return f"gave the conversation to {to.lower() if to == 'You' else to}"
        case _:
            return "gave the conversation back to all"
