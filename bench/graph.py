"""A Graph API that takes every message and remembers when: `python -m bench.graph PORT SECONDS`."""

import asyncio
import json
import sys
import time

from aiohttp import web


def make_app(latency: float) -> web.Application:
    """Answer each message after `latency` seconds; `/arrivals` says who got one, and when."""
    arrivals: dict[str, list[float]] = {}

    async def take(request: web.Request) -> web.Response:
        moment = time.time()
        form = await request.post()
        recipient = str(json.loads(str(form["recipient"]))["id"])
        arrivals.setdefault(recipient, []).append(moment)
        await asyncio.sleep(latency)
        return web.json_response({"recipient_id": recipient, "message_id": f"m_{recipient}"})

    async def tell(_request: web.Request) -> web.Response:
        return web.json_response(arrivals)

    app = web.Application()
    app.add_routes([web.post("/{version}/{page}/messages", take), web.get("/arrivals", tell)])
    return app


if __name__ == "__main__":
    port, seconds = int(sys.argv[1]), float(sys.argv[2])
    web.run_app(make_app(seconds), host="127.0.0.1", port=port, access_log=None, print=None)
