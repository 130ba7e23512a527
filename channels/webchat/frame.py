"""The page inside the frame: it sets the cookie and carries the ticket and the newest messages."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from aiohttp import web
from jinja2 import Environment, FileSystemLoader

from bot.core.consent_words import consent_words
from bot.ports.visitor_view import Stretch, VisitorConversation
from channels.webchat import views
from channels.webchat.answers import RefusedError
from channels.webchat.assets import Assets
from channels.webchat.identity import Identity
from channels.webchat.languages import Words
from channels.webchat.promises import intro, script_words
from channels.webchat.reception import Reception
from channels.webchat.requests import read_query
from channels.webchat.shapes import NEWEST, FrameQuery
from channels.webchat.site import Site
from config.origins import host_of, is_loopback, read_origin

_TEMPLATES = Path(__file__).parent / "templates"
_DIRECTIONS = frozenset({"ltr", "rtl"})


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )


@dataclass(frozen=True, slots=True)
class Frame:
    """Writes the page."""

    reception: Reception
    site: Site
    assets: Assets
    _pages: Environment = field(default_factory=_environment)

    async def show(self, request: web.Request) -> web.StreamResponse:
        """Answer with the page, for the site that asks."""
        query = read_query(request, FrameQuery)
        settings, rules = self.site.parts.settings, self.site.parts.rules()
        origin = read_origin(query.origin) if query.origin else settings.public_origin
        if query.origin and not settings.admits(origin):
            raise RefusedError(403, "wrong_site", "This site may not embed the chat.")
        await self.reception.charge("opening", request, None)
        identities, known = (
            self.reception.identities,
            self.reception.identities.read_cookie(request),
        )
        language = self.reception.language(request, query.lang)
        identity = (
            replace(known, site=origin, language=language)
            if known
            else identities.make(origin, language)
        )
        identity = await self.reception.homes.find(identity) if known else identity
        keeps = known is not None or not rules.needs_consent
        response = web.Response(
            text=await self._write(identity, query.dir, is_kept=keeps),
            content_type="text/html",
            headers=self._headers(origin if query.origin else ""),
        )
        if keeps:
            response.headers.add("Set-Cookie", identities.write_cookie(identity))
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            response.enable_compression(web.ContentCoding.gzip)
        return response

    async def _write(self, identity: Identity, direction: str, *, is_kept: bool) -> str:
        parts, place = self.site.parts, identity.place
        look, browser = parts.rooms.look, identity.own_place
        room = await asyncio.to_thread(look, place, Stretch(NEWEST), browser)
        rules = parts.rules()
        language = identity.language or rules.locale
        words = self.reception.strings[language]
        return self._pages.get_template("frame.html").render(
            lang=language,
            dir=direction if direction in _DIRECTIONS else "ltr",
            settings={
                "most": parts.settings.most_bytes_of_file,
                **self.site.settings(language),
                "ticket": self.reception.identities.write_ticket(identity),
                "site": identity.site,
                "proves": parts.proofs is not None,
                "strings": {**script_words(words, rules), **_owner_words(room, words)},
                "conversation": views.conversation(room),
            },
            strings=words,
            intro=intro(words, is_kept=is_kept),
            privacy=consent_words(language, rules).privacy,
            back=self.site.back(language, None),
            asset=self.assets.address,
        )

    def _headers(self, origin: str) -> dict[str, str]:
        settings = self.site.parts.settings
        sites = dict.fromkeys([*settings.allowed_origins, _as_source(origin)])
        socket = "ws" + settings.public_origin.removeprefix("http")
        policy = (
            "default-src 'none'; script-src 'self'; style-src 'self';"
            f" connect-src 'self' {socket}; img-src data: blob: 'self'; media-src blob: 'self';"
            " base-uri 'none'; form-action 'none';"
            f" frame-ancestors {' '.join(filter(None, sites))};"
            " require-trusted-types-for 'script'; trusted-types 'none'"
        )
        return {
            "Content-Security-Policy": policy,
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }


def _owner_words(room: VisitorConversation, words: Words) -> Mapping[str, object]:
    """Give what few frames need to say, of whose the conversation is."""
    return words["owner"] if room.goes_on or room.earlier or room.to_prove else {}


def _as_source(origin: str) -> str:
    # a policy can name no IPv6 address; this machine's own pages are let in by their scheme
    is_nameless = "[" in origin and is_loopback(host_of(origin))
    return f"{origin.partition(':')[0]}:" if is_nameless else origin
