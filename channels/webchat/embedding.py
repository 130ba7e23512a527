"""Which site embeds the chat."""

from aiohttp import web

from config.origins import read_origin


def embedder(request: web.BaseRequest) -> str | None:
    """Tell the origin of the page that asks for the loader; None: the browser does not say.

    Few requests for a script have an `Origin`, and a page may keep its `Referer` to itself.
    """
    page = request.headers.get("Referer", "").split("/", 3)[:3]
    return read_origin(request.headers.get("Origin", "")) or read_origin("/".join(page)) or None
