"""Outcomes of Graph's error codes: a table for each product over the common rows."""

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from bot.ports.errors import Cause, OutcomeUnknownError, SendError, Trouble, UndeliverableError
from channels.meta.error_rows import COMMON, Rows, Verdict
from channels.meta.refusals import Refusal

_PERMISSION_CODES = range(200, 300)
_DENIED = 10

# `TRANSIENT` says nothing about the account: code 2 may well mean "this person has blocked you".
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
    Verdict.NOT_ALLOWED: Cause.RECIPIENT_GONE,
    Verdict.NOT_OWNER: Cause.NOT_OWNER,
    Verdict.REJECTED: Cause.REJECTED,
}

_SENTENCES = {
    Verdict.TRANSIENT: "{service} could not take this just now.",
    Verdict.UNREACHABLE: "{service} could not be reached.",
    Verdict.THROTTLED: "{service} is limiting how much this {account} may send.",
    Verdict.BLOCKED: "{service} has blocked this {account} from sending for a time.",
    Verdict.CREDENTIALS: (
        "{service} does not accept this {account}'s access token or permissions."
    ),
    Verdict.WINDOW_CLOSED: (
        "The time in which {service} lets {an_account} answer this person is over."
    ),
    Verdict.RECIPIENT_GONE: "This person has blocked the {account} or ended the chat.",
    Verdict.NOT_ALLOWED: "{service} does not let this {account} write to this person.",
    Verdict.NOT_OWNER: "Another app is handling this conversation.",
    Verdict.REJECTED: "{service} refused the message as it is.",
    Verdict.UNKNOWN: "The message was handed to {service}, but no confirmation came back.",
}


@dataclass(frozen=True, slots=True)
class ErrorTable:
    """The outcomes of Graph's error codes for one product, with their sentences."""

    service: str
    """What people call it: "Facebook"."""
    account: str
    """What an account is called within a sentence: "page"."""
    rows: Rows = COMMON
    unlisted: Verdict = Verdict.TRANSIENT
    """What a code counts as that nobody has listed: attempts are counted, so this ends."""

    def judge(self, refusal: Refusal) -> Verdict:
        """Find the class. The more a row says, the earlier it is asked."""
        found = self.rows.find(refusal.code or 0, refusal.subcode or 0)
        return found or _judge_unlisted(refusal) or self.unlisted

    def explain(self, refusal: Refusal) -> SendError | UndeliverableError | OutcomeUnknownError:
        """Turn a refusal into the error whose type says what to do."""
        return self.as_error(self.judge(refusal), refusal.wait)

    def as_error(
        self, verdict: Verdict, wait: timedelta | None = None
    ) -> SendError | UndeliverableError | OutcomeUnknownError:
        """Give a verdict its type, its sentence and its consequence for the account."""
        sentence = self._say(verdict)
        if verdict is Verdict.UNKNOWN:
            return OutcomeUnknownError(sentence)
        if verdict in _CAUSES:
            return UndeliverableError(sentence, _CAUSES[verdict])
        pause = wait or _PAUSES.get(verdict)
        return SendError(sentence, trouble=_TROUBLES.get(verdict), retry_after=pause)

    def _say(self, verdict: Verdict) -> str:
        article = "an" if self.account[0] in "aeiou" else "a"
        words = {
            "service": self.service,
            "account": self.account,
            "an_account": f"{article} {self.account}",
        }
        return _SENTENCES[verdict].format_map(words)


GRAPH = ErrorTable("Meta", "account")
"""For what belongs to no product."""


def _judge_unlisted(refusal: Refusal) -> Verdict | None:
    match refusal:
        case Refusal(code=None, status=status):
            return _judge_by_status(status)
        case _ if _will_pass(refusal):
            return Verdict.TRANSIENT
        case _ if _lacks_permission(refusal):
            return Verdict.CREDENTIALS
        case Refusal(code=10 | 100):
            return Verdict.REJECTED
        case _:
            return None


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
