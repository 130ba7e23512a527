"""The page behind a mail's link: opening it changes nothing, for programs open links as well."""

import asyncio
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from aiohttp import web

from bot.core.languages import language_of
from bot.core.mail_words import mail_texts
from bot.edge.plain_page import PlainPage, PlainPages
from bot.ports.visitor_view import Invitation, ReturnDesk
from channels.webchat.origins import check_origin
from channels.webchat.reception import Reception
from channels.webchat.views import site_name

PATH = "/chat/return/{token}"


@dataclass(frozen=True, slots=True)
class ReturnPage:
    """Asks for one press of a button, and then shows the chat."""

    reception: Reception
    returns: ReturnDesk
    pages: PlainPages

    async def show(self, request: web.Request) -> web.StreamResponse:
        """Say where the link leads, whoever asks."""
        await self.reception.charge("opening", request, None)
        found = await asyncio.to_thread(self.returns.look, request.match_info["token"])
        if found is None:
            return await self._open_again(request)
        return self._invite(found)

    async def come_back(self, request: web.Request) -> web.StreamResponse:
        """Bring the conversation into this browser, and open it."""
        settings = self.reception.parts.settings
        check_origin(request, settings.public_origin, needs_ticket=True)
        await self.reception.charge("opening", request, None)
        token = request.match_info["token"]
        found = await asyncio.to_thread(self.returns.look, token)
        if found is None:
            return await self._open_again(request)
        identities = self.reception.identities
        known = identities.read_cookie(request)
        was = replace(known, site=found.site) if known else None
        shall_be = identities.make(found.site)
        comeback = await asyncio.to_thread(
            self.returns.come_back, token, was.own_place if was else None, shall_be.own_place
        )
        if comeback is None:
            return self._gone(request)
        response = self._open(found)
        identity = was if was and not comeback.is_new else shall_be
        response.headers.add("Set-Cookie", identities.write_cookie(identity))
        return response

    async def _open_again(self, request: web.Request) -> web.StreamResponse:
        """Show the chat to the browser that has used the link: it may be pressed twice, or kept."""
        known = self.reception.identities.read_cookie(request)
        if known is None:
            return self._gone(request)
        token, browser = request.match_info["token"], known.own_place.external_id
        found = await asyncio.to_thread(self.returns.look_again, token, browser)
        return self._open(found) if found else self._gone(request)

    def _open(self, found: Invitation) -> web.Response:
        query = urlencode({"origin": found.site, "lang": self._language(found)})
        headers = {"Location": f"/chat/frame?{query}", "Cache-Control": "no-store"}
        return web.Response(status=303, headers=headers)

    def _invite(self, found: Invitation) -> web.Response:
        language = self._language(found)
        words, site = mail_texts(language), site_name(found.site)
        text = words.back_text.format(site=site)
        return self.pages.show(PlainPage(language, words.back_title, text, words.back_button))

    def _gone(self, request: web.Request) -> web.Response:
        language = self.reception.language(request)
        words = mail_texts(language)
        return self.pages.show(PlainPage(language, words.gone_title, words.gone_text), 404)

    def _language(self, found: Invitation) -> str:
        return language_of(found.locale, self.reception.parts.rules().locale)
