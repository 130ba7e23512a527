"""Reads a mail that has come: whom it is from, what it says, and whether it is real.

Everything in it may be meant to deceive or to cost: it is read in linear time, within bounds.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.headerregistry import AddressHeader
from itertools import chain, islice
from typing import NamedTuple

from bot.mail.authentication import AuthenticationResults, read_results
from bot.mail.automatic import is_automatic
from bot.mail.body import FAULTS, body_texts, file_names
from bot.mail.headers import Head, split_head
from bot.mail.mime import Part, TooManyPartsError, take_apart
from bot.mail.own_words import OwnWords
from bot.mail.quotes import new_part, whole_text
from bot.mail.status import read_status

MOST_BYTES = 10 * 1024 * 1024
TOO_LARGE = "mail too large"
_MOST_IN_TEXT = 10_000
_MOST_IN_WHOLE = 50_000
_MOST_IN_NAME = 100
_MOST_OF_A_FIELD = 1_000
_MOST_RESULTS = 20
_MOST_REPORTED = 20
_ADDRESS = re.compile(r"(?<![^\s<>,;:\"()@])[^\s<>,;:\"()@]+@[^\s<>,;:\"()@]+")
_VERDICT = re.compile(r"\b(dmarc|spf|dkim)\s*=\s*([a-z]+)", re.IGNORECASE)
_REPLY = re.compile(r"\w{1,4}\s?:")  # Re:, AW:, Antw:
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_NO_WORDS = OwnWords()


class UnreadableMailError(Exception):
    """Let a person look at it; the reason is ours and quotes nothing."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class MailFailure(NamedTuple):
    """An address at which a mail failed for good, and the code that says why."""

    address: str
    code: str
    """Empty: there was none."""


@dataclass(frozen=True, slots=True)
class Bounce:
    """A server's report that one of our mails did not arrive, or that its reader complains."""

    failed: tuple[MailFailure, ...]
    is_complaint: bool = False
    """The provider passes on that the reader calls the mail unwanted."""


@dataclass(frozen=True, slots=True)
class InboundMail:
    """A mail that could be read."""

    key: str
    """The same for the same mail, however often it comes."""
    sender: str | None
    """None: it names nobody, several, or one who is dressed up as another."""
    text: str
    """Its new words."""
    whole: str
    """All of its text, for people who want to see what was left out."""
    files: tuple[str, ...]
    is_automatic: bool
    """A program wrote it: an absence notice, a list, or ourselves."""
    is_forged: bool
    """Some server says that it is not from whom it says."""
    bounce: Bounce | None
    results: tuple[AuthenticationResults, ...] = ()
    """What servers, and forgers, say of its sender, the topmost first."""


def read_mail(raw: bytes, own: OwnWords = _NO_WORDS) -> InboundMail:
    """Read a mail that may quote our own words; raises UnreadableMailError."""
    if len(raw) > MOST_BYTES:
        raise UnreadableMailError(TOO_LARGE)
    try:
        return _read(take_apart(raw), raw, own)
    except TooManyPartsError:
        reason = "mail of too many parts"
        raise UnreadableMailError(reason) from None
    except FAULTS:
        reason = "mail could not be read"
        raise UnreadableMailError(reason) from None


def mail_key(raw: bytes) -> str:
    """Name a mail, by its own name if it has one."""
    given = split_head(raw).first("message-id")
    return hashlib.sha256(given.encode(errors="replace") or raw).hexdigest()[:32]


def _read(mail: Part, raw: bytes, own: OwnWords) -> InboundMail:
    head, bounce = mail.head, _bounce(mail)
    files = tuple(_storable(name)[:_MOST_IN_NAME] for name in file_names(mail))
    bodies = body_texts(mail)
    body = next(bodies)
    news = (new_part(text, own) for text in chain([body], bodies))
    subject = _subject(head)
    text = next(filter(None, news), "" if files else _own_subject(head, subject))
    return InboundMail(
        key=mail_key(raw),
        sender=_sender(head),
        text=_storable(text)[:_MOST_IN_TEXT],
        whole=_storable(whole_text(body))[:_MOST_IN_WHOLE],
        files=files,
        is_automatic=bounce is not None or is_automatic(head, subject),
        is_forged=_is_forged(head),
        bounce=bounce,
        results=_results(head),
    )


def _subject(head: Head) -> str:
    given = policy.default.header_factory("subject", head.first("subject")[:_MOST_OF_A_FIELD])
    return str(given).strip()


def _own_subject(head: Head, subject: str) -> str:
    """Give the subject, unless it is ours: some write all they have to say there."""
    is_answer = head.first("in-reply-to") or head.first("references") or _REPLY.match(subject)
    return "" if is_answer else subject


def _sender(head: Head) -> str | None:
    given = list(head.all("from"))
    if len(given) != 1 or len(given[0]) > _MOST_OF_A_FIELD:
        return None
    header = policy.default.header_factory("from", given[0])
    if header.defects or not isinstance(header, AddressHeader) or len(header.addresses) != 1:
        return None
    [address] = header.addresses
    # a name that is an address is read by people as the sender
    is_dressed_up = "@" in address.display_name and address.addr_spec not in address.display_name
    return None if is_dressed_up else address.addr_spec


def _is_forged(head: Head) -> bool:
    results = islice(head.all("authentication-results"), _MOST_RESULTS)
    verdicts = [_verdicts(result[:_MOST_OF_A_FIELD]) for result in results]
    if any("fail" in verdict.get("dmarc", set()) for verdict in verdicts):
        return True
    if not verdicts or verdicts[0].get("dmarc"):
        return False
    # the first one is of the server that was the last to touch the mail
    given = verdicts[0].get("spf", set()) | verdicts[0].get("dkim", set())
    return "fail" in given and "pass" not in given


def _results(head: Head) -> tuple[AuthenticationResults, ...]:
    fields = islice(head.all("authentication-results"), _MOST_RESULTS)
    return tuple(found for field in fields if (found := read_results(_storable(field))))


def _verdicts(result: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for method, verdict in _VERDICT.findall(result):
        found.setdefault(method.lower(), set()).add(verdict.lower())
    return found


def _bounce(mail: Part) -> Bounce | None:
    if mail.kind != "multipart/report":
        return None
    match mail.parameters.get("report-type", "delivery-status").lower():
        case "delivery-status":
            statuses = (part for part in mail.walk() if part.kind == "message/delivery-status")
            failed = (one for part in statuses for one in _failed(part))
            return Bounce(tuple(islice(failed, _MOST_REPORTED)))
        case "feedback-report":
            reports = (part for part in mail.walk() if part.kind == "message/feedback-report")
            about = (one for part in reports for one in _complained(part))
            return Bounce(tuple(islice(about, _MOST_REPORTED)), is_complaint=True)
        case _:
            return None


def _failed(part: Part) -> Iterator[MailFailure]:
    at = 0
    for _ in range(_MOST_REPORTED):
        block = split_head(part.content, at)
        at = block.end
        if block.first("action").lower() != "failed":
            continue
        status = block.first("status")
        if (status or "5").startswith("5"):
            yield from _failures(
                block, read_status(status), "final-recipient", "original-recipient"
            )


def _complained(part: Part) -> Iterator[MailFailure]:
    block = split_head(part.content)
    if block.first("feedback-type").lower() == "abuse":
        yield from _failures(block, "", "original-rcpt-to")


def _failures(block: Head, code: str, *fields: str) -> Iterator[MailFailure]:
    for given in block.all(*fields):
        address = given[:_MOST_OF_A_FIELD].rpartition(";")[2].lower()
        yield from (MailFailure(found, code) for found in _ADDRESS.findall(address))


def _storable(text: str) -> str:
    return _UNSTORABLE.sub("\ufffd", text)
