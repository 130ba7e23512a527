"""Carrier pigeons as a channel: a falconer brings them, and takes others along."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256

from aiohttp import web

from bot.core.model import VisitorKey
from bot.edge.bodies import read_body
from bot.ports.channels import Outgoing, Profile, Receipt, Watched
from bot.ports.errors import Cause, UnavailableError, UndeliverableError
from channels.base import Given, Receive
from tests.pigeon.letters import PigeonLetters
from tests.pigeon.variables import NAME, PigeonVariables

PATH = "/webhooks/pigeon"
_MOST_BYTES = 10_000


def _listen() -> str:
    return "The pigeons have flown away."


@dataclass(frozen=True, slots=True)
class Sky:
    """What has flown: everything that leaves by this channel, for a test to see."""

    flown: list[tuple[str, Outgoing]] = field(default_factory=list)
    """Each with the roost that it went to."""


class PigeonChannel:
    """The way in and the way out."""

    name = NAME
    people = None
    file_hosts: Collection[str] = ()

    def __init__(self, given: Given, sky: Sky) -> None:
        self._ours = given.settings.of(PigeonVariables)
        self._clock, self._sky = given.clock, sky

    @property
    def fingerprints(self) -> Mapping[str, str]:
        """Tell one key from another."""
        digest = sha256(self._key().encode()).hexdigest()
        return dict.fromkeys(self._ours.pigeon_lofts, digest)

    @property
    def watched(self) -> Sequence[Watched]:
        """Look after every loft."""
        lofts = self._ours.pigeon_lofts
        return [Watched(NAME, loft, lambda: "Rookery", _listen, "the falconer") for loft in lofts]

    def routes(self, receive: Receive) -> list[web.RouteDef]:
        """Let the falconer in."""
        return [web.post(PATH, partial(self._take, receive))]

    async def _take(self, receive: Receive, request: web.Request) -> web.Response:
        if request.headers.get("X-Falconer") != self._key():
            return web.Response(status=403)
        body = await read_body(request, _MOST_BYTES)
        try:
            await receive(*self._letters().reread(body, self._clock()))
        except UnavailableError:
            return web.Response(status=503)
        return web.Response(text="Coo")

    def send(self, to: VisitorKey, message: Outgoing) -> Receipt:
        """Send a pigeon to where the other one lives."""
        if to.account not in self._ours.pigeon_lofts:
            reason = "There is no such loft."
            raise UndeliverableError(reason, Cause.REJECTED)
        self._sky.flown.append((message.answer_to or to.external_id, message))
        return Receipt(f"flight-{len(self._sky.flown)}")

    def read_profile(self, of: VisitorKey) -> Profile:
        """Read the name on the ring."""
        return (
            Profile("Ring", of.external_id) if of.account in self._ours.pigeon_lofts else Profile()
        )

    def _letters(self) -> PigeonLetters:
        return PigeonLetters(self._ours.pigeon_lofts)

    def _key(self) -> str:
        return self._ours.pigeon_key.get_secret_value() if self._ours.pigeon_key else ""
