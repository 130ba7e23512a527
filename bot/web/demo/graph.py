"""A Graph API of our own, for the simulator's page and its people."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from bot.edge.bodies import UnreadableError
from bot.edge.forms import read_form
from bot.web.demo.graph_errors import GraphError, no_such_object
from bot.web.demo.guard import Handler
from bot.web.demo.people import Crowd, DemoHappening, DemoPerson, Direction, PersonKind
from bot.web.demo.phone import Phone
from bot.web.demo.sent import check_window, read_action, read_message, read_recipient
from bot.web.demo.settings import DemoSettings
from channels.meta.doctor import NEEDED_FIELDS, NEEDED_SCOPES

_VERSION = re.compile(r"v\d+\.\d+")
_TYPING_LASTS = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class FakeGraph:
    """Answers what the system asks of Graph: sends, profiles, and the doctor's questions."""

    demo: DemoSettings
    crowd: Crowd
    phone: Phone

    def application(self) -> web.Application:
        """Give it as a part of the site."""
        app = web.Application(middlewares=[_answer_errors])
        app.add_routes(
            [
                web.post("/{version}/{node}/messages", self._send),
                web.get("/{version}/debug_token", self._describe_token),
                web.get("/{version}/{node}", self._describe),
                web.get("/{version}/{node}/subscribed_apps", self._list_apps),
                web.get("/{version}/{node}/permissions", self._list_permissions),
                web.get("/{version}/{node}/ids_for_pages", self._list_page_ids),
                web.route("*", "/{rest:.*}", _refuse),
            ]
        )
        return app

    async def _send(self, request: web.Request) -> web.Response:
        form = await read_form(request)
        self._admit(request, form, self.demo.page_token)
        if request.match_info["node"] not in {self.demo.page_id, "me"}:
            raise no_such_object(request.match_info["node"])
        psid = read_recipient(form)
        person = self.crowd.find(psid)
        if person is None:
            nobody = "(#100) No matching user found"
            raise GraphError(nobody, 100, 2018001)
        if action := read_action(form):
            self._act(person, action)
            return web.json_response({"recipient_id": psid})
        message = read_message(form)
        check_window(person.last_wrote_at, self.demo.now())
        mid = self.phone.receive(person, message)
        return web.json_response({"recipient_id": psid, "message_id": mid})

    def _act(self, person: DemoPerson, action: str) -> None:
        until = self.demo.now() + _TYPING_LASTS
        person.page_types_until = until if action == "typing_on" else None

    async def _describe(self, request: web.Request) -> web.Response:
        self._admit(request, request.query, self.demo.page_token)
        node = request.match_info["node"]
        if node in {self.demo.page_id, "me"}:
            facts = {"id": self.demo.page_id, "name": self.demo.title}
            return web.json_response(_chosen(request, facts, "id,name"))
        person = self.crowd.find(node)
        if person is None:
            raise no_such_object(node)
        return self._describe_person(request, person)

    def _describe_person(self, request: web.Request, person: DemoPerson) -> web.Response:
        if person.kind is PersonKind.GUEST:
            self._note(person, "100/2018218, no profile")
            message = "(#100) No profile available for this user."
            raise GraphError(message, 100, 2018218)
        self._note(person, f"{person.first_name} {person.last_name}")
        names = {"first_name": person.first_name, "last_name": person.last_name}
        facts = {**names, "name": " ".join(names.values()), "id": person.psid}
        return web.json_response(_chosen(request, facts, "first_name,last_name"))

    def _note(self, person: DemoPerson, outcome: str) -> None:
        text = "The worker asks who it is"
        person.note(DemoHappening(self.demo.now(), Direction.OUT, text, outcome))

    async def _describe_token(self, request: web.Request) -> web.Response:
        app = f"{self.demo.app_id}|{self.demo.app_secret}"
        self._admit(request, request.query, app, self.demo.page_token)
        asked = request.query.get("input_token", "")
        if not _same(asked, self.demo.page_token):
            error = {"code": 190, "message": "Invalid OAuth access token."}
            return web.json_response({"data": {"is_valid": False, "scopes": [], "error": error}})
        facts = {
            "app_id": self.demo.app_id,
            "application": "Simulator",
            "type": "PAGE",
            "profile_id": self.demo.page_id,
            "is_valid": True,
            "expires_at": 0,
            "data_access_expires_at": 0,
            "scopes": sorted(NEEDED_SCOPES),
        }
        return web.json_response({"data": facts})

    async def _list_apps(self, request: web.Request) -> web.Response:
        self._admit_to_page(request)
        fields = sorted(NEEDED_FIELDS)
        app = {"id": self.demo.app_id, "name": "Simulator", "subscribed_fields": fields}
        return web.json_response({"data": [app]})

    async def _list_permissions(self, request: web.Request) -> web.Response:
        self._admit_to_page(request)
        granted = [{"permission": scope, "status": "granted"} for scope in sorted(NEEDED_SCOPES)]
        return web.json_response({"data": granted})

    async def _list_page_ids(self, request: web.Request) -> web.Response:
        app = f"{self.demo.app_id}|{self.demo.app_secret}"
        self._admit(request, request.query, app)
        return web.json_response({"data": []})  # nobody here has ever logged in to the app

    def _admit_to_page(self, request: web.Request) -> None:
        self._admit(request, request.query, self.demo.page_token)
        if request.match_info["node"] not in {self.demo.page_id, "me"}:
            raise no_such_object(request.match_info["node"])

    def _admit(self, request: web.Request, fields: Mapping[str, str], *tokens: str) -> None:
        if not _VERSION.fullmatch(request.match_info["version"]):
            message = "Unknown path components"
            raise GraphError(message, 2500)
        given = fields.get("access_token") or request.query.get("access_token", "")
        if not any(_same(given, token) for token in tokens):
            message = "Invalid OAuth access token - Cannot parse access token"
            raise GraphError(message, 190, status=401)
        proof = fields.get("appsecret_proof") or request.query.get("appsecret_proof")
        if proof is not None and not _same(proof, self._prove(given)):
            message = "Invalid appsecret_proof provided in the API argument"
            raise GraphError(message, kind="GraphMethodException")

    def _prove(self, token: str) -> str:
        secret = self.demo.app_secret.encode()
        return hmac.new(secret, token.encode(), hashlib.sha256).hexdigest()


@web.middleware
async def _answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except UnreadableError as error:
        return GraphError(str(error), status=error.status).as_response()
    except GraphError as error:
        return error.as_response()


async def _refuse(_request: web.Request) -> web.Response:
    message = "Unknown path components"
    raise GraphError(message, 2500)


def _chosen(request: web.Request, facts: Mapping[str, str], usual: str) -> dict[str, str]:
    """Give the fields that were asked for, and always the id."""
    fields = {*request.query.get("fields", usual).split(","), "id"}
    return {name: value for name, value in facts.items() if name in fields}


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(errors="replace"), other.encode())
