"""Reads a mail that has come: whom it is from, what it says, and whether it is real.

Everything in it may be meant to deceive: it is parsed by the modern policy only, within bounds.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.headerregistry import AddressHeader
from email.message import EmailMessage, Message

from bot.mail.mail import LOOP_HEADER
from bot.mail.quotes import new_part, plain_of_html

MOST_BYTES = 10 * 1024 * 1024
_MOST_BOUNDARIES = 40
_MOST_PARTS = 200
_MOST_LINES_OF_PARTS = 2_000
_MOST_IN_TEXT = 10_000
_MOST_FILES = 20
_SIGNS_OF_A_PROGRAM = ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress", "List-Id")
_BULK = {"bulk", "junk", "list", "auto_reply"}
_ADDRESS = re.compile(r"[^\s<>,;:\"()]+@[^\s<>,;:\"()]+")
_VERDICT = re.compile(r"\b(dmarc|spf|dkim)\s*=\s*([a-z]+)", re.IGNORECASE)


class UnreadableMailError(Exception):
    """Let a person look at it; the reason is ours and quotes nothing."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Bounce:
    """Somebody's server says that our mail did not arrive."""

    failed: tuple[str, ...]
    """The addresses at which it failed for good."""


@dataclass(frozen=True, slots=True)
class InboundMail:
    """A mail that could be read."""

    key: str
    """The same for the same mail, however often it comes."""
    sender: str | None
    """None: it names nobody, several, or one who is dressed up as another."""
    text: str
    files: tuple[str, ...]
    is_automatic: bool
    """A program wrote it: an absence notice, a list, or ourselves."""
    is_forged: bool
    """The receiving server says that it is not from whom it says."""
    bounce: Bounce | None


def read_mail(raw: bytes) -> InboundMail:
    """Read a mail; raises UnreadableMailError."""
    _check_bounds(raw)
    try:
        message = message_from_bytes(raw, policy=policy.default)
        return _read(message, raw)
    except UnreadableMailError:
        raise
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError, IndexError):
        # the standard library's parser meets some malformed mails with these
        reason = "mail could not be read"
        raise UnreadableMailError(reason) from None


def _check_bounds(raw: bytes) -> None:
    """Refuse what would cost much, before anything is parsed."""
    reason = "mail too large or of too many parts"
    if len(raw) > MOST_BYTES:
        raise UnreadableMailError(reason)
    if raw.lower().count(b"boundary=") > _MOST_BOUNDARIES:
        raise UnreadableMailError(reason)
    if raw.count(b"\n--") > _MOST_LINES_OF_PARTS:
        raise UnreadableMailError(reason)


def _read(message: Message, raw: bytes) -> InboundMail:
    if not isinstance(message, EmailMessage):
        raise TypeError
    parts = list(message.walk())
    if len(parts) > _MOST_PARTS:
        reason = "mail too large or of too many parts"
        raise UnreadableMailError(reason)
    bounce = _bounce(message, parts)
    return InboundMail(
        key=_key(message, raw),
        sender=_sender(message),
        text=_storable(new_part(_text(message)))[:_MOST_IN_TEXT],
        files=_files(message),
        is_automatic=bounce is not None or _is_automatic(message),
        is_forged=_is_forged(message),
        bounce=bounce,
    )


def _key(message: EmailMessage, raw: bytes) -> str:
    given = _raw(message, "Message-ID")
    known = given.encode(errors="replace") or raw
    return hashlib.sha256(known).hexdigest()[:32]


def _raw(message: Message, name: str) -> str:
    """Read a header as it came: the parser stumbles over some that we only compare."""
    values = (value for key, value in message.raw_items() if key.lower() == name.lower())
    return str(next(values, "")).strip()


def _sender(message: EmailMessage) -> str | None:
    headers = message.get_all("From", [])
    if len(headers) != 1 or not isinstance(headers[0], AddressHeader):
        return None
    [header] = headers
    if len(header.addresses) != 1 or header.defects:
        return None
    [address] = header.addresses
    # a name that is an address is read by people as the sender
    is_dressed_up = "@" in address.display_name and address.addr_spec not in address.display_name
    return None if is_dressed_up else address.addr_spec


def _is_automatic(message: EmailMessage) -> bool:
    submitted = str(message.get("Auto-Submitted", "no")).strip().lower()
    precedence = str(message.get("Precedence", "")).strip().lower()
    return (
        LOOP_HEADER in message
        or not submitted.startswith("no")
        or precedence in _BULK
        or str(message.get("Return-Path", "")).strip() == "<>"
        or any(name in message for name in _SIGNS_OF_A_PROGRAM)
    )


def _is_forged(message: EmailMessage) -> bool:
    results = [str(header) for header in message.get_all("Authentication-Results", [])]
    verdicts = [_verdicts(result) for result in results]
    if any("fail" in verdict.get("dmarc", set()) for verdict in verdicts):
        return True
    if not verdicts or verdicts[0].get("dmarc"):
        return False
    # the first one is of the server that was the last to touch the mail
    given = verdicts[0].get("spf", set()) | verdicts[0].get("dkim", set())
    return "fail" in given and "pass" not in given


def _verdicts(result: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for method, verdict in _VERDICT.findall(result):
        found.setdefault(method.lower(), set()).add(verdict.lower())
    return found


def _text(message: EmailMessage) -> str:
    for kind in ("plain", "html"):
        body = message.get_body((kind,))
        if isinstance(body, EmailMessage):
            text = _content(body)
            return plain_of_html(text) if kind == "html" else text
    return ""


def _content(part: EmailMessage) -> str:
    try:
        content = part.get_content()
    except LookupError:  # a charset that nobody knows
        payload = part.get_payload(decode=True)
        content = payload.decode(errors="replace") if isinstance(payload, bytes) else ""
    return content if isinstance(content, str) else ""


def _files(message: EmailMessage) -> tuple[str, ...]:
    if message.get_content_maintype() != "multipart":
        return ()
    names = [part.get_filename() for part in message.iter_attachments()]
    return tuple(_storable(name)[:100] for name in names if name)[:_MOST_FILES]


def _bounce(message: EmailMessage, parts: Sequence[Message]) -> Bounce | None:
    if message.get_content_type() != "multipart/report":
        return None
    if message.get_param("report-type") not in {"delivery-status", None}:
        return None
    statuses = [part for part in parts if part.get_content_type() == "message/delivery-status"]
    return Bounce(tuple(failed for part in statuses for failed in _failed(part)))


def _failed(part: Message) -> Iterator[str]:
    blocks = part.get_payload()
    for block in blocks if isinstance(blocks, list) else []:
        if not isinstance(block, Message) or str(block.get("Action", "")).lower() != "failed":
            continue
        if str(block.get("Status", "5")).strip().startswith("5"):
            for name in ("Final-Recipient", "Original-Recipient"):
                given = str(block.get(name, "")).rpartition(";")[2]
                yield from (found.lower() for found in _ADDRESS.findall(given))


def _storable(text: str) -> str:
    return "".join(
        "\ufffd" if "\ud800" <= letter <= "\udfff" or letter == "\0" else letter for letter in text
    )
