"""What mails lead to besides the chat: the end of mails, and the door for answers."""

import asyncio
from dataclasses import dataclass

from aiohttp import web

from bot.core.languages import language_of
from bot.core.mail_words import mail_texts
from bot.edge.accept_language import accepted
from bot.edge.plain_page import PlainPage, PlainPages
from bot.edge.refusals import tell_cause
from bot.follow_ups.unsubscribing import Unsubscribing
from bot.ports import UnavailableError

UNSUBSCRIBE_PATH = "/mail/unsubscribe/{token}"


@dataclass(frozen=True, slots=True)
class MailPages:
    """The page that ends mails; programs post to it as well (RFC 8058), without a cookie."""

    unsubscribing: Unsubscribing
    pages: PlainPages
    locale: str

    def routes(self) -> list[web.RouteDef]:
        """Say where it is reached."""
        return [
            web.get(UNSUBSCRIBE_PATH, self._ask),
            web.post(UNSUBSCRIBE_PATH, self._stop),
        ]

    async def _ask(self, request: web.Request) -> web.Response:
        if not self.unsubscribing.is_ours(request.match_info["token"]):
            return self._gone(request)
        language = self._language(request)
        words = mail_texts(language)
        page = PlainPage(language, words.stop_title, words.stop_text, words.stop_button)
        return self.pages.show(page)

    async def _stop(self, request: web.Request) -> web.Response:
        try:
            stopped = await asyncio.to_thread(self.unsubscribing.stop, request.match_info["token"])
        except UnavailableError as error:
            tell_cause(request, error)
            return web.Response(status=503, text="Try again later.", headers={"Retry-After": "5"})
        if not stopped:
            return self._gone(request)
        language = self._language(request)
        words = mail_texts(language)
        return self.pages.show(PlainPage(language, words.stopped_title, words.stopped_text))

    def _gone(self, request: web.Request) -> web.Response:
        language = self._language(request)
        words = mail_texts(language)
        return self.pages.show(PlainPage(language, words.unknown_title, words.unknown_text), 404)

    def _language(self, request: web.Request) -> str:
        wishes = accepted(request.headers.get("Accept-Language", ""))
        for wish in wishes:
            if wish.partition("-")[0].lower() == language_of(wish, ""):
                return language_of(wish)
        return language_of(self.locale)
