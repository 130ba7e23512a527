"""Web chat as a channel: the widget in, and nothing out, since a stored message is delivered."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from aiohttp import web

from bot.core.model import VisitorKey
from bot.edge.file_bodies import FileBodies
from bot.edge.plain_page import PlainPages
from bot.edge.signing import Signer
from bot.ports.channels import Outgoing, Profile, Receipt, Watched
from bot.ports.errors import Cause, UndeliverableError
from channels.base import Receive
from channels.webchat.answers import RefusedError, explained
from channels.webchat.api import ChatApi
from channels.webchat.assets import Assets
from channels.webchat.files import ChatFiles
from channels.webchat.frame import Frame
from channels.webchat.homes import Homes
from channels.webchat.hub import Hub
from channels.webchat.identity import Identities
from channels.webchat.languages import read_strings
from channels.webchat.loader import Loader
from channels.webchat.proving import ProofApi
from channels.webchat.reception import Reception
from channels.webchat.returning import PATH, ReturnPage
from channels.webchat.settings import NAME, WebChatParts
from channels.webchat.site import Site
from channels.webchat.socket import ChatSockets


class WebChatChannel:
    """The way in; the way out is read by the visitor itself."""

    name = NAME
    fingerprints: Mapping[str, str] = MappingProxyType({})
    people = None
    watched: Sequence[Watched] = ()
    file_hosts: Collection[str] = ()

    def __init__(self, parts: WebChatParts) -> None:
        """Read the widget's files."""
        strings = read_strings()
        identities = Identities(Signer(parts.settings.secrets), parts.clock)
        self._parts = parts
        self._reception = Reception(parts, identities, strings, Homes(parts.rooms))
        self._site = Site(parts, strings)
        self._assets = Assets()
        self._loader = Loader(parts.settings, parts.rules().locale, strings)

    def routes(self, receive: Receive) -> list[web.RouteDef]:
        """Serve the loader, the frame, its calls and its socket."""
        api = ChatApi(self._parts, self._reception, self._site, receive)
        bodies = FileBodies(self._parts.settings.most_bytes_of_file)
        files = ChatFiles(self._parts, self._reception, bodies)
        frame = Frame(self._reception, self._site, self._assets)
        page = ReturnPage(
            self._reception, self._parts.returns, PlainPages(self._parts.settings.color)
        )
        sockets = ChatSockets(self._parts, self._reception, self._site, Hub(self._parts, receive))
        return [
            self._loader.route(),
            *self._assets.routes(),
            web.get("/chat/frame", explained(frame.show)),
            web.get(PATH, explained(page.show)),
            web.post(PATH, explained(page.come_back)),
            web.post("/chat/session", explained(api.open_session)),
            web.get("/chat/messages", explained(api.list_messages)),
            web.post("/chat/messages", explained(api.write_message)),
            web.post("/chat/files", explained(files.take)),
            web.get("/chat/files/{id}", explained(files.give)),
            web.post("/chat/email", explained(api.take_email)),
            web.post("/chat/decline", explained(api.decline)),
            *self._proof_routes(),
            web.get("/chat/socket", explained(sockets.open), allow_head=False),
            web.route("*", "/chat/{path:.*}", explained(_nothing_here)),
        ]

    def _proof_routes(self) -> list[web.RouteDef]:
        if self._parts.proofs is None:
            return []
        api = ProofApi(self._reception, self._parts.proofs)
        return [web.post("/chat/proof", explained(api.prove))]

    def send(self, to: VisitorKey, message: Outgoing) -> Receipt:
        """Refuse: what is stored is delivered, and nothing is ever ordered to be sent."""
        del to, message
        reason = "The web chat shows what is stored; there is nothing to send."
        raise UndeliverableError(reason, Cause.REJECTED)

    def read_profile(self, of: VisitorKey) -> Profile:
        """Know nobody: a browser has no profile."""
        del of
        return Profile()


async def _nothing_here(_request: web.Request) -> web.StreamResponse:
    message = "There is no such thing here."
    raise RefusedError(404, "not_found", message)
