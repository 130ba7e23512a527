"""Reads where on the site a visitor is, as the page claims: text to show, and never a secret.

Addresses may carry tokens in what follows the path, so only the path is kept of a page, and only
the host of where the visitor came from.
"""

import re
import unicodedata
from urllib.parse import quote, urlsplit

from bot.core.arrivals import Visit
from channels.webchat.browsers import name_browser
from channels.webchat.shapes import Page

_MOST_IN_PAGE = 500
_MOST_IN_TITLE = 200
_MOST_READ = 4_000
_AFTER_PATH = re.compile(r"[?#;]")
_IN_PATH = "/%:@!$&'()*+,=~"
# what a cut may leave at the end: the beginning of an escape, or of a letter in UTF-8
_BROKEN = re.compile(r"(%[c-f].|%[ef].%[89ab].|%f.(%[89ab].){2})?(%.?)?$", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
_UNSHOWN = frozenset({"Cc", "Cs"})
_TURNS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def read_visit(page: Page, site: str, user_agent: str, language: str | None) -> Visit:
    """Read what a message brought along; whatever is no page of this site is left out."""
    return Visit(
        _read_page(page.url, site),
        _clean(page.title)[:_MOST_IN_TITLE].strip() or None,
        _read_host(page.referrer, site),
        name_browser(user_agent),
        language,
    )


def _read_page(url: str, site: str) -> str | None:
    bare = _AFTER_PATH.split(_clean(url), maxsplit=1)[0]
    if bare != site and not bare.startswith(f"{site}/"):
        return None
    path = quote(bare.removeprefix(site), safe=_IN_PATH)
    return _cut(f"{site}{path or '/'}")


def _cut(page: str) -> str:
    return page if len(page) <= _MOST_IN_PAGE else _BROKEN.sub("", page[:_MOST_IN_PAGE])


def _read_host(referrer: str, site: str) -> str | None:
    try:
        came_from = urlsplit(_clean(referrer))
    except ValueError:  # brackets that hold no address
        return None
    host = came_from.hostname or ""
    is_known = came_from.scheme in {"http", "https"} and len(host) < _MOST_IN_TITLE
    if not is_known or not _HOST.fullmatch(host) or host == urlsplit(site).hostname:
        return None
    return host


def _clean(text: str) -> str:
    shown = (" " if _is_unshown(letter) else letter for letter in text[:_MOST_READ])
    return " ".join("".join(shown).split())


def _is_unshown(letter: str) -> bool:
    return letter in _TURNS or unicodedata.category(letter) in _UNSHOWN
