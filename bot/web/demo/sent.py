"""Reading a Send API call as strictly as Meta does. Pure."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.web.demo.graph_errors import GraphError

_TYPES = ("RESPONSE", "UPDATE", "MESSAGE_TAG")
_ACTIONS = ("typing_on", "typing_off", "mark_seen")
_OFFERS = ("text", "user_email", "user_phone_number", "location")
_LONGEST_TEXT = 2000
_LONGEST_METADATA = 1000
_LONGEST_PAYLOAD = 1000
_LONGEST_TITLE = 20
_MOST_OFFERS = 13
_WINDOW = timedelta(hours=24)


def read_recipient(form: Mapping[str, str]) -> str:
    """Give the page-scoped id."""
    recipient = _read_object(form, "recipient")
    if recipient is None:
        message = "(#100) The parameter recipient is required"
        raise GraphError(message)
    psid = recipient.get("id")
    if not isinstance(psid, str) or not psid:
        message = "(#100) Param recipient[id] must be a string"
        raise GraphError(message)
    return psid


def read_action(form: Mapping[str, str]) -> str | None:
    """Give the sender action, if it is one."""
    action = form.get("sender_action")
    if action is not None and action not in _ACTIONS:
        message = f"(#100) Param sender_action must be one of {_listed(_ACTIONS)}"
        raise GraphError(message)
    return action


def read_message(form: Mapping[str, str]) -> dict[str, object]:
    """Give a message that a phone can show."""
    if form.get("messaging_type") not in _TYPES:
        reason = f"(#100) Param messaging_type must be one of {_listed(_TYPES)}"
        raise GraphError(reason)
    message = _read_object(form, "message")
    if message is None:
        reason = "(#100) The parameter message is required"
        raise GraphError(reason)
    _check_text(message.get("text"))
    if len(str(message.get("metadata", ""))) >= _LONGEST_METADATA:
        reason = "(#100) Param message[metadata] is too long"
        raise GraphError(reason)
    _check_offers(message.get("quick_replies", []))
    return message


def check_window(last_wrote_at: datetime | None, now: datetime) -> None:
    """Refuse what comes more than a day after the person's last word."""
    if last_wrote_at is None or now - last_wrote_at > _WINDOW:
        message = "(#10) This message is sent outside of allowed window."
        raise GraphError(message, 10, 2018278, status=403)


def _read_object(form: Mapping[str, str], name: str) -> dict[str, object] | None:
    if name not in form:
        return None
    try:
        value = json.loads(form[name])
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        message = f"(#100) Param {name} must be a JSON object (got {form[name][:40]!r})"
        raise GraphError(message)
    return value


def _check_text(text: object) -> None:
    if not isinstance(text, str) or not text:
        reason = "(#100) Param message[text] must be a non-empty UTF-8 encoded string"
        raise GraphError(reason)
    if len(text) >= _LONGEST_TEXT:
        reason = "(#100) Length of param message[text] must be less than 2000 characters"
        raise GraphError(reason)


def _check_offers(offers: object) -> None:
    if not isinstance(offers, list) or len(offers) > _MOST_OFFERS:
        reason = "(#100) Param message[quick_replies] must be an array of at most 13"
        raise GraphError(reason)
    for offer in offers:
        _check_offer(offer)


def _check_offer(offer: object) -> None:
    if not isinstance(offer, dict) or offer.get("content_type") not in _OFFERS:
        reason = f"(#100) Param quick_replies[content_type] must be one of {_listed(_OFFERS)}"
        raise GraphError(reason)
    if offer["content_type"] != "text":
        return
    for name, longest in (("title", _LONGEST_TITLE), ("payload", _LONGEST_PAYLOAD)):
        value = offer.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= longest:
            reason = f"(#100) Param quick_replies[{name}] must have 1 to {longest} characters"
            raise GraphError(reason)


def _listed(names: tuple[str, ...]) -> str:
    return "{" + ", ".join(names) + "}"
