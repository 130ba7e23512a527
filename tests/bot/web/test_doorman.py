"""Idle connections must not keep anybody out."""

import asyncio

from aiohttp import ClientSession, web
from aiohttp.test_utils import unused_port

from bot.web.connection_limit import ConnectionLimit


async def greet(_request: web.Request) -> web.Response:
    return web.Response(text="hello")


async def stay(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    async for message in socket:
        await socket.send_str(str(message.data))
    return socket


async def test_of_too_many_idle_connections_the_first_ones_go() -> None:
    doorman, port = ConnectionLimit(most=10), unused_port()
    app = web.Application(middlewares=[doorman.middleware()])
    app.add_routes([web.get("/", greet), web.get("/socket", stay)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    assert runner.server
    async with ClientSession() as session:
        busy = await session.ws_connect(f"http://127.0.0.1:{port}/socket")
        silent = [await asyncio.open_connection("127.0.0.1", port) for _ in range(30)]
        async with session.get(f"http://127.0.0.1:{port}/") as answer:
            assert answer.status == 200
        doorman.make_room(runner.server)
        for reader, _ in silent[:22]:
            assert await asyncio.wait_for(reader.read(), 5) == b""
        reader, writer = silent[-1]
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        await busy.send_str("still here")
        assert await busy.receive_str(timeout=5) == "still here"
        await busy.close()
    for _, writer in silent:
        writer.close()
    await runner.cleanup()
