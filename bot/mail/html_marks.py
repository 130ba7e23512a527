"""Knows the parts of a page that mail programs mark as quote or signature."""

import re
from dataclasses import dataclass

_NAMED = re.compile(r"\b(?:id|class|name)=[\"']?([^\"'<>=]{1,200})", re.IGNORECASE)
_ALT = re.compile(r"\balt=[\"']([^\"'<>=]{1,12})[\"']", re.IGNORECASE)
_QUOTES = ("yahoo_quoted", "protonmail_quote", "moz-cite-prefix", "gmail_attr", "zmail_extra",
           "outlookmessageheader", "mail-editor-reference-message",
           "ms-outlook-mobile-reference-message")  # fmt: skip
_ENDS = ("divrplyfwdmsg", "appendonsend", "stopspelling")
_SIGNATURES = ("gmail_signature", "moz-signature", "ms-outlook-mobile-signature",
               "ymail_android_signature", "protonmail_signature_block",
               "composer_signature")  # fmt: skip
_TIGHT = ("msonormal", "msoplaintext", "mso-list")
_INDENTED = re.compile(r"border(?:-width)?:\s?(?:none|0)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Marks:
    """What the attributes of a tag say about the words in it."""

    is_quote: bool = False
    ends_the_new: bool = False
    """From here on a program has copied an earlier mail."""
    is_signature: bool = False
    is_tight: bool = False
    """No blank line is meant below such a paragraph."""


def marks_of(name: str, attributes: str) -> Marks:
    """Read the attributes of a tag."""
    given = " ".join(_NAMED.findall(attributes)).lower() if "=" in attributes else ""
    named = set(given.split())
    return Marks(
        is_quote=_is_quote(name, given, attributes) or (name == "div" and "quote" in named),
        ends_the_new=any(mark in given for mark in _ENDS),
        is_signature="signature" in named or any(mark in given for mark in _SIGNATURES),
        is_tight=any(mark in given for mark in _TIGHT),
    )


def emoji_of(attributes: str) -> str:
    """Give the emoji that a picture stands for; nothing for any other picture."""
    found = _ALT.search(attributes)
    return (
        found[1] if found and not any(map(str.isalnum, found[1])) and not found[1].isascii() else ""
    )


def _is_quote(name: str, given: str, attributes: str) -> bool:
    if name == "blockquote":  # some programs indent a writer's own words by it
        return bool(given) or "cite" in attributes or not _INDENTED.search(attributes)
    return name == "div" and any(mark in given for mark in _QUOTES)
