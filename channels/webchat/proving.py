"""The call by which a browser proves an address: a wish for a mail, then the code in it."""

import asyncio
from dataclasses import dataclass

from aiohttp import web

from bot.ports.visitor_view import ProofDesk
from channels.webchat.answers import BadFieldError, write
from channels.webchat.origins import check_origin
from channels.webchat.reception import Reception
from channels.webchat.requests import read_body
from channels.webchat.shapes import ProofWish

_NO_STORE = {"Cache-Control": "no-store"}


class _BadCodeError(BadFieldError):
    """Ask for another code."""

    def __init__(self) -> None:
        super().__init__("code: not right, or too old.", "bad_code")


@dataclass(frozen=True, slots=True)
class ProofApi:
    """The call; where no mails leave it is not there."""

    reception: Reception
    proofs: ProofDesk

    async def prove(self, request: web.Request) -> web.StreamResponse:
        """Have a link and a code mailed, always with the same answer; or take the code."""
        check_origin(request, self.reception.parts.settings.public_origin, needs_ticket=True)
        identity = await self.reception.identify(request)
        wish = await read_body(request, ProofWish)
        await self.reception.charge("email", request, identity)
        if wish.code is None:
            await asyncio.to_thread(self.proofs.ask, identity.own_place)
            return web.Response(status=204, headers=_NO_STORE)
        code = "".join(wish.code.split())
        if not await asyncio.to_thread(self.proofs.try_code, identity.own_place, code):
            raise _BadCodeError
        return write({"proved": True})
