"""The ways to those who want to be told, and what their answers mean."""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Protocol, assert_never

from bot.edge.guarded import (
    Answer,
    GuardedClient,
    GuardedError,
    Limits,
    RefusedUrlError,
    UnreachableError,
)
from bot.errands.jobs import (
    Job,
    Outcome,
    Seen,
    ToChannels,
    ToDevice,
    ToMailbox,
    ToProgram,
    ToUrl,
)
from bot.failpoints import failpoint
from bot.notifications.texts import Notice
from bot.notifications.webhook_signing import sign
from bot.ports import Cause, OutcomeUnknownError, SendError, Trouble, UndeliverableError
from bot.storage.recipients import Device

_HEAD_ONLY = Limits(size=0)
_LONGEST_PAUSE = timedelta(hours=1)
_log = logging.getLogger(__name__)


class Speaker(Protocol):
    """Tells people where the operator wishes."""

    def say(self, url: str, notice: Notice) -> None:
        """Tell it, or raise one of the three errors; blocks while it does."""
        ...

    def close(self) -> None:
        """Let go of everything."""
        ...


class Pusher(Protocol):
    """Reaches browsers."""

    def push(self, device: Device, notice: Notice, tag: str) -> None:
        """Push it, or raise one of the three errors; blocks while it does."""
        ...


class Postman(Protocol):
    """Reaches agents' mailboxes."""

    def post(self, email: str, notice: Notice) -> None:
        """Send it, or raise one of the three errors; blocks while it does."""
        ...


@dataclass(frozen=True, slots=True)
class Ways:
    """All of them; without a server for mails there is no postman."""

    client: GuardedClient
    speaker: Speaker
    pusher: Pusher
    postman: Postman | None
    clock: Callable[[], datetime]
    look: Callable[[], Sequence[tuple[str, str, str]]] | None = None
    """Look after the channels, if there are any to look after; blocks while it does."""

    def close(self) -> None:
        """Let go of everything."""
        self.speaker.close()


def attempt(job: Job, ways: Ways) -> Outcome:
    """Tell it; blocks while it does. Errors are outcomes, not raised."""
    failpoint(f"errands.before_{job.row.kind}")
    outcome = _outcome(job, ways)
    failpoint(f"errands.after_{job.row.kind}")
    return outcome


def _outcome(job: Job, ways: Ways) -> Outcome:
    try:
        if isinstance(job.what, ToChannels):
            return Seen(tuple(ways.look() if ways.look else ()))
        _attempt(job.what, ways)
    except (SendError, UndeliverableError, OutcomeUnknownError) as error:
        return error
    except Exception:  # noqa: BLE001 - a fault of our own must not stop the others
        _log.exception("errand failed by a fault of our own", extra={"kind": job.row.kind})
        return OutcomeUnknownError("Something went wrong here while it was being sent.")
    return None


def _attempt(what: ToUrl | ToDevice | ToMailbox | ToProgram, ways: Ways) -> None:
    match what:
        case ToUrl(url, notice):
            ways.speaker.say(url, notice)
        case ToDevice(device, notice, tag):
            ways.pusher.push(device, notice, tag)
        case ToMailbox(email, notice):
            if ways.postman is None:
                msg = "Mails can't leave: SMTP_URL or EMAIL_FROM is not set."
                raise UndeliverableError(msg, Cause.REJECTED)
            ways.postman.post(email, notice)
        case ToProgram() as told:
            _tell_program(told, ways)
        case _:
            assert_never(what)


def _tell_program(told: ToProgram, ways: Ways) -> None:
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Whosthere",
        **sign(told.secret, told.id, ways.clock(), told.body),
    }
    ask(ways.client, told.url, told.body, headers)


def ask(
    client: GuardedClient,
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    gone: Collection[int] = (HTTPStatus.GONE,),
) -> None:
    """Post something, and turn what comes back into one of the three errors."""
    try:
        answer = client.request("POST", url, body=body, headers=headers, limits=_HEAD_ONLY)
    except (RefusedUrlError, UnreachableError) as error:  # names change: refused, it may be tried
        raise SendError(str(error), trouble=Trouble.UNREACHABLE) from None
    except GuardedError as error:
        raise OutcomeUnknownError(str(error)) from None
    _judge(answer, gone)


def _judge(answer: Answer, gone: Collection[int]) -> None:
    status = answer.status
    match status:
        case _ if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            return
        case _ if status in gone:
            msg = f"The target says that it is gone ({status}), and was switched off."
            raise UndeliverableError(msg, Cause.RECIPIENT_GONE)
        case _ if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            msg = f"The target points elsewhere ({status}); that is not followed."
            raise SendError(msg)
        case HTTPStatus.TOO_MANY_REQUESTS | HTTPStatus.SERVICE_UNAVAILABLE:
            msg = f"The target wants us to wait ({status})."
            raise SendError(msg, retry_after=_retry_after(answer))
        case _:
            msg = f"The target refused it ({status})."
            raise SendError(msg)


def _retry_after(answer: Answer) -> timedelta | None:
    told = answer.headers.get("retry-after", "")
    if not told.isascii() or not told.isdigit():
        return None
    return min(timedelta(seconds=int(told[:6])), _LONGEST_PAUSE)
