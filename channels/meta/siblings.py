"""Deliveries that come to one channel of Meta's and are another's: one app may send all to one."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from aiohttp import web

Take: TypeAlias = Callable[[bytes, Sequence[str]], Awaitable[web.Response]]
"""Takes a delivery in: the bytes as they came, and the headers that may be signatures."""


@dataclass(frozen=True, slots=True)
class Siblings:
    """The channels of Meta's that a process serves, by what stands over their deliveries."""

    _takes: dict[str, Take] = field(default_factory=dict)

    def add(self, subject: str, take: Take) -> None:
        """Take in from now on what other channels are sent of this one."""
        self._takes[subject] = take

    def find(self, subject: str | None) -> Take | None:
        """Find the channel that a delivery is for."""
        return self._takes.get(subject) if subject else None
