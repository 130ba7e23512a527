"""The chat's HTTP API for the frame and for programs."""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from aiohttp import web

from bot.core.answers import may_give
from bot.core.arrivals import Arrival, Taken
from bot.core.decisions import (
    CaptureEmail,
    KeepConsent,
    RefuseEmail,
    RefuseMoreEmails,
    RequireConsent,
    SuggestEmail,
)
from bot.core.emails import Address, validate
from bot.core.events import EmailGiven, PromptDeclined, VisitorWrote
from bot.core.files import visitor_owner
from bot.ports.errors import UnavailableError
from bot.ports.visitor_view import Stretch, VisitorConversation, VisitorMessage
from channels.base import Receive
from channels.webchat import views
from channels.webchat.answers import (
    BadFieldError,
    BusyError,
    EnoughEmailsError,
    RefusedError,
    write,
)
from channels.webchat.identity import Identity
from channels.webchat.letters import ChatText, SentFile, email_arrival, message_arrival
from channels.webchat.limits import ADDRESS_TAKEN
from channels.webchat.origins import check_origin
from channels.webchat.reception import Reception
from channels.webchat.requests import read_body, read_query
from channels.webchat.settings import WebChatParts
from channels.webchat.shapes import (
    MOST_IN_PAGE,
    NEWEST,
    NewEmail,
    NoFields,
    Pages,
    PostedMessage,
)
from channels.webchat.site import Site
from channels.webchat.visits import read_visit
from channels.webchat.zones import read_zone


class _BadEmailError(BadFieldError):
    """Give another address, perhaps the one that is suggested."""

    def __init__(self, suggestion: str | None) -> None:
        super().__init__("email: not a usable email address.", "invalid_email")
        self.suggestion = suggestion


class _LikelyTypoError(BadFieldError):
    """Give the address that is suggested, or the same again."""

    def __init__(self, suggestion: str) -> None:
        message = "email: likely mistyped. Send the same again if it is right."
        super().__init__(message, "likely_typo")
        self.suggestion = suggestion


@dataclass(frozen=True, slots=True)
class ChatApi:
    """The calls."""

    parts: WebChatParts
    reception: Reception
    site: Site
    receive: Receive

    async def open_session(self, request: web.Request) -> web.StreamResponse:
        """Give a ticket, and a cookie to who has none."""
        check_origin(request, self.parts.settings.public_origin, needs_ticket=False)
        await read_body(request, NoFields)
        known = await self.reception.recognise(request)
        await self.reception.charge("opening", request, known)
        language = self.reception.language(request, (known and known.language) or "")
        identities = self.reception.identities
        identity = (
            replace(known, language=language)
            if known
            else identities.make(self.parts.settings.public_origin, language)
        )
        room = await self._look(identity, Stretch(1))
        response = write(
            {
                "ticket": identities.write_ticket(identity),
                "visitor": {"name": room.name, "known": room.known},
                "conversation": views.summary(room),
                "settings": {**self.site.settings(language), "locale": language},
            }
        )
        if known is None and not self.parts.rules().needs_consent:
            response.headers.add("Set-Cookie", identities.write_cookie(identity))
        return response

    async def list_messages(self, request: web.Request) -> web.StreamResponse:
        """Show a page of the caller's own conversation."""
        identity = await self.reception.identify(request)
        pages = read_query(request, Pages)
        if pages.after_seq is not None and pages.before_seq is not None:
            message = "before_seq: not together with after_seq."
            raise BadFieldError(message)
        await self.reception.charge("reading", request, identity)
        is_newest = pages.after_seq is None and pages.before_seq is None
        limit = NEWEST if is_newest else MOST_IN_PAGE
        if pages.limit is not None:
            limit = min(pages.limit, NEWEST)
        room = await self._look(identity, Stretch(limit, pages.after_seq, pages.before_seq))
        shown = views.messages(room)
        return write({"messages": shown, "last_seq": room.state.last_seq})

    async def write_message(self, request: web.Request) -> web.StreamResponse:
        """Take a message; the same one again changes nothing."""
        identity = await self._identify(request)
        body = await read_body(request, PostedMessage)
        await self.reception.charge("message", request, identity)
        own, now = identity.own_place, self.parts.clock()
        language = self._language(request, identity)
        before = await self._find(identity, body.client_id) if body.files else None
        files = () if before else await self._files(identity, body)
        said = ChatText(body.text, body.client_id, files)
        arrival = message_arrival(own, said, now, language)
        arrival = arrival._replace(place=identity.place, zone=read_zone(body.zone))
        if body.page:
            agent = request.headers.get("User-Agent", "")
            visit = read_visit(body.page, identity.site, agent, language)
            arrival = arrival._replace(visit=visit)
        taken = await self._hear(request, identity, arrival)
        stored = await self._find(identity, body.client_id)
        if stored is None:
            msg = "a message is gone as soon as it was stored"
            raise UnavailableError(msg)
        if stored.text != body.text or not _has_files(stored, body.files):
            message = "Another message of yours has the same client_id."
            raise RefusedError(409, "client_id_used", message)
        status = 201 if taken else 200
        answer = write(views.message(stored, VisitorConversation()), status)
        agreed = taken and any(isinstance(each, KeepConsent) for each in taken.decisions)
        return self._remember(answer, identity) if agreed else answer

    async def _find(self, identity: Identity, client_id: str) -> VisitorMessage | None:
        key = views.key_of(identity.own_place, client_id)
        find, own = self.parts.rooms.find, identity.own_place
        return await asyncio.to_thread(find, identity.place, key, own)

    async def _files(self, identity: Identity, body: PostedMessage) -> tuple[SentFile, ...]:
        """Look up the files that a message is to have: all of them must be its writer's own."""
        if not body.text and not body.files:
            message = "text: it is blank."
            raise BadFieldError(message)
        if not body.files:
            return ()
        find, owner = self.parts.files.find_unused, visitor_owner(identity.own_place)
        found = await asyncio.to_thread(find, owner, body.files)
        if len(found) < len(body.files):
            message = "files: one of them is not there, or not any more. Send it again."
            raise BadFieldError(message, "no_such_file")
        return tuple(SentFile(one, found[one].kind, found[one].name) for one in body.files)

    async def take_email(self, request: web.Request) -> web.StreamResponse:
        """Take an address; the answer does not tell whether somebody has it already."""
        identity = await self._identify(request)
        body = await read_body(request, NewEmail)
        await self.reception.charge("email", request, identity)
        now, language = self.parts.clock(), self._language(request, identity)
        given = EmailGiven(body.email, now, consent=body.consent)
        arrival = email_arrival(identity.own_place, given, language)
        arrival = arrival._replace(place=identity.place)
        try:
            taken = await self._take_one(request, identity, arrival)
        except BusyError as error:
            raise EnoughEmailsError(error.seconds) from None
        if taken is None:
            msg = "an email could not be stored"
            raise UnavailableError(msg)
        self._check_taken(taken)
        address = validate(body.email)
        email = address.email if isinstance(address, Address) else body.email
        answer = write({"email": email})
        return self._remember(answer, identity) if given.consent else answer

    def _remember(self, response: web.Response, identity: Identity) -> web.Response:
        """Let the browser be known again from a consent on, where one is needed for that."""
        if self.parts.rules().needs_consent:
            cookie = self.reception.identities.write_cookie(identity)
            response.headers.add("Set-Cookie", cookie)
        return response

    async def _hear(
        self, request: web.Request, identity: Identity, arrival: Arrival
    ) -> Taken | None:
        """Let a message be stored; where too many addresses came, one in it is not taken."""
        report = arrival.report
        if isinstance(report, VisitorWrote) and may_give(report.text, self.parts.rules()):
            try:
                return await self._take_one(request, identity, arrival)
            except BusyError:
                arrival = arrival._replace(report=report._replace(is_crowded=True))
        [taken] = await self.receive([arrival], [])
        return taken

    async def _take_one(
        self, request: web.Request, identity: Identity, arrival: Arrival
    ) -> Taken | None:
        async with self.reception.hold(ADDRESS_TAKEN, request, identity) as hold:
            [taken] = await self.receive([arrival], [])
            decisions = taken.decisions if taken else ()
            hold.is_used = any(isinstance(each, CaptureEmail) for each in decisions)
            return taken

    def _check_taken(self, taken: Taken) -> None:
        for decision in taken.decisions:
            match decision:
                case RefuseEmail(suggested=suggested):
                    raise _BadEmailError(suggested)
                case SuggestEmail(suggested=suggested):
                    raise _LikelyTypoError(suggested)
                case RequireConsent():
                    message = "consent: it has to be given."
                    raise BadFieldError(message, "consent_required")
                case RefuseMoreEmails(until=until):
                    left = until - self.parts.clock()
                    raise EnoughEmailsError(max(1, math.ceil(left.total_seconds())))
                case _:
                    pass

    async def decline(self, request: web.Request) -> web.StreamResponse:
        """Take "No thanks" for an answer."""
        identity = await self._identify(request)
        await read_body(request, NoFields)
        await self.reception.charge("email", request, identity)
        report = PromptDeclined(self.parts.clock())
        await self.receive([Arrival(identity.place, report, browser=identity.own_place)], [])
        return web.Response(status=204, headers={"Cache-Control": "no-store"})

    async def _identify(self, request: web.Request) -> Identity:
        check_origin(request, self.parts.settings.public_origin, needs_ticket=True)
        return await self.reception.identify(request)

    def _language(self, request: web.Request, identity: Identity) -> str:
        return identity.language or self.reception.language(request)

    async def _look(self, identity: Identity, stretch: Stretch) -> VisitorConversation:
        look, browser = self.parts.rooms.look, identity.own_place
        return await asyncio.to_thread(look, identity.place, stretch, browser)


def _has_files(stored: VisitorMessage, ids: Sequence[str]) -> bool:
    """Say whether a stored message was sent with these files."""
    return [kept.id for _, kept in sorted(stored.files.items())] == list(ids)
