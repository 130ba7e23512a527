"""Files in the chat: taken for a visitor's next message, and given to who may read them."""

import asyncio
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from bot.core.files import FileRefusal, FileRefusedError, visitor_owner
from bot.edge.bodies import UnreadableError
from bot.edge.client_ip import likely_caller
from bot.edge.file_answers import give_file
from bot.edge.file_bodies import FileBodies
from bot.edge.threads import WorkKind, working_at
from channels.webchat import views
from channels.webchat.answers import RefusedError, write
from channels.webchat.origins import check_origin
from channels.webchat.reception import Reception
from channels.webchat.settings import WebChatParts

_STATUS = {
    FileRefusal.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    FileRefusal.EMPTY: HTTPStatus.UNPROCESSABLE_ENTITY,
}


@dataclass(frozen=True, slots=True)
class ChatFiles:
    """The calls for files."""

    parts: WebChatParts
    reception: Reception
    bodies: FileBodies

    async def take(self, request: web.Request) -> web.StreamResponse:
        """Take a file of the caller's; a message of the same browser may use it."""
        settings = self.parts.settings
        check_origin(request, settings.public_origin, needs_ticket=True)
        identity = await self.reception.identify(request)
        await self.reception.charge("file", request, identity)
        owner = visitor_owner(identity.own_place)
        caller = likely_caller(request, settings.trusted_proxies)
        try:
            async with self.bodies.receive(request, caller) as given:
                with working_at(WorkKind.FILES):
                    kept = await asyncio.to_thread(self.parts.files.take, given, owner)
        except FileRefusedError as error:
            status = _STATUS.get(error.why, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
            raise RefusedError(status, error.why.code, str(error)) from None
        except UnreadableError as error:
            code = error.status.phrase.lower().replace(" ", "_")
            raise RefusedError(error.status, code, str(error), headers=error.headers) from None
        told = views.file(kept)
        return write({**told, "type": told["content_type"]}, 201)

    async def give(self, request: web.Request) -> web.StreamResponse:
        """Give a file to a browser that may read its message now."""
        identity = await self.reception.identify(request)
        await self.reception.charge("reading", request, identity)
        find, browser = self.parts.files.find_for, identity.own_place
        found = await asyncio.to_thread(find, browser, request.match_info["id"])
        if found is None:
            message = "There is no such file."
            raise RefusedError(404, "not_found", message)
        return await give_file(request, found)
