"""Identity of a visitor: an unguessable id in a cookie for a year and in a ticket for a day.

The id itself is stored nowhere: a visitor is filed under its hash. Cookie and ticket are signed, so
that nobody can choose an id. Both name the site: a ticket that of the page around the frame, a
cookie the one where this browser has opened the chat last.
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aiohttp import web

from bot.core.model import VisitorKey
from bot.edge.signing import Signer
from channels.webchat.settings import NAME

COOKIE = "__Host-vid"
COOKIE_LASTS = timedelta(days=395)
TICKET_LASTS = timedelta(hours=24)
TICKET_HEADER = "X-Chat-Ticket"
_ID_BYTES = 32
_LONGEST_COOKIE = 1_024


@dataclass(frozen=True, slots=True)
class Identity:
    """A browser on a site."""

    id: str
    site: str
    language: str | None = None
    expires_at: datetime | None = None
    home: VisitorKey | None = None
    """Whose conversation it reads, where a link has brought that to this browser."""

    @property
    def place(self) -> VisitorKey:
        """The visitor's key."""
        return self.home or self.own_place

    @property
    def own_place(self) -> VisitorKey:
        """The key of the browser's own id."""
        return VisitorKey(NAME, self.site, hashlib.sha256(self.id.encode()).hexdigest()[:32])


@dataclass(frozen=True, slots=True)
class Identities:
    """Gives identities out and knows them again."""

    signer: Signer
    clock: Callable[[], datetime]

    def make(self, site: str, language: str | None = None) -> Identity:
        """Make one for somebody whom we don't know."""
        return Identity(secrets.token_urlsafe(_ID_BYTES), site, language)

    def read_cookie(self, request: web.BaseRequest) -> Identity | None:
        """Read the one cookie of ours; of two, either may be foreign."""
        pairs = [
            pair.strip().partition("=")
            for header in request.headers.getall("Cookie", [])
            for pair in header.split(";")
        ]
        values = [value for name, _, value in pairs if name == COOKIE]
        if len(values) != 1 or len(values[0]) > _LONGEST_COOKIE:
            return None
        match self.signer.read("cookie", values[0]):
            case {"id": str(id), "site": str(site)}:
                return Identity(id, site)
            case _:
                return None

    def write_cookie(self, identity: Identity) -> str:
        """Write a header that makes the browser remember."""
        value = self.signer.sign("cookie", {"id": identity.id, "site": identity.site})
        age = int(COOKIE_LASTS.total_seconds())
        # not by `set_cookie`: before Python 3.14 it refuses to write Partitioned
        return (
            f"{COOKIE}={value}; Path=/; Max-Age={age}; Secure; HttpOnly; SameSite=None; Partitioned"
        )

    def read_ticket(self, text: str) -> Identity | None:
        """Read a ticket that is not too old."""
        match self.signer.read("ticket", text):
            case {
                "id": str(id),
                "site": str(site),
                "lang": str() | None as lang,
                "until": int(end),
            }:
                until = datetime.fromtimestamp(end, UTC)
                return Identity(id, site, lang, until) if self.clock() < until else None
            case _:
                return None

    def write_ticket(self, identity: Identity) -> str:
        """Write one for the next hours."""
        until = int((self.clock() + TICKET_LASTS).timestamp())
        fields = {"id": identity.id, "site": identity.site, "lang": identity.language}
        return self.signer.sign("ticket", {**fields, "until": until})
