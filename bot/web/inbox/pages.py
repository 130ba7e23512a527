"""Renders the inbox's pages and fragments, with what every one of them has in common."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension

from bot.web.inbox.conversation.hidden_marks import as_typed, show_hidden
from bot.web.inbox.conversation.links import find_links
from bot.web.inbox.dependencies import AGENT, CSRF
from bot.web.inbox.files import address

_TEMPLATES = Path(__file__).parent.parent / "templates"
_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "default",
}
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "; ".join(f"{what} {where}" for what, where in _POLICY.items()),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Vary": "HX-Request",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_INDENTATION = re.compile(r"^[ \t]+", re.MULTILINE)
FACES = 5
"""How many colours there are for people without a picture."""


def render(
    request: web.Request,
    template: str,
    status: int = 200,
    **context: Any,  # noqa: ANN401 - whatever the template speaks about
) -> web.Response:
    """Fill a template in for whoever is signed in."""
    text = _environment().get_template(template)
    shown = text.render(
        **context,
        agent=request.get(AGENT),
        csrf=request.get(CSRF, ""),
        now=context.get("now") or datetime.now(UTC),
    )
    return web.Response(text=shown, status=status, content_type="text/html", headers=HEADERS)


def is_fragment(request: web.Request) -> bool:
    """Say whether htmx asks: it wants a part of the page."""
    return "HX-Request" in request.headers


def read_said(request: web.Request, sentences: Mapping[str, str]) -> str:
    """Say what was done before this page was shown."""
    return sentences.get(request.query.get("said", ""), "")


class _WithoutIndentation(Extension):
    """Sends templates' lines without their indentation; what people wrote stays as it is."""

    def preprocess(
        self,
        source: str,
        name: str | None,  # noqa: ARG002
        filename: str | None = None,  # noqa: ARG002
    ) -> str:
        return _INDENTATION.sub("", source)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=show_hidden,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[_WithoutIndentation],
    )
    environment.globals["asset"] = address
    environment.filters["initials"] = initials
    environment.filters["face"] = face
    environment.filters["as_typed"] = as_typed
    environment.filters["links"] = find_links
    return environment


def initials(name: str) -> str:
    """Shorten a name to what fits into a circle."""
    words = name.split()
    return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper() if words else ""


def face(id: int) -> str:
    """Name the colour of a contact's face, always the same one."""
    return f"h{id % FACES}"
