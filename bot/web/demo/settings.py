"""Settings of the simulator."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeAlias

Peek: TypeAlias = Callable[[str], Awaitable[Mapping[str, object] | None]]
"""Shows somebody's conversation as the API does, with its `messages`; by page-scoped id."""
Reply: TypeAlias = Callable[[int, str], Awaitable[None]]
"""Answers a conversation as the team; may raise `ReplyRefusedError`."""


class ReplyRefusedError(Exception):
    """The team can't answer here now; the text is a sentence for the person who tried."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class DemoSettings:
    """A page of the simulator's own, and the ways into the system that it plays with."""

    page_id: str
    app_id: str
    app_secret: str = field(repr=False)
    page_token: str = field(repr=False)
    webhook_url: Callable[[], str]
    """Asked at each delivery, for a port may be known only once it is open."""
    peek: Peek
    reply: Reply
    title: str = "Northwind Outfitters"
    """The page's name."""
    hosts: frozenset[str] = frozenset()
    """Names of ours without a port; those of this machine count anyway."""
    now: Callable[[], datetime] = _now
