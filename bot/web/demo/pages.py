"""The simulator's page and the calls that it makes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web
from jinja2 import Environment, FileSystemLoader

from bot.edge.assets import SCRIPTS, TOKENS
from bot.web.demo.guard import guard_origin
from bot.web.demo.people import Crowd, DemoHappening, DemoPerson, Direction
from bot.web.demo.phone import Phone
from bot.web.demo.requests import UnknownPersonError, read_field, read_kind, refusing
from bot.web.demo.settings import DemoSettings, ReplyRefusedError
from bot.web.demo.view import show

_WEB = Path(__file__).parent.parent
_STATIC = _WEB / "static"
_TEMPLATES = Environment(loader=FileSystemLoader(_WEB / "templates"), autoescape=True)
_ASSETS = {
    "tokens.css": TOKENS,
    **{path.name: path for path in SCRIPTS.iterdir()},
    **{
        name: _STATIC / "demo" / name
        for name in (
            "messenger.css",
            "panel.css",
            "messenger.js",
            "phone.js",
            "panel.js",
            "elements.js",
            "icon.svg",
        )
    },
}


@dataclass(frozen=True, slots=True)
class DemoPages:
    """Requests of a newcomer's browser."""

    demo: DemoSettings
    crowd: Crowd
    phone: Phone

    def application(self) -> web.Application:
        """Give it as a part of the site."""
        app = web.Application(middlewares=[guard_origin, refusing])
        person = "/people/{psid}"
        app.add_routes(
            [
                web.get("", self._page),
                web.get("/static/{name}", _asset),
                web.get("/state", self._state),
                web.post("/people", self._join),
                web.post(person + "/messages", self._write),
                web.post(person + "/taps", self._tap),
                web.post(person + "/edits", self._edit),
                web.post(person + "/unsent", self._unsend),
                web.post(person + "/seen", self._look),
                web.post(person + "/replies", self._reply),
            ]
        )
        return app

    async def _page(self, _request: web.Request) -> web.Response:
        headers = {"Cache-Control": "no-store"}
        page = _TEMPLATES.get_template("demo/messenger.html").render(title=self.demo.title)
        return web.Response(text=page, content_type="text/html", headers=headers)

    async def _state(self, request: web.Request) -> web.Response:
        return await self._tell(self._find(request.query.get("person", "")))

    async def _join(self, request: web.Request) -> web.Response:
        return await self._tell(self.crowd.join(await read_kind(request)), status=201)

    async def _write(self, request: web.Request) -> web.Response:
        person = self._named(request)
        await self.phone.write(person, await read_field(request, "text"))
        return await self._tell(person)

    async def _tap(self, request: web.Request) -> web.Response:
        person = self._named(request)
        await self.phone.tap(person, await read_field(request, "payload"))
        return await self._tell(person)

    async def _edit(self, request: web.Request) -> web.Response:
        person = self._named(request)
        mid, text = await read_field(request, "mid"), await read_field(request, "text")
        await self.phone.edit(person, mid, text)
        return await self._tell(person)

    async def _unsend(self, request: web.Request) -> web.Response:
        person = self._named(request)
        await self.phone.unsend(person, await read_field(request, "mid"))
        return await self._tell(person)

    async def _look(self, request: web.Request) -> web.Response:
        person = self._named(request)
        await self.phone.look(person)
        return await self._tell(person)

    async def _reply(self, request: web.Request) -> web.Response:
        person = self._named(request)
        text = await read_field(request, "text")
        conversation = await self.demo.peek(person.psid)
        if conversation is None:
            reason = "There is nobody to answer yet."
            raise ReplyRefusedError(reason)
        await self.demo.reply(int(str(conversation["id"])), text)
        note = "The team replies by the API"
        person.note(DemoHappening(self.demo.now(), Direction.OUT, note, "stored"))
        return await self._tell(person)

    def _named(self, request: web.Request) -> DemoPerson:
        return self._find(request.match_info["psid"])

    def _find(self, psid: str) -> DemoPerson:
        person = self.crowd.find(psid)
        if person is None:
            raise UnknownPersonError
        return person

    async def _tell(self, person: DemoPerson, status: int = 200) -> web.Response:
        now = self.demo.now()
        wrote = person.last_wrote_at is not None
        conversation = await self.demo.peek(person.psid) if wrote else None
        state: Mapping[str, object] = {
            "now": now.isoformat(),
            "person": show(person, now),
            "conversation": conversation,
        }
        headers = {"Cache-Control": "no-store"}
        return web.json_response(state, status=status, headers=headers)


async def _asset(request: web.Request) -> web.FileResponse:
    path = _ASSETS.get(request.match_info["name"])
    if path is None:
        raise web.HTTPNotFound
    return web.FileResponse(path, headers={"Cache-Control": "no-cache"})
