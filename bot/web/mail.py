"""Pages behind links in mails: the end of mails, and of claims to an address."""

import asyncio
from dataclasses import dataclass, field

from aiohttp import web

from bot.core.languages import language_of
from bot.core.mail_words import mail_texts
from bot.edge.accept_language import accepted
from bot.edge.plain_page import PlainPage, PlainPages
from bot.edge.refusals import tell_cause
from bot.follow_ups.unsubscribing import Unsubscribing
from bot.follow_ups.withdrawing import Withdrawing
from bot.ports.errors import UnavailableError
from config.channel_facts import ChannelTitles, site_of

UNSUBSCRIBE_PATH = "/mail/unsubscribe/{token}"
NOT_ME_PATH = "/mail/not-me/{token}"
_LATE = {"Retry-After": "5"}


@dataclass(frozen=True, slots=True)
class MailPages:
    """The pages that end mails; programs post to the first as well (RFC 8058), without a cookie."""

    unsubscribing: Unsubscribing
    withdrawing: Withdrawing
    pages: PlainPages
    locale: str
    channels: ChannelTitles = field(default_factory=ChannelTitles)

    def routes(self) -> list[web.RouteDef]:
        """Say where it is reached."""
        return [
            web.get(UNSUBSCRIBE_PATH, self._ask),
            web.post(UNSUBSCRIBE_PATH, self._stop),
            web.get(NOT_ME_PATH, self._ask_who),
            web.post(NOT_ME_PATH, self._withdraw),
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
            return _try_later(request, error)
        if not stopped:
            return self._gone(request)
        language = self._language(request)
        words = mail_texts(language)
        return self.pages.show(PlainPage(language, words.stopped_title, words.stopped_text))

    async def _ask_who(self, request: web.Request) -> web.Response:
        try:
            origin = await asyncio.to_thread(self.withdrawing.origin, request.match_info["token"])
        except UnavailableError as error:
            return _try_later(request, error)
        if origin is None:
            return self._gone(request)
        channel, account = origin
        language = self._language(request)
        words = mail_texts(language)
        text = words.not_me_text.format(site=site_of(account) or self.channels.of(channel).title)
        page = PlainPage(language, words.not_me_title, text, words.not_me_button)
        return self.pages.show(page)

    async def _withdraw(self, request: web.Request) -> web.Response:
        withdraw = self.withdrawing.withdraw
        try:
            is_ours = await asyncio.to_thread(withdraw, request.match_info["token"])
        except UnavailableError as error:
            return _try_later(request, error)
        if not is_ours:
            return self._gone(request)
        language = self._language(request)
        words = mail_texts(language)
        page = PlainPage(language, words.not_me_done_title, words.not_me_done_text)
        return self.pages.show(page)

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


def _try_later(request: web.Request, error: UnavailableError) -> web.Response:
    tell_cause(request, error)
    return web.Response(status=503, text="Try again later.", headers=_LATE)
