"""Finds what a mail says, and what is attached to it, among its parts."""

from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.headerregistry import ParameterizedMIMEHeader
from itertools import islice

from bot.mail.content import text_of
from bot.mail.html_text import plain_of_html
from bot.mail.mime import Part
from bot.mail.quotes import says_something

_MOST_FILES = 20
FAULTS = (RecursionError, ValueError, LookupError, TypeError, AttributeError)
"""What the standard library meets some malformed fields with."""
_MOST_LETTERS = 400_000  # that are read to find the text
_MOST_OF_A_FIELD = 500
_TEXTS = {"text/plain", "text/html"}


def body_text(mail: Part) -> str:
    """Give all that stands in a mail for its reader; the plain form, where it has several."""
    return _Reading(_MOST_LETTERS).text(mail)


def file_names(mail: Part) -> tuple[str, ...]:
    """Name what is attached, or the mail itself, if it is no text; nothing of it is opened."""
    files = _files(mail) if mail.parts or mail.kind in _TEXTS else [mail]
    return tuple(map(_name, islice(files, _MOST_FILES)))


@dataclass(slots=True)
class _Reading:
    left: int
    """How many letters are still read."""

    def text(self, part: Part) -> str:
        if part.kind == "multipart/alternative":
            plain_first = sorted(part.parts, key=lambda each: each.kind != "text/plain")
            return next(filter(says_something, map(self.text, plain_first)), "")
        if part.parts:
            texts = map(self.text, (each for each in part.parts if not each.is_attached))
            return "\n\n".join(filter(says_something, texts))
        return self._decoded(part) if part.kind in _TEXTS else ""

    def _decoded(self, part: Part) -> str:
        text = text_of(part, self.left)
        self.left -= len(text)
        return plain_of_html(text) if part.kind == "text/html" else text


def _files(part: Part) -> Iterator[Part]:
    for each in part.parts:
        if each.parts:
            yield from _files(each)
        elif part.kind == "multipart/related":  # pictures of a page, unless they are said not to be
            if each.disposition.startswith("attachment"):
                yield each
        elif each.is_attached or (part.kind == "multipart/mixed" and each.kind not in _TEXTS):
            yield each


def _name(part: Part) -> str:
    for field, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        value = part.head.first(field)[:_MOST_OF_A_FIELD]
        try:
            header = policy.default.header_factory(field, value)
        except FAULTS:
            continue
        params = header.params if isinstance(header, ParameterizedMIMEHeader) else {}
        if name := params.get(parameter):
            return str(name)
    return part.kind.replace("/", ".")
