"""One socket's way out, without anything behind it."""

from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import TypeAlias

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from channels.webchat.socket_writer import MOST_WAITING, SocketWriter

Act: TypeAlias = Callable[[SocketWriter], Coroutine[None, None, None]]


async def frames_after(act: Act) -> tuple[list[str], int | None]:
    """Say what a reader gets, and with which code it is sent away."""

    async def serve(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        outlet = SocketWriter(socket, request.transport, lambda: False, timedelta(seconds=1))
        await act(outlet)
        await socket.receive()
        await outlet.finish()
        return socket

    app = web.Application()
    app.add_routes([web.get("/", serve)])
    async with TestClient(TestServer(app)) as client:
        socket = await client.ws_connect("/")
        frames: list[str] = []
        async for message in socket:
            if message.data == "end":
                await socket.close()
                break
            frames.append(message.data)
        return frames, socket.close_code


async def test_what_has_waited_is_sent_in_order_and_once() -> None:
    async def act(outlet: SocketWriter) -> None:
        for seq in (2, 3, 4):
            outlet.push(str(seq), seq)
        outlet.push("typing")
        await outlet.push_now("1 to 3")
        outlet.open(sent=3)
        for frame, seq in (("4 again", 4), ("5", 5), ("end", 0)):
            outlet.push(frame, seq)

    frames, _ = await frames_after(act)
    assert frames == ["1 to 3", "4", "typing", "5"]


async def test_a_hundred_may_wait_and_one_more_is_too_many() -> None:
    async def act(outlet: SocketWriter) -> None:
        for seq in range(1, MOST_WAITING + 2):
            outlet.push(str(seq), seq)

    assert await frames_after(act) == ([], 1013)
