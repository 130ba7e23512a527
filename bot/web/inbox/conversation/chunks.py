"""An open conversation in chunks: those that the page has already are not written again."""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.web.inbox.conversation.rows import RowPerson
from bot.web.inbox.conversation.timeline_items import Item

_LENGTH = 50


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some items in a row, as they are now."""

    number: int
    version: str
    items: Sequence[Item]
    is_same: bool
    """Whether the page has it in this version."""


def cut(story: Sequence[Item], person: RowPerson, known: str) -> list[Chunk]:
    """Cut a conversation; `known` are the versions of the page's chunks, with dots between."""
    return list(_cut(story, person, known.split(".")))


def _cut(story: Sequence[Item], person: RowPerson, known: Sequence[str]) -> Iterator[Chunk]:
    for number, start in enumerate(range(0, len(story), _LENGTH)):
        items = story[start : start + _LENGTH]
        version = f"{zlib.crc32(repr((person, items)).encode()):x}"
        yield Chunk(number, version, items, known[number : number + 1] == [version])
