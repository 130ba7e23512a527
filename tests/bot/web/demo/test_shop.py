"""The shop that shows the chat."""

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer, unused_port

from bot.web.demo.shop import shop_routes


async def test_the_shop_embeds_the_chat_of_this_server() -> None:
    port = unused_port()
    home = f"http://localhost:{port}"
    app = web.Application()
    app.add_routes(shop_routes(home))
    async with TestClient(TestServer(app, host="127.0.0.1", port=port)) as client:
        page = await client.get("/demo", headers={"Host": f"localhost:{port}"})
        assert f'src="{home}/widget.js"' in await page.text()
        assert f"frame-src {home};" in page.headers["Content-Security-Policy"]
        for name in ("shop.css", "shop.js"):
            assert (await client.get(f"/demo/static/{name}")).status == 200
        assert (await client.get("/demo/static/shop.html")).status == 404
        elsewhere = await client.get("/demo", allow_redirects=False)
        assert (elsewhere.status, elsewhere.headers["Location"]) == (302, f"{home}/demo")
