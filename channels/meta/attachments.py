"""Attachments of a message."""

import re

from bot.core.events import Attachment
from channels.meta.cards import describe_card
from channels.meta.texts import JsonObject, clean, id_of, object_of

MOST = 20
FILE_HOSTS = ("fbcdn.net", "fbsbx.com", "cdninstagram.com")
"""The domains at which Meta keeps what people attach."""
_LONGEST_TYPE = 50
_LONGEST_TITLE = 500
_URL = re.compile("https?://[^\\s\x00-\x1f\x7f\ud800-\udfff]{1,4000}", re.IGNORECASE)
_THUMBS_UP = {"369239263222822", "369239343222814", "369239383222810"}  # small, medium, large


def attachments_of(value: object, said: str = "") -> tuple[tuple[Attachment, ...], int]:
    """Give the attachments, each thing once, and how many there were too many.

    `said` is the message's own text: a card that says nothing more is left out.
    """
    if not isinstance(value, list) or not value:
        return (), 0
    items = _without_doubles([object_of(item) for item in value])
    kept = (_attachment(item, said) for item in items[:MOST])
    return tuple(filter(None, kept)), max(0, len(items) - MOST)


def _without_doubles(items: list[JsonObject]) -> list[JsonObject]:
    # Until August 2026 one sticker may come as an image and as a sticker in the same message.
    stickers = {_sticker_id(item) for item in items if item.get("type") == "sticker"} - {None}
    return [
        item for item in items if item.get("type") != "image" or _sticker_id(item) not in stickers
    ]


def _attachment(item: JsonObject, said: str) -> Attachment | None:
    payload = object_of(item.get("payload"))
    if item.get("type") == "template":
        title = describe_card(item, said)
        url = _first_url(payload.get("url"), item.get("url"), item.get("URL"))
        return Attachment("template", title, url) if title else None
    latitude, longitude = _coordinates(object_of(payload.get("coordinates")))
    return Attachment(
        type=clean(id_of(item.get("type")) or "unknown")[:_LONGEST_TYPE],
        title="👍" if _sticker_id(item) in _THUMBS_UP else _title(item, payload),
        url=_first_url(payload.get("url"), item.get("url"), item.get("URL")),
        latitude=latitude,
        longitude=longitude,
    )


def _sticker_id(item: JsonObject) -> str | None:
    return id_of(object_of(item.get("payload")).get("sticker_id"))


def _title(item: JsonObject, payload: JsonObject) -> str | None:
    product = object_of(payload.get("product"))
    for titled in (item, payload, _first_element(payload), _first_element(product)):
        title = titled.get("title")
        if isinstance(title, str) and title.strip():
            return clean(title)[:_LONGEST_TITLE]
    return None


def _first_element(template: JsonObject) -> JsonObject:
    elements = template.get("elements")
    return object_of(elements[0]) if isinstance(elements, list) and elements else {}


def _first_url(*candidates: object) -> str | None:
    return next((url for url in candidates if isinstance(url, str) and _URL.fullmatch(url)), None)


def _coordinates(value: JsonObject) -> tuple[float | None, float | None]:
    latitude, longitude = _degrees(value.get("lat"), 90), _degrees(value.get("long"), 180)
    return (None, None) if latitude is None or longitude is None else (latitude, longitude)


def _degrees(value: object, most: int) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) <= most else None  # nor is NaN
