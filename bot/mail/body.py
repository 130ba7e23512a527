"""Finds what a mail says, and what is attached to it, among its parts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import policy
from email.headerregistry import ParameterizedMIMEHeader
from itertools import islice

from bot.mail.content import text_of
from bot.mail.flowed import unflowed
from bot.mail.html_text import plain_of_html
from bot.mail.mime import Part
from bot.mail.quotes import says_something

_MOST_FILES = 20
FAULTS = (RecursionError, ValueError, LookupError, TypeError, AttributeError)
"""What the standard library meets some malformed fields with."""
_MOST_LETTERS = 400_000  # that are read to find the text
_MOST_OF_A_FIELD = 500
_LONGEST_REFERENCE = 200  # letters: "please use a program that shows HTML"
_FORMS = ("text/plain", "text/html")
_TEXTS = set(_FORMS)


def body_texts(mail: Part) -> Iterator[str]:
    """Give all that stands in a mail for its reader: from the plain form, then from the page."""
    for wanted in _FORMS:
        yield _Reading(wanted, _MOST_LETTERS).text(mail)


def file_names(mail: Part) -> tuple[str, ...]:
    """Name what is attached, or the mail itself, if it is no text; nothing of it is opened."""
    files = _files(mail) if mail.parts or mail.kind in _TEXTS else [mail]
    return tuple(map(_name, islice(files, _MOST_FILES)))


@dataclass(slots=True)
class _Reading:
    wanted: str
    """The kind that is read, where a text has several."""
    left: int
    """How many letters are still read."""

    def text(self, part: Part) -> str:
        if part.kind == "multipart/alternative":
            return self._best(part.parts)
        if part.parts:
            texts = map(self.text, (each for each in part.parts if not each.is_attached))
            return "\n\n".join(filter(says_something, texts))
        return self._decoded(part) if part.kind in _TEXTS else ""

    def _best(self, forms: Sequence[Part]) -> str:
        """Give the form that is wanted, or another one if that says nothing of its own."""
        in_order = sorted(forms, key=lambda form: form.kind != self.wanted)
        texts = filter(says_something, map(self.text, in_order))
        first = next(texts, "")
        return next(texts, first) if _refers_to_page(first) else first

    def _decoded(self, part: Part) -> str:
        text = text_of(part, self.left)
        self.left -= len(text)
        if part.kind == "text/html":
            return plain_of_html(text)
        is_flowed = part.parameters.get("format", "").lower() == "flowed"
        deletes_blank = part.parameters.get("delsp", "").lower() == "yes"
        return unflowed(text, deletes_blank=deletes_blank) if is_flowed else text


def _refers_to_page(text: str) -> bool:
    return len(text) <= _LONGEST_REFERENCE and "html" in text.lower()


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
