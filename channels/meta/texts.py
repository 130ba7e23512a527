"""Foreign JSON values, taken only as what they can be used for."""

import re
from typing import TypeAlias

JsonObject: TypeAlias = dict[str, object]

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def clean(text: str) -> str:
    """Replace what no database takes: NUL and lone surrogates."""
    if text.isascii() and "\0" not in text:
        return text
    return _UNSTORABLE.sub("\ufffd", text)


def text_of(value: object) -> str:
    """Take a text or a number; anything else says nothing."""
    return clean(id_of(value) or "")


def id_of(value: object) -> str | None:
    """Take an id, which in old traffic is a number; an empty one is none."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None


def object_of(value: object) -> JsonObject:
    """Take an object; anything else has no keys."""
    return value if isinstance(value, dict) else {}


def is_on(value: object) -> bool:
    """Read a flag, which some senders put in quotes."""
    return value is True or value == "true"
