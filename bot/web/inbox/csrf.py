"""CSRF protection: a change must come from our own page."""

import hashlib
import hmac
from collections.abc import Sequence
from urllib.parse import urlsplit

from aiohttp import web

from bot.edge.bodies import type_of
from bot.edge.forms import FORM_TYPES, read_fields
from config.origins import is_same_origin, normalise_host, normalise_origin

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
HEADER = "X-CSRF-Token"
FIELD = "csrf"
_OWN = frozenset({"same-origin", "none"})


def write_token(secret: str, session: str) -> str:
    """Write what our pages send along; it is good for one session."""
    return hmac.new(secret.encode(), f"csrf\n{session}".encode(), hashlib.sha256).hexdigest()


async def check_token(request: web.Request, secrets: Sequence[str], session: str) -> None:
    """Refuse what does not bring the session's own token, in a header or in a form."""
    given = request.headers.getall(HEADER, [])
    if not given and type_of(request) in FORM_TYPES:
        given = (await read_fields(request)).getall(FIELD, [])
    if len(given) != 1:
        raise web.HTTPForbidden
    text = given[0].encode(errors="replace")
    good = [hmac.compare_digest(write_token(each, session).encode(), text) for each in secrets]
    if not any(good):
        raise web.HTTPForbidden


def check_origin(request: web.Request, public_origin: str) -> None:
    """Refuse other sites: browsers say which one it is; programs need not."""
    origins = request.headers.getall("Origin", [])
    own = _own_origin(request, public_origin)
    if len(origins) > 1 or any(not is_same_origin(origin, own) for origin in origins):
        raise web.HTTPForbidden
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in _OWN:
        raise web.HTTPForbidden


def _own_origin(request: web.Request, public_origin: str) -> str:
    # which names are ours has been seen to; those of this machine alone have no TLS
    public = urlsplit(public_origin)
    if normalise_host(request.host, public.scheme) == public.netloc:
        return public_origin
    return normalise_origin(f"http://{request.host}")
