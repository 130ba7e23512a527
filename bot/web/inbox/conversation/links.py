"""Finds the addresses in what people write, so that they can be followed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

# not in it: what hides or turns text around, and the backslash, which browsers read as a slash
_URL = re.compile(
    r"(?<!\w)https?://[^\s\\<>\"`\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e"
    r"\u2060-\u206f\ufeff\ufff9-\ufffb]+",
    re.IGNORECASE,
)
_PUNCTUATION = ".,:;!?'*\u2019\u201d\xbb\u2026"
_PAIRS = {")": "(", "]": "[", "}": "{"}
_LONGEST_HOST = 253


@dataclass(frozen=True, slots=True)
class TextPart:
    """A stretch of a text."""

    text: str
    is_link: bool = False
    host: str = ""
    """How the name of the server is written in truth, where the text has foreign letters."""


def find_links(text: str) -> Iterator[TextPart]:
    """Part a text where addresses begin and end; together the parts are the text."""
    end = 0
    for found in _URL.finditer(text):
        link = _read(_without_punctuation(found[0]))
        if link is None:
            continue
        if found.start() > end:
            yield TextPart(text[end : found.start()])
        yield link
        end = found.start() + len(link.text)
    if end < len(text):
        yield TextPart(text[end:])


def is_link(address: str) -> bool:
    """Say whether the whole of it can be followed."""
    return [part.is_link for part in find_links(address)] == [True]


def _read(url: str) -> TextPart | None:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
        # before an @ stands what looks like a server and is none
        if not host or len(host) > _LONGEST_HOST or "@" in parts.netloc:
            return None
        true_host = "" if host.isascii() else host.encode("idna").decode()
    except ValueError:
        return None
    return TextPart(url, is_link=True, host=true_host)


def _without_punctuation(url: str) -> str:
    """Leave out what belongs to the sentence; a bracket belongs to the address that opened it."""
    loose = {closing: url.count(closing) - url.count(_PAIRS[closing]) for closing in _PAIRS}
    end = len(url)
    while end:
        last = url[end - 1]
        if loose.get(last, 0) > 0:
            loose[last] -= 1
        elif last not in _PUNCTUATION:
            break
        end -= 1
    return url[:end]
