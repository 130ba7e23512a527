"""API operations: each defines its route, its checks and its description."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel

from bot.desk import Desk
from bot.web.api import shapes

Query = TypeVar("Query", bound=shapes.GivenShape)
Body = TypeVar("Body", bound=shapes.GivenShape)
SHORT_LIST = 50


@dataclass(frozen=True, slots=True)
class Call(Generic[Query, Body]):
    """An API request, read and checked; `id` is 0 where the path has none."""

    id: int
    query: Query
    body: Body


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """An API answer."""

    content: BaseModel
    status: int = 200


@dataclass(frozen=True, slots=True)
class Operation(Generic[Query, Body]):
    """An API operation."""

    method: str
    path: str
    name: str
    summary: str
    query: type[Query]
    body: type[Body]
    act: Callable[[Desk, Call[Query, Body]], ApiAnswer]
    answers: Mapping[int, type[BaseModel]]
    conflicts: bool = False
    body_required: bool = True

    @property
    def takes_id(self) -> bool:
        """Whether the operation's path holds an id."""
        return "{id}" in self.path

    @property
    def takes_body(self) -> bool:
        """Whether the operation reads a body."""
        return self.method in {"POST", "PATCH"}


def clamp(wanted: int | None) -> int:
    """Give a list's length: what is wanted, but not too much."""
    return min(wanted or SHORT_LIST, shapes.MOST_IN_LIST)
