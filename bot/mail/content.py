"""Decodes what a part of a mail holds; no mistake of a mail program makes it unreadable."""

import binascii
import codecs
import re

from bot.mail.mime import Part

_BASE64 = re.compile(rb"[A-Za-z0-9+/=\s]*(?:\Z|(?<=\n))")
_CHARSET = re.compile(r"[\w.:-]{1,40}", re.ASCII)
# what is not among these is no text, or takes more time than it is long
_TEXTS = re.compile(r"utf|iso|latin|cp|koi8|gb|big5|euc|shift|mac|tis|hz|johab|kz|ptcp")


def text_of(part: Part, most: int) -> str:
    """Decode the beginning of a text."""
    content = _decoded(part, 4 * most)
    declared = _charset(part)
    for charset, errors in (
        (declared, "strict"),
        ("utf-8", "strict"),
        (declared, "replace"),
        ("cp1252", "replace"),
    ):
        try:
            return codecs.getincrementaldecoder(charset)(errors).decode(content)[:most]
        except (LookupError, ValueError):
            continue
    return ""


def _decoded(part: Part, most: int) -> bytes:
    match part.head.first("content-transfer-encoding").lower():
        case "base64":
            return _from_base64(part.content[: 2 * most])[:most]
        case "quoted-printable":
            return binascii.a2b_qp(part.content[: 3 * most])[:most]
        case _:
            return part.content[:most]


def _from_base64(content: bytes) -> bytes:
    """Decode as many lines as are encoded: servers append words of their own."""
    found = _BASE64.match(content)
    encoded = found[0] if found else b""
    letters = encoded.translate(None, b"= \t\r\n\v\f")
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    rest = content[len(encoded) :]
    decoded = binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
    return b"\n".join(filter(None, (decoded, rest)))


def _charset(part: Part) -> str:
    name = part.parameters.get("charset", "")
    try:
        known = codecs.lookup(name).name if _CHARSET.fullmatch(name) else ""
    except (LookupError, ValueError):
        return ""
    if known == "iso8859-1":  # what programs call so is more, as in browsers
        return "cp1252"
    return known if _TEXTS.match(known) else ""
