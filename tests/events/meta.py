"""What Meta tells of, as items of a delivery: each happens so many seconds after it all began."""

from datetime import UTC, datetime
from typing import Any, TypeAlias

from tests.channels.messenger.deliveries import APP, OTHER_PAGE, PAGE

__all__ = ["APP", "PAGE"]
Item: TypeAlias = dict[str, Any]  # Any: foreign JSON

SECRET = "an app's secret that is long enough"  # noqa: S105 - of these tests only
OTHER_APP, INBOX_APP = "999", "263902037430900"
AUTOMATIC = "Thanks for writing! We are back at 9."
PAGES = {PAGE: "a page's token", OTHER_PAGE: "another page's token"}
BEGAN = datetime.now(UTC).timestamp() - 3_600
"""An hour ago: the channel's window is open, and what is due to happen is due."""


def millis(at: float) -> int:
    return int((BEGAN + at) * 1_000)


def event(person: str, at: float, **event: object) -> Item:
    sides = {"sender": {"id": person}, "recipient": {"id": PAGE}}
    return {**sides, "timestamp": millis(at), **event}


def wrote(person: str, mid: str, text: str, at: float = 0, **more: object) -> Item:
    return event(person, at, message={"mid": mid, "text": text, **more})


def edited(person: str, mid: str, text: str, at: float = 2, *, number: int = 1) -> Item:
    return event(person, at, message_edit={"mid": mid, "text": text, "num_edit": number})


def unsent(person: str, mid: str, at: float = 3) -> Item:
    return event(person, at, message={"mid": mid, "is_deleted": True})


def echo(person: str, mid: str, text: str, at: float = 4, **more: object) -> Item:
    said = {"mid": mid, "text": text, "is_echo": True, "app_id": OTHER_APP, **more}
    return {**event(PAGE, at, message=said), "recipient": {"id": person}}


def echo_unsent(person: str, mid: str, at: float = 5) -> Item:
    gone = {"mid": mid, "is_echo": True, "is_deleted": True}
    return {**event(PAGE, at, message=gone), "recipient": {"id": person}}


def picture(name: str) -> Item:
    return {"type": "image", "payload": {"url": f"https://scontent.fbcdn.net/{name}.jpg"}}


def taken(person: str, at: float) -> Item:
    """Tell that another app has the conversation now."""
    return event(person, at, take_thread_control={"new_owner_app_id": OTHER_APP})


def returned(person: str, at: float) -> Item:
    return event(person, at, pass_thread_control={"new_owner_app_id": APP})


def delivered(person: str, at: float) -> Item:
    return event(person, at, delivery={"watermark": millis(at)})


def seen(person: str, at: float) -> Item:
    return event(person, at, read={"watermark": millis(at)})
