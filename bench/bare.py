"""The yardstick: a handler that reads, checks the HMAC, parses and answers; stores nothing."""

import hashlib
import hmac
import json
import sys

from aiohttp import web

from bench.webhooks import SECRET


async def take(request: web.Request) -> web.Response:
    """Do what every webhook receiver must, and no more."""
    body = await request.read()
    expected = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, request.headers.get("X-Hub-Signature-256", "")):
        return web.Response(status=403)
    json.loads(body)
    return web.Response(text="EVENT_RECEIVED")


if __name__ == "__main__":
    app = web.Application(client_max_size=4 * 1024 * 1024)
    app.add_routes([web.post("/webhooks/messenger", take)])
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
