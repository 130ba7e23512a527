"""Puts the simulator into a site."""

from aiohttp import web

from bot.web.demo.graph import FakeGraph
from bot.web.demo.guard import guard_host
from bot.web.demo.pages import DemoPages
from bot.web.demo.people import Crowd
from bot.web.demo.phone import Phone
from bot.web.demo.postman import DemoPostman
from bot.web.demo.settings import DemoSettings


def add_demo(app: web.Application, demo: DemoSettings) -> None:
    """Serve `/demo/messenger` and, for the workers, `/demo/graph/<version>/…`.

    People and their phones live in the memory of this process: there must be one only.
    """
    crowd, postman = Crowd(), DemoPostman(demo)
    phone = Phone(demo, postman)
    parts = {
        "/demo/messenger": DemoPages(demo, crowd, phone).application(),
        "/demo/graph": FakeGraph(demo, crowd, phone).application(),
    }
    for prefix, part in parts.items():
        part.middlewares.insert(0, guard_host(demo.hosts))
        app.add_subapp(prefix, part)
    app.cleanup_ctx.append(postman.work)
