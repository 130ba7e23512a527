"""The rules of capture: decide what follows from an event."""

from datetime import datetime
from typing import assert_never

from bot.core.answers import (
    FROM_THE_VISITOR,
    decline,
    overhear,
    take_given,
    understand,
)
from bot.core.away import away_message, is_window_over, with_away_left_behind
from bot.core.consenting import withdraw
from bot.core.decisions import (
    AskForConsent,
    AskForEmail,
    CancelPrompt,
    CaptureEmail,
    ConfirmEmail,
    Decision,
    Decline,
    GiveHint,
    LeavePrompt,
    OfferEmail,
    Reopen,
    Say,
    SchedulePrompt,
    ShowAway,
    SkipPrompt,
    StopAutomatic,
    SuggestEmail,
    WithdrawConsent,
)
from bot.core.events import (
    DECLINE_PAYLOAD,
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
)
from bot.core.hints import AnswerWords
from bot.core.hours import away_period
from bot.core.lateness import answers, is_answered, is_elsewhere_after, tells_owner
from bot.core.model import CaptureState, Consent, Conversation, Kind, Source, Status
from bot.core.prompting import ELSEWHERE, arm, come_due, disarm, request, silence
from bot.core.taken_back import drop_edited_away, drop_unsent
from bot.core.words import is_stop
from config.rules import CaptureRules

_SETTLING = (CaptureEmail, SuggestEmail, AskForConsent, Decline)


def decide(conversation: Conversation, event: Event, rules: CaptureRules) -> list[Decision]:
    """Say what should happen next. Reads no clock, does no I/O, changes nothing."""
    decisions = _decide(conversation, event, rules)
    if conversation.stopped or StopAutomatic() in decisions:
        return [quiet for each in decisions if (quiet := _without_words(each))]
    return decisions


def _without_words(decision: Decision) -> Decision | None:
    match decision:
        case Say() | ShowAway() | AskForEmail() | GiveHint() | ConfirmEmail():
            return None
        case SuggestEmail(typed=email) | AskForConsent(email=email):
            return OfferEmail(email)
        case _:
            return decision


def _decide(  # noqa: C901, PLR0911, PLR0912 - an arm for each event
    conversation: Conversation, event: Event, rules: CaptureRules
) -> list[Decision]:
    match event:
        case VisitorWrote():
            return _hear(conversation, event, rules)
        case VisitorEdited():
            decisions = _hear_again(conversation, event, rules)
            return with_away_left_behind(conversation, decisions, event.received_at, rules)
        case VisitorUnsent():
            return _forget(conversation, event, rules)
        case AgentReplied():
            return _hear_reply(conversation, event)
        case WindowOpened():
            return []
        case ThreadTaken() | ThreadReturned():
            return _change_owner(conversation, event)
        case EmailGiven():
            decisions = take_given(conversation, event, rules)
            return with_away_left_behind(conversation, decisions, event.at, rules)
        case PromptDeclined():
            return with_away_left_behind(conversation, decline(conversation), event.at, rules)
        case PromptCameDue():
            return come_due(conversation, event.at, rules)
        case PromptRequested():
            return request(conversation, event, rules)
        case PromptFailed():
            return _skip(conversation, event.reason)
        case ConversationClosed():
            return disarm(conversation, "The conversation was closed.")
        case ConversationReopened():
            return _keep_idle(conversation, "The conversation was opened again.")
        case ContactAssociated():
            decisions = _skip(conversation, _reason_to_skip(event.source))
            return with_away_left_behind(conversation, decisions, event.at, rules)
        case ConsentWithdrawn(by=by):
            agreed = conversation.capture.consent is Consent.GIVEN
            return [WithdrawConsent(by)] if agreed else []
        case ContactRemoved():
            return _unlink(conversation, "The contact was taken away again.")
        case _:
            assert_never(event)


def _hear_reply(conversation: Conversation, event: AgentReplied) -> list[Decision]:
    if not answers(conversation, event):
        return []
    return silence(conversation, _reason_of_silence(conversation, event.at))


def _change_owner(
    conversation: Conversation, event: ThreadTaken | ThreadReturned
) -> list[Decision]:
    if not tells_owner(conversation, event.at):
        return []
    if isinstance(event, ThreadTaken):
        return disarm(conversation, ELSEWHERE)
    return _keep_idle(conversation, "Another app gave the conversation back.")


def _keep_idle(conversation: Conversation, reason: str) -> list[Decision]:
    idle = conversation.capture.state is CaptureState.IDLE
    return [LeavePrompt(reason)] if idle else []


def _unlink(conversation: Conversation, reason: str) -> list[Decision]:
    match conversation.capture.state:
        case CaptureState.CAPTURED if conversation.email_source not in FROM_THE_VISITOR:
            return [SkipPrompt(reason)]
        case CaptureState.IDLE | CaptureState.CAPTURED | CaptureState.SKIPPED:
            return [LeavePrompt(reason)]
        case _:
            return []


def _hear(conversation: Conversation, event: VisitorWrote, rules: CaptureRules) -> list[Decision]:
    decisions: list[Decision] = [Reopen()] if conversation.status is Status.CLOSED else []
    if event.by_mail:  # whatever we said now would be read by others than the sender
        decisions += _stop(conversation, event.text)
        withdrawn = withdraw(conversation, event.text, rules)
        decisions += [each for each in withdrawn if not isinstance(each, Say)]
        return decisions + overhear(conversation, event.text, rules)
    elsewhere = is_elsewhere_after(conversation, event)
    if event.overheard:
        decisions += disarm(conversation, ELSEWHERE) if elsewhere else []
        decisions += _stop(conversation, event.text)
        return decisions + overhear(conversation, event.text, rules)
    away = away_period(rules, event.received_at)
    meant = _understand(conversation, event, rules)
    decisions += meant
    if elsewhere or is_answered(conversation, event):
        return decisions
    if not any(isinstance(decision, _SETTLING) for decision in meant):
        decisions += arm(conversation, event, away, rules)
    if away is not None and not _rides_along(conversation, event, decisions, rules):
        decisions += _show_away(conversation, event, rules)
    return decisions


def _understand(
    conversation: Conversation, event: VisitorWrote, rules: CaptureRules
) -> list[Decision]:
    if event.payload == DECLINE_PAYLOAD:
        return decline(conversation)
    return _stop(conversation, event.text) or understand(conversation, _words(event), rules)


def _stop(conversation: Conversation, text: str) -> list[Decision]:
    return [*decline(conversation), StopAutomatic()] if is_stop(text) else []


def _words(event: VisitorWrote) -> AnswerWords:
    if event.email_from_profile:
        return AnswerWords(event.text, event.received_at, event.payload, Source.PROFILE)
    is_label = event.kind is Kind.POSTBACK or ("@" in event.text and event.text == event.payload)
    # What stands on a button is not the visitor's own address.
    text = "" if is_label else event.text
    return AnswerWords(text, event.received_at, event.payload, is_crowded=event.is_crowded)


def _rides_along(
    conversation: Conversation,
    event: VisitorWrote,
    decisions: list[Decision],
    rules: CaptureRules,
) -> bool:
    due_at = _due_at(conversation, decisions)
    joins = rules.for_channel(conversation.channel).away_joins_prompt
    return joins and due_at is not None and due_at <= event.received_at


def _due_at(conversation: Conversation, decisions: list[Decision]) -> datetime | None:
    for decision in decisions:
        match decision:
            case SchedulePrompt():
                return decision.due_at
            case CancelPrompt():
                return None
            case _:
                continue
    return conversation.capture.due_at


def _show_away(
    conversation: Conversation, event: VisitorWrote, rules: CaptureRules
) -> list[Decision]:
    message = away_message(conversation, event.received_at, rules)
    if message is None:
        return []
    over = is_window_over(conversation.channel, event.at, event.received_at, rules)
    return [] if over else [message]


def _hear_again(
    conversation: Conversation, event: VisitorEdited, rules: CaptureRules
) -> list[Decision]:
    decisions = drop_edited_away(conversation, event, rules)
    stopped = _stop(conversation, event.text)
    if conversation.owned_elsewhere:
        return decisions + stopped + overhear(conversation, event.text, rules)
    meant = stopped or understand(conversation, AnswerWords(event.text, event.received_at), rules)
    return decisions + meant


def _forget(
    conversation: Conversation, event: VisitorUnsent, rules: CaptureRules
) -> list[Decision]:
    decisions = drop_unsent(conversation, event, rules)
    if not event.unanswered or conversation.unanswered > 1:
        return decisions
    return decisions + silence(conversation, "The visitor took the only unanswered message back.")


def _skip(conversation: Conversation, reason: str) -> list[Decision]:
    match conversation.capture.state:
        case CaptureState.IDLE | CaptureState.ASKED:
            return [SkipPrompt(reason)]
        case CaptureState.SCHEDULED:
            return [CancelPrompt(reason), SkipPrompt(reason)]
        case CaptureState.CAPTURED | CaptureState.DECLINED | CaptureState.SKIPPED:
            return []
        case _:
            assert_never(conversation.capture.state)


def _reason_to_skip(source: Source) -> str:
    who = "A program" if source is Source.API else "An agent"
    return f"{who} said who the visitor is."


def _reason_of_silence(conversation: Conversation, at: datetime) -> str:
    due_at = conversation.capture.due_at
    if due_at is None:
        return "An agent has replied."
    seconds = int((due_at - at).total_seconds())
    if seconds <= 0:
        return "An agent replied before the prompt was sent."
    return f"An agent replied {seconds} s before the prompt was due."
