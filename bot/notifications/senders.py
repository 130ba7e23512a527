"""The ways to those who want to be told, and what their answers mean."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import Protocol, TypeAlias

from bot.edge.ssrf_guard import (
    FetchedAnswer,
    FetchLimits,
    GuardedClient,
    GuardedError,
    RefusedUrlError,
    UnreachableError,
)
from bot.notifications.texts import Notice
from bot.ports.errors import Cause, OutcomeUnknownError, SendError, Trouble, UndeliverableError
from bot.storage.team.recipients import Device

_HEAD_ONLY = FetchLimits(size=0)
_LONGEST_PAUSE = timedelta(hours=1)


class UrlSender(Protocol):
    """Tells people where the operator wishes."""

    def say(self, url: str, notice: Notice) -> None:
        """Send a notice to an Apprise URL, or raise one of the three errors; blocks meanwhile."""
        ...

    def close(self) -> None:
        """Let go of everything."""
        ...


class PushSender(Protocol):
    """Reaches agents' browsers."""

    def push(self, device: Device, notice: Notice, tag: str) -> None:
        """Push a notice to a browser, or raise one of the three errors; blocks meanwhile."""
        ...


class MailSender(Protocol):
    """Reaches agents' mailboxes."""

    def post(self, email: str, notice: Notice) -> None:
        """Send a notice by mail, or raise one of the three errors; blocks meanwhile."""
        ...


@dataclass(frozen=True, slots=True)
class ToUrl:
    """A notice by Apprise, to where the operator wishes."""

    url: str = field(repr=False)
    notice: Notice


@dataclass(frozen=True, slots=True)
class ToDevice:
    """A notice by Web Push, to a browser of an agent."""

    device: Device
    notice: Notice
    tag: str
    """Two pushes with the same tag show as one."""


@dataclass(frozen=True, slots=True)
class ToMailbox:
    """A notice by mail, to an agent."""

    email: str
    notice: Notice


Addressed: TypeAlias = ToUrl | ToDevice | ToMailbox


@dataclass(frozen=True, slots=True)
class NoticeSenders:
    """The senders of notices; without an SMTP server there is none for mailboxes."""

    urls: UrlSender
    devices: PushSender
    mailboxes: MailSender | None

    def send(self, addressed: Addressed) -> None:
        """Send a notice by its way, or raise one of the three errors; blocks meanwhile."""
        match addressed:
            case ToUrl(url, notice):
                self.urls.say(url, notice)
            case ToDevice(device, notice, tag):
                self.devices.push(device, notice, tag)
            case ToMailbox(email, notice) if self.mailboxes:
                self.mailboxes.post(email, notice)
            case ToMailbox():
                reason = "Mails can't leave: SMTP_URL or EMAIL_FROM is not set."
                raise UndeliverableError(reason, Cause.REJECTED)


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


def _judge(answer: FetchedAnswer, gone: Collection[int]) -> None:
    status = answer.status
    match status:
        case _ if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            return
        case _ if status in gone:
            msg = f"The target says that it is gone ({status})."
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


def _retry_after(answer: FetchedAnswer) -> timedelta | None:
    told = answer.headers.get("retry-after", "")
    if not told.isascii() or not told.isdigit():
        return None
    return min(timedelta(seconds=int(told[:6])), _LONGEST_PAUSE)
