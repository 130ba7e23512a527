"""Says whom a mail is for before any of it is parsed: strangers' mails cost next to nothing."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from bot.mail.headers import MOST_HEADER_BYTES, split_head

_ROUTES = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-forwarded-to")
_REPORT = "multipart/report"
_MOST_OF_A_REPORT = 256 * 1024
DECIDING_BYTES = MOST_HEADER_BYTES + _MOST_OF_A_REPORT
"""No later byte of a mail decides whose it is."""
_MOST = 10  # of each kind: more of them are guesses
_OUR_KEY = re.compile(rb"^message-id:\s{0,10}<([0-9a-f]{32})@", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Envelope:
    """The conversation that a mail claims to belong to."""

    tokens: tuple[str, ...]
    """Those of the addresses for answers that it went to, or that a report of a server quotes."""
    keys: tuple[str, ...]
    """Those of our mails that a report of a server brings back."""


def read_envelope(raw: bytes, ours: str) -> Envelope:
    """Look for the tokens of `ours`, the address `name@…` whose answers go to `name+<token>@…`."""
    head = split_head(raw)
    routes = "\n".join(head.all(*_ROUTES))
    returned = b""
    if head.first("content-type").lower().startswith(_REPORT):
        returned = raw[head.end : head.end + _MOST_OF_A_REPORT].lower()
    places = routes.lower().encode(errors="surrogateescape") + b"\n" + returned
    return Envelope(
        tokens=_distinct(_form(ours).findall(places)),
        keys=_distinct(_OUR_KEY.findall(returned)),
    )


def _form(ours: str) -> re.Pattern[bytes]:
    name, _, domain = (re.escape(part) for part in ours.lower().encode().partition(b"@"))
    edge = rb"[^\s<>,;:\"()]"
    return re.compile(rb"(?<!%b)%b\+([0-9a-f]{32})@%b(?!%b)" % (edge, name, domain, edge))


def _distinct(found: Iterable[bytes]) -> tuple[str, ...]:
    return tuple(islice(dict.fromkeys(each.decode("ascii") for each in found), _MOST))
