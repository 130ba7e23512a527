"""Which rows of the list a page asks for: some after a place, or some by name."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.model import ConversationId
from bot.edge.numbers import LAST_ID, read_number

PAGE = 50
MOST_ROWS = 100
"""More than this are asked for in several requests."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Which rows of the list: how many, and after which one."""

    rows: int = PAGE
    after: str | None = None
    known: Mapping[ConversationId, str] = field(default_factory=dict)
    """Rows that the page has, with their versions: the same ones are not written again."""


def read_slice(query: Mapping[str, str]) -> Slice:
    """Read a part of the list out of an address: `known` is `id-version.id-version`."""
    pairs = [part.partition("-") for part in _parts(query, "known")]
    known = {_id(name, "known"): version for name, _, version in pairs}
    return Slice(read_number(query, "rows", MOST_ROWS) or PAGE, query.get("after") or None, known)


def read_named(query: Mapping[str, str]) -> list[ConversationId]:
    """Read names of conversations out of an address: `id.id.id`."""
    return [_id(part, "named") for part in _parts(query, "named")]


def _parts(query: Mapping[str, str], name: str) -> list[str]:
    return [part for part in query.get(name, "").split(".")[: 2 * MOST_ROWS] if part]


def _id(text: str, name: str) -> ConversationId:
    return ConversationId(read_number({name: text}, name, LAST_ID) or 0)
