"""The yardstick: a WebSocket of aiohttp that greets and then says nothing."""

import asyncio
import gc
import sys

from aiohttp import web


async def talk(request: web.Request) -> web.WebSocketResponse:
    """Do what every server of sockets must, and no more."""
    socket = web.WebSocketResponse(heartbeat=25, max_msg_size=64 * 1024, compress=False)
    await socket.prepare(request)
    await socket.receive()
    await socket.send_str('{"type": "status", "status": "open"}')
    async for _ in socket:
        pass
    return socket


async def serve(port: int) -> None:
    """Serve as the bot's own web process does."""
    app = web.Application()
    app.add_routes([web.get("/chat/socket", talk)])
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True)
    await runner.setup()
    gc.collect()
    gc.freeze()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
