"""Graph's refusals, read without their words."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

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
