"""The error table: what Graph's codes mean for a message and for its page."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from http import HTTPStatus

from bot.ports import Cause, OutcomeUnknownError, SendError, Trouble, UndeliverableError

_LONGEST_WAIT = 24 * 60 * 60
_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Refusal:
    """Graph's no, without its words: they may quote a token or a person."""

    status: int
    code: int | None = None
    subcode: int | None = None
    transient: bool = False
    wants_proof: bool = False
    wait: timedelta | None = None


class Verdict(Enum):
    """The classes that all codes fall into."""

    TRANSIENT = auto()
    UNREACHABLE = auto()
    THROTTLED = auto()
    BLOCKED = auto()
    CREDENTIALS = auto()
    WINDOW_CLOSED = auto()
    RECIPIENT_GONE = auto()
    NOT_OWNER = auto()
    REJECTED = auto()
    UNKNOWN = auto()


_BY_BOTH = {
    (1, 1357046): Verdict.UNKNOWN,  # "all sent successfully, but the endpoint returns an error"
    (10, 1893063): Verdict.BLOCKED,
    (10, 2018065): Verdict.WINDOW_CLOSED,
    (10, 2018108): Verdict.RECIPIENT_GONE,
    (10, 2018278): Verdict.WINDOW_CLOSED,
    (10, 2534022): Verdict.WINDOW_CLOSED,
    (100, 2018001): Verdict.RECIPIENT_GONE,
    (100, 2534037): Verdict.NOT_OWNER,
    (200, 1545041): Verdict.RECIPIENT_GONE,
    (613, 2018338): Verdict.BLOCKED,
}
# Seen as codes of their own and as subcodes of others.
_BY_EITHER = {2018300: Verdict.NOT_OWNER, 2018321: Verdict.NOT_OWNER}
_BY_CODE = {
    3: Verdict.CREDENTIALS,
    4: Verdict.THROTTLED,
    17: Verdict.THROTTLED,
    32: Verdict.THROTTLED,
    102: Verdict.CREDENTIALS,
    190: Verdict.CREDENTIALS,
    341: Verdict.THROTTLED,
    368: Verdict.BLOCKED,
    551: Verdict.RECIPIENT_GONE,
    613: Verdict.THROTTLED,
    2022: Verdict.BLOCKED,
    80006: Verdict.THROTTLED,
}
_PERMISSION_CODES = range(200, 300)
_DENIED = 10

# `TRANSIENT` says nothing about the page: code 2 may well mean "this person has blocked you".
_TROUBLES = {
    Verdict.UNREACHABLE: Trouble.UNREACHABLE,
    Verdict.THROTTLED: Trouble.THROTTLED,
    Verdict.BLOCKED: Trouble.BLOCKED,
    Verdict.CREDENTIALS: Trouble.CREDENTIALS,
}
_PAUSES = {Verdict.THROTTLED: timedelta(minutes=5), Verdict.BLOCKED: timedelta(hours=1)}
_CAUSES = {
    Verdict.WINDOW_CLOSED: Cause.WINDOW_CLOSED,
    Verdict.RECIPIENT_GONE: Cause.RECIPIENT_GONE,
    Verdict.NOT_OWNER: Cause.NOT_OWNER,
    Verdict.REJECTED: Cause.REJECTED,
}

_SENTENCES = {
    Verdict.TRANSIENT: "Facebook could not take this just now.",
    Verdict.UNREACHABLE: "Facebook could not be reached.",
    Verdict.THROTTLED: "Facebook is limiting how much this page may send.",
    Verdict.BLOCKED: "Facebook has blocked this page from sending for a time.",
    Verdict.CREDENTIALS: "Facebook does not accept this page's access token or permissions.",
    Verdict.WINDOW_CLOSED: "The time in which Facebook lets a page answer this person is over.",
    Verdict.RECIPIENT_GONE: "This person has blocked the page or ended the chat.",
    Verdict.NOT_OWNER: "Another app is handling this conversation.",
    Verdict.REJECTED: "Facebook refused the message as it is.",
    Verdict.UNKNOWN: "The message was handed to Facebook, but no confirmation came back.",
}


def read_refusal(status: int, headers: Mapping[str, str], answer: object) -> Refusal:
    """Keep what can be judged and forget the rest; any answer will do, also none."""
    error = answer.get("error") if isinstance(answer, dict) else None
    facts = error if isinstance(error, dict) else {}
    return Refusal(
        status=status,
        code=_number(facts.get("code")),
        subcode=_number(facts.get("error_subcode")),
        transient=facts.get("is_transient") is True,
        wants_proof="appsecret_proof" in str(facts.get("message")),
        wait=_read_wait(headers),
    )


def judge(refusal: Refusal) -> Verdict:
    """Find the class. The more a row says, the earlier it is asked."""
    code, subcode = refusal.code or 0, refusal.subcode or 0
    return (
        _BY_BOTH.get((code, subcode))
        or _BY_EITHER.get(code)
        or _BY_EITHER.get(subcode)
        or _BY_CODE.get(code)
        or _judge_unlisted(refusal)
    )


def _judge_unlisted(refusal: Refusal) -> Verdict:
    match refusal:
        case Refusal(code=None, status=status):
            return _judge_by_status(status)
        case _ if _will_pass(refusal):
            return Verdict.TRANSIENT
        case _ if _lacks_permission(refusal):
            return Verdict.CREDENTIALS
        case Refusal(code=10 | 100):
            return Verdict.REJECTED
        case _:  # 1, 2, 1200, and what Meta may add: attempts are counted, so this ends
            return Verdict.TRANSIENT


def _will_pass(refusal: Refusal) -> bool:
    return refusal.transient or refusal.status >= HTTPStatus.INTERNAL_SERVER_ERROR


def _lacks_permission(refusal: Refusal) -> bool:
    denied = refusal.code == _DENIED and not refusal.subcode
    return refusal.wants_proof or denied or refusal.code in _PERMISSION_CODES


def _judge_by_status(status: int) -> Verdict:
    if status < HTTPStatus.MULTIPLE_CHOICES:
        return Verdict.UNKNOWN
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Verdict.THROTTLED
    return Verdict.UNREACHABLE  # not Graph's own answer but a gateway's or a proxy's


def explain(refusal: Refusal) -> SendError | UndeliverableError | OutcomeUnknownError:
    """Turn a refusal into the error whose type says what to do."""
    return as_error(judge(refusal), refusal.wait)


def as_error(
    verdict: Verdict, wait: timedelta | None = None
) -> SendError | UndeliverableError | OutcomeUnknownError:
    """Give a verdict its type, its sentence and its consequence for the page."""
    sentence = _SENTENCES[verdict]
    if verdict is Verdict.UNKNOWN:
        return OutcomeUnknownError(sentence)
    if verdict in _CAUSES:
        return UndeliverableError(sentence, _CAUSES[verdict])
    pause = wait or _PAUSES.get(verdict)
    return SendError(sentence, trouble=_TROUBLES.get(verdict), retry_after=pause)


def _number(value: object) -> int | None:
    """Read a code, which some gateways write as text."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < _DIGITS:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _read_wait(headers: Mapping[str, str]) -> timedelta | None:
    """Find the longest wait that a header names, in minutes or in seconds."""
    usage = headers.get("X-Business-Use-Case-Usage", "")
    minutes = max(_regain_minutes(usage), default=0)
    seconds = max(minutes * 60, _number(headers.get("Retry-After")) or 0)
    return timedelta(seconds=min(seconds, _LONGEST_WAIT)) if seconds > 0 else None


def _regain_minutes(usage: str) -> Iterator[int]:
    try:
        by_page = json.loads(usage)
    except (ValueError, RecursionError):
        return
    for limits in by_page.values() if isinstance(by_page, dict) else ():
        for limit in limits if isinstance(limits, list) else ():
            if isinstance(limit, dict):
                yield _number(limit.get("estimated_time_to_regain_access")) or 0
