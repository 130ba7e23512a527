"""Has mails parsed in a process of its own, so that none of them stops or fills ours."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.edge.child_process import ChildAwayError, ChildProcess, ChildSilentError
from bot.mail.authentication import AuthenticationResults, MethodResult
from bot.mail.inbound import (
    MOST_BYTES,
    TOO_LARGE,
    Bounce,
    InboundMail,
    MailFailure,
    UnreadableMailError,
)
from bot.mail.own_words import OwnWords
from bot.mail.parsing_request import asked
from bot.ports.errors import UnavailableError

TOO_LONG = "mail takes too long to read, or makes its reader fail"
_ARGUMENTS = ("-S", "-m", "bot.mail.parsing_process")
_PATIENCE = timedelta(seconds=5)
_IDLE = timedelta(minutes=1)
_NO_WORDS = OwnWords()


def _child() -> ChildProcess:
    return ChildProcess(_ARGUMENTS, _PATIENCE, idle=_IDLE, environment={})


@dataclass(frozen=True, slots=True)
class MailParser:
    """Reads mails one after the other; blocks, up to a few seconds for a mail that means harm."""

    child: ChildProcess = field(default_factory=_child)

    def read(self, raw: bytes, own: OwnWords = _NO_WORDS) -> InboundMail:
        """Read a mail that may quote our own words.

        Raises UnreadableMailError, or UnavailableError while it can't be read.
        """
        if len(raw) > MOST_BYTES:
            raise UnreadableMailError(TOO_LARGE)
        try:
            told = json.loads(self.child.ask(asked(raw, own)))
        except ChildSilentError:
            raise UnreadableMailError(TOO_LONG) from None
        except ChildAwayError:
            msg = "mails can't be parsed now"
            raise UnavailableError(msg) from None
        if "mail" not in told:
            raise UnreadableMailError(told["unreadable"])
        return _mail(told["mail"])

    def stop(self) -> None:
        """Break off what is under way: that mail is to come again."""
        self.child.stop()

    def close(self) -> None:
        """End the process."""
        self.child.close()


def _mail(told: dict[str, Any]) -> InboundMail:
    return InboundMail(
        key=told["key"],
        sender=told["sender"],
        text=told["text"],
        whole=told["whole"],
        files=tuple(told["files"]),
        is_automatic=told["is_automatic"],
        is_forged=told["is_forged"],
        bounce=_bounce(told["bounce"]) if told["bounce"] else None,
        results=tuple(map(_results, told["results"])),
    )


def _bounce(told: dict[str, Any]) -> Bounce:
    failed = tuple(MailFailure(*one) for one in told["failed"])
    return Bounce(failed, is_complaint=told["is_complaint"])


def _results(told: dict[str, Any]) -> AuthenticationResults:
    found = tuple(
        MethodResult(each["method"], each["result"], tuple(map(tuple, each["properties"])))
        for each in told["results"]
    )
    return AuthenticationResults(told["server"], found)
