"""Profiles of Messenger's visitors."""

import unicodedata
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from bot.core.model import VisitorKey
from bot.ports.channels import Profile
from bot.ports.errors import SendError
from channels.messenger.errors import ERRORS
from channels.meta.addresses import is_reference
from channels.meta.error_rows import Verdict
from channels.meta.graph import GraphLostError, GraphRefusedError, PageGraph
from channels.meta.refusals import Refusal

_LONGEST_NAME = 100
# Marks that turn the direction of whatever text comes after them.
_BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NOT_PERMITTED = {3, *range(200, 300)}
NO_ACCESS = (
    "Facebook does not let this app read profiles: ask for Business Asset User Profile Access"
    " in the app's review settings."
)


class MessengerProfiles:
    """Reads profiles with the token of the page that a visitor has written to."""

    def __init__(self, pages: Mapping[str, PageGraph]) -> None:
        self._pages = pages

    def read_profile(self, of: VisitorKey) -> Profile:
        """Say what is known, or raise `SendError` when only later can tell."""
        if is_reference(of.external_id):
            return Profile(guest=True)
        page = self._pages.get(of.account)
        if page is None:
            raise ERRORS.as_error(Verdict.CREDENTIALS)
        if not of.external_id.strip("."):
            return Profile()  # no quoting keeps a path of dots from asking for something else
        try:
            answer = page.get_object(quote(of.external_id, safe=""), fields="first_name,last_name")
        except GraphRefusedError as error:
            return _read_refusal(error.refusal)
        except GraphLostError as error:  # reading twice harms nobody
            raise ERRORS.as_error(Verdict.UNREACHABLE) from error
        return _read_answer(answer)


def _read_answer(answer: Mapping[str, Any]) -> Profile:
    if not answer.keys() - {"id"}:
        return Profile(guest=True)
    return Profile(_clean(answer.get("first_name")), _clean(answer.get("last_name")))


def _read_refusal(refusal: Refusal) -> Profile:
    """Tell people without a profile from those whose profile is closed to us."""
    match refusal:
        case Refusal(code=100, subcode=33 | 2018218):
            return Profile(guest=True)
        case Refusal(code=100, subcode=2018247):
            return Profile(alert=NO_ACCESS)
        case Refusal(code=230):  # this person has not agreed: not now, and nobody is at fault
            return Profile()
        case Refusal(code=10):  # European privacy rules, for one
            return Profile()
        case Refusal(code=code) if code in _NOT_PERMITTED:  # the page may send nevertheless
            return Profile(alert=NO_ACCESS)
    error = ERRORS.explain(refusal)
    if isinstance(error, SendError):
        raise error
    return Profile()


def _clean(name: object) -> str:
    """Cut a name to a size, and take out what is no writing."""
    if not isinstance(name, str):
        return ""
    kept = (c for c in name if c not in _BIDI and unicodedata.category(c) not in {"Cc", "Cs"})
    return "".join(kept)[:_LONGEST_NAME].strip()
