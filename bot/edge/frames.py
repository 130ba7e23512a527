"""Limits on a socket's frames, messages and pings alike, and on bad frames in a row."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from aiohttp import WSCloseCode, WSMessage, WSMsgType, web

_MOST_BAD = 10
_AT_ONCE = 20
_EACH_SECOND = 5.0
_FAREWELL = 1.0  # seconds
_CONTROL = frozenset({WSMsgType.PING, WSMsgType.PONG})


@dataclass(slots=True)
class FramePatience:
    """The allowance of frames for a socket, by the event loop's clock."""

    now: float
    left: float = _AT_ONCE
    bad: int = 0

    def spend(self, now: float) -> bool:
        """Let a frame pass, unless there were too many of late."""
        self.left = min(_AT_ONCE, self.left + (now - self.now) * _EACH_SECOND)
        self.now = now
        self.left -= 1
        return self.left >= 0

    def judge(self, *, is_good: bool) -> None:
        """Count bad frames in a row."""
        self.bad = 0 if is_good else self.bad + 1

    @property
    def is_over(self) -> bool:
        """Whether the sender has exceeded the limit."""
        return self.bad >= _MOST_BAD or self.left < -_AT_ONCE


async def answer_control(socket: web.WebSocketResponse, message: WSMessage) -> bool:
    """Answer a ping; returns False for a frame that is no ping and no pong.

    The library would answer pings itself, past every count.
    """
    if message.type is WSMsgType.PING:
        await socket.pong(message.data)
    return message.type in _CONTROL


async def send_away(
    socket: web.WebSocketResponse, code: int = WSCloseCode.POLICY_VIOLATION
) -> None:
    """Close a socket, for breaking the rules if nothing else is said; wait only a moment for it."""
    with suppress(ConnectionError, TimeoutError):
        async with asyncio.timeout(_FAREWELL):
            await socket.close(code=code)
