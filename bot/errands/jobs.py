"""What is to be sent, and how it ended."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeAlias

from bot.notifications.texts import Notice
from bot.storage.outbox.held import HeldRow
from bot.storage.recipients import Device


@dataclass(frozen=True, slots=True)
class ToUrl:
    """By Apprise, to where the operator wishes."""

    url: str = field(repr=False)
    notice: Notice


@dataclass(frozen=True, slots=True)
class ToDevice:
    """By Web Push, to a browser of an agent."""

    device: Device
    notice: Notice
    tag: str
    """Two pushes with the same tag show as one."""


@dataclass(frozen=True, slots=True)
class ToMailbox:
    """By mail, to an agent."""

    email: str
    notice: Notice


@dataclass(frozen=True, slots=True)
class ToProgram:
    """By a signed webhook."""

    url: str
    secret: str = field(repr=False)
    id: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ToChannels:
    """Look whether they are still there."""


Errandry: TypeAlias = ToUrl | ToDevice | ToMailbox | ToProgram | ToChannels


@dataclass(frozen=True, slots=True)
class Job:
    """One errand in a worker's hand."""

    row: HeldRow
    """As it is now: held, with the lease."""
    what: Errandry


class NotTakenError(Exception):
    """Surely not taken: try again, not before `after` if there is one."""

    def __init__(self, reason: str, after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after


class NobodyThereError(NotTakenError):
    """Nobody answers at all: what else is due for the target waits as well."""


class GoneError(NotTakenError):
    """The target wants nothing more, for good."""


class RefusedError(NotTakenError):
    """It is never taken; others may be."""


class NotKnownError(NotTakenError):
    """It may have arrived: it is sent again, and the log says so."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is wrong with the channels: channel, account, and a sentence of ours."""

    troubles: tuple[tuple[str, str, str], ...]


Outcome: TypeAlias = NotTakenError | Seen | None
"""None: it was taken."""
