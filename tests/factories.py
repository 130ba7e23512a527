"""Values in which every field has a default, so that a test names only what matters.

Times are seconds after `NOON`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from bot.core.decide import decide
from bot.core.decisions import Decision
from bot.core.events import (
    AgentReplied,
    Attachment,
    ContactAssociated,
    ContactRemoved,
    ConversationClosed,
    ConversationReopened,
    EmailGiven,
    Event,
    PromptCameDue,
    PromptDeclined,
    PromptFailed,
    PromptRequested,
    ThreadReturned,
    ThreadTaken,
    VisitorEdited,
    VisitorUnsent,
    VisitorWrote,
    WindowOpened,
)
from bot.core.evolve import evolve
from bot.core.model import Capture, CaptureState, Conversation, Kind, Source
from config.rules import CaptureRules, ChannelRules

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)  # a Monday
DAY = 86_400.0
ADA = "ada@example.com"
BOB = "bob@example.org"
TYPO = "ada@gmial.com"
MEANT = "ada@gmail.com"

RULES = CaptureRules(
    channels=frozenset({"messenger", "webchat"}),
    own_domains=frozenset({"shop.example"}),
    follow_up_delay=timedelta(minutes=2),
    channel_rules={"messenger": ChannelRules(timedelta(hours=24), away_joins_prompt=True)},
)
UNKNOWN = Conversation(channel="messenger")
ON_WEBCHAT = Conversation(channel="webchat")


def moment(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def wrote(  # noqa: PLR0913 - a default for each field
    text: str = "Hello",
    at: float = 0,
    *,
    received: float | None = None,
    kind: Kind = Kind.TEXT,
    attachments: tuple[Attachment, ...] = (),
    payload: str | None = None,
    from_profile: bool = False,
    overheard: bool = False,
) -> VisitorWrote:
    received_at = moment(at if received is None else received)
    return VisitorWrote(
        text, moment(at), received_at, kind, attachments, payload, from_profile, overheard
    )


def edited(text: str, at: float = 0, *, key: str = "m_1", edit: int = 1) -> VisitorEdited:
    return VisitorEdited(key, text, edit, moment(at), moment(at))


def unsent(at: float = 0, *, key: str = "m_1", unanswered: bool = True) -> VisitorUnsent:
    return VisitorUnsent(key, moment(at), unanswered)


def replied(at: float = 0) -> AgentReplied:
    return AgentReplied(moment(at))


def opted_in(at: float = 0) -> WindowOpened:
    return WindowOpened(moment(at))


def thread_taken(at: float = 0) -> ThreadTaken:
    return ThreadTaken(moment(at))


def thread_returned(at: float = 0) -> ThreadReturned:
    return ThreadReturned(moment(at))


def gave(email: str = ADA, at: float = 0, *, source: Source = Source.CAPTURE) -> EmailGiven:
    return EmailGiven(email, moment(at), source)


def declined(at: float = 0) -> PromptDeclined:
    return PromptDeclined(moment(at))


def came_due(at: float = 0) -> PromptCameDue:
    return PromptCameDue(moment(at))


def requested(at: float = 0, *, agent: str = "grace@shop.example") -> PromptRequested:
    return PromptRequested(moment(at), agent)


def failed(at: float = 0, *, reason: str = "This person can't be reached.") -> PromptFailed:
    return PromptFailed(moment(at), reason)


def closed(at: float = 0) -> ConversationClosed:
    return ConversationClosed(moment(at))


def reopened(at: float = 0) -> ConversationReopened:
    return ConversationReopened(moment(at))


def associated(
    email: str = ADA, at: float = 0, *, source: Source = Source.AGENT
) -> ContactAssociated:
    return ContactAssociated(email, moment(at), source)


def unlinked(at: float = 0) -> ContactRemoved:
    return ContactRemoved(moment(at))


@dataclass(frozen=True)
class Story:
    """What became of a conversation."""

    conversation: Conversation
    last: list[Decision]
    """What the last event led to."""
    decisions: list[Decision]
    """What all of them led to."""

    @property
    def capture(self) -> Capture:
        return self.conversation.capture

    @property
    def state(self) -> CaptureState:
        return self.conversation.capture.state

    @property
    def due_in(self) -> float | None:
        due_at = self.conversation.capture.due_at
        return None if due_at is None else (due_at - NOON).total_seconds()

    def then(self, *events: Event, rules: CaptureRules = RULES) -> "Story":
        """Go on with other rules."""
        later = tell(*events, start=self.conversation, rules=rules)
        return Story(later.conversation, later.last, self.decisions + later.decisions)


def tell(*events: Event, start: Conversation = UNKNOWN, rules: CaptureRules = RULES) -> Story:
    """Let things happen one after the other."""
    conversation, last, decisions = start, list[Decision](), list[Decision]()
    for event in events:
        last = decide(conversation, event, rules)
        conversation = evolve(conversation, event, last)
        decisions += last
    return Story(conversation, last, decisions)


DecisionType = TypeVar("DecisionType", bound=Decision)


def find(kind: type[DecisionType], decisions: Iterable[Decision]) -> list[DecisionType]:
    """Pick the decisions of one kind."""
    return [decision for decision in decisions if isinstance(decision, kind)]
