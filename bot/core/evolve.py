"""Evolve a conversation's state by an event and its decisions."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict, assert_never

from bot.core.allowance import remember_given
from bot.core.decisions import (
    AskForConsent,
    AskForEmail,
    CancelPrompt,
    CaptureEmail,
    ConfirmEmail,
    Decision,
    Decline,
    DropConfirmation,
    DropOffer,
    DropSuggestion,
    ExpirePrompt,
    GiveHint,
    KeepConsent,
    LeavePrompt,
    OfferEmail,
    RefuseEmail,
    RefuseMoreEmails,
    RefuseRequest,
    Reopen,
    RequireConsent,
    Say,
    SchedulePrompt,
    ShowAway,
    SkipPrompt,
    StopAutomatic,
    SuggestEmail,
    WithdrawConsent,
)
from bot.core.emails import key_of
from bot.core.events import (
    AgentReplied,
    ConsentWithdrawn,
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
    heard_at,
)
from bot.core.lateness import answers, is_answered, is_elsewhere_after, tells_owner
from bot.core.model import Capture, CaptureState, Consent, Conversation, Source, Status


class _Changes(TypedDict, total=False):
    status: Status
    closed_for_others: bool
    unanswered: int
    waiting_since: datetime | None
    agent_wrote_at: datetime | None
    visitor_seen_at: datetime | None
    page_wrote_at: datetime | None
    owned_elsewhere: bool
    owner_known_at: datetime | None
    away_period: str | None
    email: str | None
    email_source: Source | None
    beside_email: str | None
    stopped: bool


def evolve(conversation: Conversation, event: Event, decisions: Sequence[Decision]) -> Conversation:
    """Give the conversation as it is once these decisions on this event are carried out."""
    changes = _take_in(conversation, event)
    capture = _look_back(conversation.capture, event)
    for decision in decisions:
        _carry_out(conversation, decision, changes)
        capture = _remember(capture, decision, heard_at(event))
    return conversation._replace(capture=capture, **changes)


def _take_in(  # noqa: C901, PLR0911 - an arm for each event
    conversation: Conversation, event: Event
) -> _Changes:
    match event:
        case VisitorWrote():
            return _take_in_message(conversation, event)
        case VisitorUnsent():
            return _take_back(conversation) if event.unanswered else {}
        case AgentReplied():
            return _take_in_reply(conversation, event)
        case WindowOpened():
            return {"visitor_seen_at": _later(conversation.visitor_seen_at, event.at)}
        case ThreadTaken():
            return _own(conversation, event.at, elsewhere=True)
        case ThreadReturned():
            return _own(conversation, event.at, elsewhere=False)
        case ConversationClosed():
            return {
                "status": Status.CLOSED,
                "closed_for_others": False,
                "unanswered": 0,
                "waiting_since": None,
            }
        case ConversationReopened():
            return {"status": Status.OPEN, "closed_for_others": False}
        case ContactAssociated():
            return {"email": event.email, "email_source": event.source}
        case ContactRemoved():
            return {"email": None, "email_source": None}
        case (
            VisitorEdited()
            | EmailGiven()
            | PromptDeclined()
            | PromptCameDue()
            | PromptRequested()
            | PromptFailed()
            | ConsentWithdrawn()
        ):
            return {}
        case _:
            assert_never(event)


def _take_in_message(conversation: Conversation, event: VisitorWrote) -> _Changes:
    at = min(event.at, event.received_at)  # clocks differ; nothing arrives before it is written
    changes = _signs_of_life(conversation, event, at)
    if event.audience is None:
        changes["closed_for_others"] = False
    elif conversation.status is Status.CLOSED:
        changes["closed_for_others"] = True
    if not is_answered(conversation, event):
        since = conversation.waiting_since
        changes["unanswered"] = conversation.unanswered + 1
        changes["waiting_since"] = at if since is None else min(since, at)
    return changes


def _take_in_reply(conversation: Conversation, event: AgentReplied) -> _Changes:
    changes: _Changes = {"agent_wrote_at": _later(conversation.agent_wrote_at, event.at)}
    if event.wrote_at is not None:
        changes["page_wrote_at"] = _later(conversation.page_wrote_at, event.wrote_at)
    if answers(conversation, event):
        changes["unanswered"], changes["waiting_since"] = 0, None
    return changes


def _signs_of_life(conversation: Conversation, event: VisitorWrote, at: datetime) -> _Changes:
    if event.by_mail:
        return {}
    changes: _Changes = {"visitor_seen_at": _later(conversation.visitor_seen_at, at)}
    if event.overheard:
        return {**changes, **_own(conversation, event.at, elsewhere=True)}
    changes["owned_elsewhere"] = is_elsewhere_after(conversation, event)
    return changes


def _own(conversation: Conversation, at: datetime, *, elsewhere: bool) -> _Changes:
    if not tells_owner(conversation, at):
        return {}
    return {"owned_elsewhere": elsewhere, "owner_known_at": at}


def _take_back(conversation: Conversation) -> _Changes:
    left = max(0, conversation.unanswered - 1)
    return {"unanswered": left, "waiting_since": conversation.waiting_since if left else None}


def _later(known: datetime | None, at: datetime) -> datetime:
    return at if known is None else max(known, at)


def _look_back(capture: Capture, event: Event) -> Capture:
    match event:
        case AgentReplied() if _has_asked(capture):
            return capture._replace(agent_wrote_since_asked=True)
        case ContactAssociated():
            return _without_addresses(capture)
        case ContactRemoved() if capture.state is CaptureState.CAPTURED:
            return capture._replace(state=CaptureState.IDLE)
        case _:
            return capture


def _has_asked(capture: Capture) -> bool:
    return bool(capture.asked_at or capture.suggested_email or capture.consent_text)


def _carry_out(conversation: Conversation, decision: Decision, changes: _Changes) -> None:
    match decision:
        case Reopen():
            changes["status"] = Status.OPEN
        case StopAutomatic():
            changes["stopped"] = True
        case ShowAway(period=period) | AskForEmail(away_period=str(period)):
            changes["away_period"] = period
        case CaptureEmail() if conversation.proved_email:
            changes["beside_email"] = _beside(conversation.proved_email, decision)
        case CaptureEmail():
            changes["email"] = decision.email
            changes["email_source"] = decision.source
        case _:
            pass


def _beside(proved: str, decision: CaptureEmail) -> str | None:
    """Give the address that stands beside the proved one until it is proved itself."""
    return None if key_of(proved) == decision.key else decision.email


def _remember(  # noqa: C901, PLR0911, PLR0912 - an arm for each decision
    capture: Capture, decision: Decision, at: datetime
) -> Capture:
    match decision:
        case SchedulePrompt():
            return capture._replace(
                state=CaptureState.SCHEDULED,
                reason=decision.reason,
                due_at=decision.due_at,
                by_hand=decision.by_hand,
            )
        case CancelPrompt() | ExpirePrompt():
            if capture.state is not CaptureState.SCHEDULED:
                return capture
            return _settle(capture, CaptureState.IDLE, decision.reason)
        case LeavePrompt():
            return capture._replace(reason=decision.reason)
        case SkipPrompt():
            return _settle(capture, CaptureState.SKIPPED, decision.reason)
        case Decline():
            declined = _settle(capture, CaptureState.DECLINED, decision.reason)
            return declined._replace(
                typed_email=None, suggested_email=None, confirm_email=None, consent_text=None
            )
        case AskForEmail():
            return _settle(capture, CaptureState.ASKED, decision.reason)._replace(
                asked_at=at,
                agent_wrote_since_asked=False,
                confirm_email=decision.confirm_email,
                consent_text=decision.consent_text,
            )
        case CaptureEmail():
            captured = _settle(capture, CaptureState.CAPTURED, decision.reason)
            return remember_given(_without_addresses(captured), at)
        case RefuseMoreEmails():
            return capture._replace(limit_told_at=at) if decision.aloud else capture
        case SuggestEmail():
            return capture._replace(
                typed_email=decision.typed,
                suggested_email=decision.suggested,
                consent_text=None,  # a yes answers the last question
                agent_wrote_since_asked=False,
            )
        case AskForConsent():
            return capture._replace(
                consent_text=decision.text,
                confirm_email=decision.email,
                typed_email=None,
                suggested_email=None,
                agent_wrote_since_asked=False,
            )
        case KeepConsent():
            return capture._replace(consent=Consent.GIVEN, consent_text=None)
        case WithdrawConsent():
            return capture._replace(consent=Consent.WITHDRAWN, consent_text=None)
        case ConfirmEmail():
            return capture._replace(confirm_email=decision.email, agent_wrote_since_asked=False)
        case DropConfirmation():
            return capture._replace(confirm_email=None)
        case DropSuggestion():
            return capture._replace(typed_email=None, suggested_email=None)
        case GiveHint():
            return capture._replace(hints=capture.hints + 1)
        case OfferEmail():
            return capture._replace(offered_email=decision.email)
        case DropOffer():
            return capture._replace(offered_email=None)
        case (
            RefuseRequest()
            | RefuseEmail()
            | RequireConsent()
            | Say()
            | ShowAway()
            | StopAutomatic()
            | Reopen()
        ):
            return capture
        case _:
            assert_never(decision)


def _settle(capture: Capture, state: CaptureState, reason: str) -> Capture:
    return capture._replace(state=state, reason=reason, due_at=None, by_hand=False)


def _without_addresses(capture: Capture) -> Capture:
    return capture._replace(
        typed_email=None,
        suggested_email=None,
        offered_email=None,
        confirm_email=None,
        consent_text=None,
    )
