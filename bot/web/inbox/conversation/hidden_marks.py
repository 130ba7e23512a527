"""Characters that can't be seen, or that turn a line around, as marks that agents can see."""

import re

from markupsafe import Markup, escape

# joiners and selectors of variants stay: emoji and whole scripts are written with them
_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb]"
)
_MARKS = {code: f"[U+{code:04X}]" for code in range(0xAD, 0x10000) if _HIDDEN.match(chr(code))}


def show_hidden(value: object) -> object:
    """Write each such character of a text as its number; all else stays as it is."""
    if isinstance(value, str) and _HIDDEN.search(value):
        return value.translate(_MARKS)  # of markup, too: a mark holds nothing that means anything
    return value


def as_typed(value: object) -> Markup:
    """Write a value of a form's field so that it is sent back as it was, no mark in it."""
    return Markup(_HIDDEN.sub(lambda found: f"&#{ord(found[0])};", escape(value)))  # noqa: S704 - escaped
