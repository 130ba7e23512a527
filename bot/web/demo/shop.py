"""A made-up shop that embeds the chat, to try it out and to show it."""

from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web
from jinja2 import Environment, FileSystemLoader

from config.origins import normalise_host

_WEB = Path(__file__).parent.parent
_TEMPLATES = Environment(loader=FileSystemLoader(_WEB / "templates"), autoescape=True)
_ASSETS = {name: _WEB / "static" / "demo" / name for name in ("shop.css", "shop.js")}


def shop_routes(public_origin: str) -> list[web.RouteDef]:
    """Serve `/demo`; under another of our names it leads to the one that may embed the chat."""
    policy = (
        f"default-src 'self'; img-src 'self' data:; frame-src {public_origin};"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    home, public = f"{public_origin}/demo", urlsplit(public_origin)
    page = _TEMPLATES.get_template("demo/shop.html").render(widget=f"{public_origin}/widget.js")

    async def show(request: web.Request) -> web.Response:
        if normalise_host(request.host, public.scheme) != public.netloc:
            raise web.HTTPFound(home)
        headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
        return web.Response(text=page, content_type="text/html", headers=headers)

    return [web.get("/demo", show), web.get("/demo/static/{name}", _asset)]


async def _asset(request: web.Request) -> web.FileResponse:
    path = _ASSETS.get(request.match_info["name"])
    if path is None:
        raise web.HTTPNotFound
    return web.FileResponse(path, headers={"Cache-Control": "no-cache"})
