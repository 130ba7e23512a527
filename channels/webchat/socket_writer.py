"""A socket's writer: a slow reader with too much waiting is disconnected."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from aiohttp import WSCloseCode, web

MOST_WAITING = 100
BAD_TICKET = 4401


class SocketWriter:
    """Sends frames in order, each message once; until it is opened everything waits."""

    __slots__ = (
        "_is_closing",
        "_is_open",
        "_is_over",
        "_patience",
        "_sent",
        "_socket",
        "_task",
        "_transport",
        "_waiting",
    )

    def __init__(
        self,
        socket: web.WebSocketResponse,
        transport: asyncio.Transport | None,
        is_over: Callable[[], bool],
        patience: timedelta,
    ) -> None:
        """Send what is pushed, until `is_over` says that the reader's ticket is too old."""
        self._socket = socket
        self._transport = transport
        self._is_over = is_over
        self._patience = patience.total_seconds()
        self._waiting: list[tuple[int, str]] = []  # a deque takes half a KiB when it is empty
        self._sent = 0
        self._is_open = False
        self._is_closing = False
        self._task: asyncio.Task[None] | None = None

    def push(self, frame: str, seq: int = 0) -> None:
        """Send a frame; one with a message's number is left out if that has been sent."""
        if self._is_closing:
            return
        if self._is_over():
            self.close(BAD_TICKET)
        elif len(self._waiting) >= MOST_WAITING:
            self.close(WSCloseCode.TRY_AGAIN_LATER)
        else:
            self._waiting.append((seq, frame))
            self._start()

    async def push_now(self, frame: str) -> None:
        """Send a frame past what waits, and wait until the reader has taken enough."""
        if not self._is_closing:
            await self._socket.send_str(frame)

    def pause(self) -> None:
        """Let everything wait."""
        self._is_open = False

    def open(self, sent: int) -> None:
        """Send what has waited and all that comes, but for the messages up to this number."""
        self._sent = sent
        self._is_open = True
        self._start()

    def close(self, code: int) -> None:
        """Say goodbye, without waiting for it."""
        if self._is_closing:
            return
        self._is_closing = True
        if self._task:
            self._task.cancel()
        self._task = asyncio.create_task(self._close(code))

    async def finish(self) -> None:
        """Stop sending: the socket is gone. A goodbye that is under way ends by itself."""
        if self._task and not self._is_closing:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def _start(self) -> None:
        if self._is_open and self._waiting and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._drain())

    async def _drain(self) -> None:
        with suppress(ConnectionError):
            while self._is_open and self._waiting:
                seq, frame = self._waiting.pop(0)
                if seq and seq <= self._sent:
                    continue
                self._sent = max(seq, self._sent)
                await self._socket.send_str(frame)

    async def _close(self, code: int) -> None:
        self._waiting.clear()
        with suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(self._patience):
                await self._socket.close(code=code)
        if self._transport:
            self._transport.abort()  # else what is never read would be kept for ever
