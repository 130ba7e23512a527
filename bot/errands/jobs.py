"""What is to be sent, and how it ended."""

from dataclasses import dataclass, field
from typing import TypeAlias

from bot.notifications.texts import Notice
from bot.ports import OutcomeUnknownError, SendError, UndeliverableError
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


@dataclass(frozen=True, slots=True)
class Seen:
    """What is wrong with the channels: channel, account, and a sentence of ours."""

    troubles: tuple[tuple[str, str, str], ...]


Outcome: TypeAlias = SendError | UndeliverableError | OutcomeUnknownError | Seen | None
"""None: it was taken."""
