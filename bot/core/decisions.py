"""Decisions: what the rules of capture want done about an event."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from bot.core.emails import Flaw
from bot.core.model import Kind, Source


@dataclass(frozen=True, slots=True)
class SchedulePrompt:
    """Arm the conversation's one prompt, or move it to another time."""

    due_at: datetime
    reason: str
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class CancelPrompt:
    """Disarm a prompt that is due; a later message may arm it again."""

    reason: str


@dataclass(frozen=True, slots=True)
class ExpirePrompt:
    """Disarm it because the channel's window has closed."""

    reason: str


@dataclass(frozen=True, slots=True)
class LeavePrompt:
    """Keep the reason why the prompt stays as it is, for agents who ask."""

    reason: str


@dataclass(frozen=True, slots=True)
class SkipPrompt:
    """Never ask in this conversation."""

    reason: str


@dataclass(frozen=True, slots=True)
class AskForEmail:
    """Send the prompt now, in the transaction that claims it."""

    text: str
    reason: str
    confirm_email: str | None = None
    """The prompt asks to confirm this address."""
    away_period: str | None = None
    """The text holds the away message of this period."""
    consent_text: str | None = None
    """The prompt asks for consent in these words."""


@dataclass(frozen=True, slots=True)
class RefuseRequest:
    """An agent's wish to ask can't be met; nothing changes."""

    reason: str


@dataclass(frozen=True, slots=True)
class Say:
    """The bot says something, at most once."""

    text: str
    kind: Kind
    choices: tuple[str, ...] = ()
    """Answers that may be tapped."""
    asks_for_email: bool = False
    """The channel's own button for an address goes with it, and one to decline."""


@dataclass(frozen=True, slots=True)
class ShowAway:
    """Show the away message, once for each away period."""

    text: str
    period: str


@dataclass(frozen=True, slots=True)
class CaptureEmail:
    """Create a contact with this address, or associate the one that has it."""

    email: str
    key: str
    source: Source
    reason: str


@dataclass(frozen=True, slots=True)
class SuggestEmail:
    """The address has a likely typo: remember both, and wait for the answer."""

    typed: str
    suggested: str


@dataclass(frozen=True, slots=True)
class ConfirmEmail:
    """We asked whether an address that was only mentioned may be used: remember which."""

    email: str


@dataclass(frozen=True, slots=True)
class DropConfirmation:
    """The visitor said no to the address that we asked about; nothing is declined."""


@dataclass(frozen=True, slots=True)
class RefuseEmail:
    """Refuse the address typed into the field; nothing changes."""

    flaw: Flaw
    suggested: str | None = None
    """What was likely meant."""


@dataclass(frozen=True, slots=True)
class RequireConsent:
    """The address came without the consent that is required; nothing changes."""


@dataclass(frozen=True, slots=True)
class AskForConsent:
    """Consent was asked for in these words: remember them until an answer comes."""

    text: str
    email: str
    """The address that is to be kept."""


@dataclass(frozen=True, slots=True)
class KeepConsent:
    """The visitor agreed to a text, word for word."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class WithdrawConsent:
    """The visitor agrees no longer: no mail goes to its address any more."""

    by: str = "visitor"


@dataclass(frozen=True, slots=True)
class RefuseMoreEmails:
    """Too many addresses were given: none is taken until then, and no contact is created."""

    until: datetime
    aloud: bool = False
    """The bot says so in the conversation."""


@dataclass(frozen=True, slots=True)
class DropSuggestion:
    """The hint was answered by something else."""


@dataclass(frozen=True, slots=True)
class GiveHint:
    """Count a hint: at most two for a conversation."""


@dataclass(frozen=True, slots=True)
class OfferEmail:
    """Lay an address ready for the agents; nothing is created."""

    email: str


@dataclass(frozen=True, slots=True)
class DropOffer:
    """The visitor took back the words in which the offered address stood."""


@dataclass(frozen=True, slots=True)
class Decline:
    """The visitor does not want to say."""

    reason: str


@dataclass(frozen=True, slots=True)
class StopAutomatic:
    """The visitor wants no automatic messages: the bot says nothing more to it."""


@dataclass(frozen=True, slots=True)
class Reopen:
    """A message opens a closed conversation again."""


Decision: TypeAlias = (
    SchedulePrompt
    | CancelPrompt
    | ExpirePrompt
    | LeavePrompt
    | SkipPrompt
    | AskForEmail
    | RefuseRequest
    | Say
    | ShowAway
    | CaptureEmail
    | SuggestEmail
    | ConfirmEmail
    | DropConfirmation
    | RefuseEmail
    | RefuseMoreEmails
    | RequireConsent
    | AskForConsent
    | KeepConsent
    | WithdrawConsent
    | DropSuggestion
    | GiveHint
    | OfferEmail
    | DropOffer
    | Decline
    | StopAutomatic
    | Reopen
)
