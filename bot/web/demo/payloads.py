"""Webhooks as Meta writes them. Pure."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime

_ESCAPES = {"/": r"\/", "@": r"\u0040", "<": r"\u003C", "%": r"\u0025"}
_ESCAPED = re.compile("[/@<%]")


def in_milliseconds(at: datetime) -> int:
    """Give a moment as Meta counts it."""
    return int(at.timestamp() * 1000)


def encode(body: Mapping[str, object]) -> bytes:
    """Write JSON with Meta's escapes: they are in the bytes that are signed."""
    text = json.dumps(body, separators=(",", ":"))
    return _ESCAPED.sub(lambda found: _ESCAPES[found[0]], text).encode()


def delivery_to(page_id: str, at: datetime, item: Mapping[str, object]) -> dict[str, object]:
    """Wrap one event of a page."""
    entry = {"id": page_id, "time": in_milliseconds(at), "messaging": [item]}
    return {"object": "page", "entry": [entry]}


def text_message(mid: str, text: str, payload: str | None = None) -> dict[str, object]:
    """Say what somebody wrote, or tapped if there is a payload."""
    tapped = {} if payload is None else {"quick_reply": {"payload": payload}}
    return {"message": {"mid": mid, "text": text, **tapped}}


def edit(mid: str, text: str, number: int) -> dict[str, object]:
    """Say what a message reads now."""
    return {"message_edit": {"mid": mid, "text": text, "num_edit": number}}


def unsent(mid: str) -> dict[str, object]:
    """Say that a message was taken back."""
    return {"message": {"mid": mid, "is_deleted": True}}


def guest_referral(site: str) -> dict[str, object]:
    """Say that somebody without an account came from a site."""
    return {
        "referral": {
            "source": "CUSTOMER_CHAT_PLUGIN",
            "type": "OPEN_THREAD",
            "referer_uri": site,
            "is_guest_user": True,
        }
    }


def echo(mid: str, text: str, app_id: str, metadata: str) -> dict[str, object]:
    """Say what the page wrote, and through which app."""
    ours = {"metadata": metadata} if metadata else {}
    number = int(app_id) if app_id.isdecimal() else app_id
    return {"message": {"mid": mid, "text": text, "is_echo": True, "app_id": number, **ours}}


def delivered(mids: Iterable[str], at: datetime) -> dict[str, object]:
    """Say that messages of the page have reached a phone."""
    return {"delivery": {"mids": list(mids), "watermark": in_milliseconds(at)}}


def seen(at: datetime) -> dict[str, object]:
    """Say up to when somebody has read."""
    return {"read": {"watermark": in_milliseconds(at)}}


def between(sender: str, recipient: str, at: datetime) -> dict[str, object]:
    """Say who did something to whom, and when."""
    return {
        "sender": {"id": sender},
        "recipient": {"id": recipient},
        "timestamp": in_milliseconds(at),
    }
