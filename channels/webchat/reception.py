"""Reception of requests: the visitor, its language and its rate limits."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from bot.edge.accept_language import accepted
from bot.edge.client_ip import likely_caller, neighbourhood
from bot.edge.limits import Hold, TooOftenError
from channels.webchat.answers import BusyError, NobodyError
from channels.webchat.homes import Homes
from channels.webchat.identity import TICKET_HEADER, Identities, Identity
from channels.webchat.languages import Words, choose
from channels.webchat.settings import WebChatParts


@dataclass(frozen=True, slots=True)
class Reception:
    """Stands before every call."""

    parts: WebChatParts
    identities: Identities
    strings: Mapping[str, Words]
    homes: Homes

    async def recognise(self, request: web.BaseRequest) -> Identity | None:
        """Say who it is: a ticket goes before a cookie, and a bad one is good for nothing."""
        tickets = request.headers.getall(TICKET_HEADER, [])
        if not tickets:
            known = self.identities.read_cookie(request)
            return await self.homes.find(known) if known else None
        identity = self.identities.read_ticket(tickets[0]) if len(tickets) == 1 else None
        if identity is None:
            raise NobodyError
        return await self.homes.find(identity)

    async def identify(self, request: web.BaseRequest) -> Identity:
        """Say who it is, or refuse."""
        identity = await self.recognise(request)
        if identity is None:
            raise NobodyError
        return identity

    def language(self, request: web.BaseRequest, *wishes: str) -> str:
        """Choose a language: as wished, as the browser says, or the operator's."""
        browser = accepted(request.headers.get("Accept-Language", ""))
        return choose(self.strings, *wishes, *browser, self.parts.rules().locale)

    @asynccontextmanager
    async def hold(
        self, kind: str, request: web.BaseRequest, identity: Identity
    ) -> AsyncIterator[Hold]:
        """Reserve a call until it says whether it is used; raises BusyError."""
        address = likely_caller(request, self.parts.settings.trusted_proxies)
        try:
            async with self.parts.limits.hold(
                kind, identity.place.external_id, address, identity.site
            ) as hold:
                yield hold
        except TooOftenError as error:
            raise BusyError(error.seconds) from None

    async def charge(self, kind: str, request: web.BaseRequest, identity: Identity | None) -> None:
        """Count a call; raises BusyError.

        What a whole site might share is counted by the caller's wider network: a stranger who uses
        that up keeps none of the site's other visitors out.
        """
        address = likely_caller(request, self.parts.settings.trusted_proxies)
        visitor = identity.place.external_id if identity else ""
        try:
            await self.parts.limits.spend(kind, visitor, address, neighbourhood(address))
        except TooOftenError as error:
            raise BusyError(error.seconds) from None
