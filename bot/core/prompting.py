"""Whether, when and with which words a conversation's one prompt is asked."""

from datetime import datetime

from bot.core.away import away_message, is_window_over, with_away_left_behind
from bot.core.back import say_back
from bot.core.consent_words import consent_words, lacks_consent
from bot.core.decisions import (
    AskForEmail,
    CancelPrompt,
    Decision,
    ExpirePrompt,
    LeavePrompt,
    RefuseRequest,
    SchedulePrompt,
)
from bot.core.events import PromptRequested, VisitorWrote
from bot.core.hints import ask_to_confirm
from bot.core.hours import away_period
from bot.core.languages import language_of
from bot.core.model import CaptureState, Conversation, Status
from bot.core.wording import texts
from config.own_texts import choose_text
from config.rules import CaptureRules, ConsentMode, Timing

ELSEWHERE = "Another app has the conversation."
_CLOSED = "The conversation is closed."
_WINDOW_OVER = "The channel does not let us write so long after the visitor's last message."
_SWITCHED_OFF = "Asking for emails is switched off."

_MAY_BE_ARMED = frozenset({CaptureState.IDLE, CaptureState.SCHEDULED})


def disarm(conversation: Conversation, reason: str) -> list[Decision]:
    """Cancel a prompt that is due; where none is nor has been, only keep the reason."""
    match conversation.capture.state:
        case CaptureState.SCHEDULED:
            return [CancelPrompt(reason)]
        case CaptureState.IDLE:
            return [LeavePrompt(reason)]
        case _:
            return []


def silence(conversation: Conversation, reason: str) -> list[Decision]:
    """Disarm, but not a prompt that an agent wants: that one goes to answered visitors too."""
    return [] if conversation.capture.by_hand else disarm(conversation, reason)


def arm(
    conversation: Conversation, event: VisitorWrote, away: str | None, rules: CaptureRules
) -> list[Decision]:
    """Decide when to ask the visitor who has just written."""
    capture = conversation.capture
    if capture.state not in _MAY_BE_ARMED or capture.by_hand:
        return []
    if reason := _never_again(conversation) or _switched_off(conversation, rules):
        return disarm(conversation, reason)
    if capture.state is CaptureState.SCHEDULED:
        return []
    if is_window_over(conversation.channel, event.at, event.received_at, rules):
        return [LeavePrompt(_WINDOW_OVER)]
    return [_schedule(conversation, event, away, rules)]


def request(
    conversation: Conversation, event: PromptRequested, rules: CaptureRules
) -> list[Decision]:
    """Ask now because an agent wants it, or say why that can't be."""
    reason = _never_again(conversation) or _not_now(conversation)
    if reason:
        return [RefuseRequest(reason)]
    if is_window_over(conversation.channel, conversation.visitor_seen_at, event.at, rules):
        return [RefuseRequest(_WINDOW_OVER)]
    return [SchedulePrompt(event.at, "An agent wants the visitor asked.", by_hand=True)]


def come_due(conversation: Conversation, at: datetime, rules: CaptureRules) -> list[Decision]:
    """Decide again, on what is true now, about the prompt that a worker holds in its hand."""
    capture = conversation.capture
    due_at = capture.due_at
    if reason := _obstacle(conversation, rules):
        return with_away_left_behind(conversation, [CancelPrompt(reason)], at, rules)
    if due_at is None:
        return [CancelPrompt("No prompt is due any more.")]
    if is_window_over(conversation.channel, conversation.visitor_seen_at, at, rules):
        return [ExpirePrompt(_WINDOW_OVER)]
    if due_at > at:
        return [SchedulePrompt(due_at, capture.reason, capture.by_hand)]
    return _ask(conversation, at, rules)


def _schedule(
    conversation: Conversation, event: VisitorWrote, away: str | None, rules: CaptureRules
) -> SchedulePrompt:
    if conversation.agent_wrote_at is None:
        if rules.timing is Timing.IMMEDIATELY:
            return SchedulePrompt(event.received_at, "Unknown visitors are asked at once.")
        if away is not None:
            return SchedulePrompt(event.received_at, "Nobody is there, so we ask at once.")
    first_at = min(event.at, event.received_at)
    if conversation.waiting_since is not None:
        first_at = min(first_at, conversation.waiting_since)
    seconds = f"{rules.delay.total_seconds():g}"
    return SchedulePrompt(first_at + rules.delay, f"Waiting {seconds} s for an agent's reply.")


def _never_again(conversation: Conversation) -> str | None:
    capture = conversation.capture
    if conversation.stopped:
        return "The visitor wants no automatic messages."
    if conversation.email is not None:
        return "The visitor's email is known."
    if capture.state is CaptureState.DECLINED:
        return "The visitor said no thanks."
    if capture.state is CaptureState.ASKED or capture.asked_at is not None:
        return "The visitor has been asked once."
    return None


def _not_now(conversation: Conversation) -> str | None:
    if conversation.status is Status.CLOSED:
        return _CLOSED
    return ELSEWHERE if conversation.owned_elsewhere else None


def _switched_off(conversation: Conversation, rules: CaptureRules) -> str | None:
    on_channel = rules.channels is None or conversation.channel in rules.channels
    asks = rules.enabled and on_channel
    return None if asks else _SWITCHED_OFF


def _answered(conversation: Conversation) -> str | None:
    return None if conversation.unanswered else "The visitor's last message is answered."


def _obstacle(conversation: Conversation, rules: CaptureRules) -> str | None:
    for_everyone = _never_again(conversation) or _not_now(conversation)
    if for_everyone or conversation.capture.by_hand:
        return for_everyone
    return _switched_off(conversation, rules) or _answered(conversation)


def _ask(conversation: Conversation, at: datetime, rules: CaptureRules) -> list[Decision]:
    away = away_period(rules, at)
    reason = _reason_to_ask(conversation, away)
    confirmed = _to_be_confirmed(conversation)
    agreed = _consent_to_ask(conversation, confirmed, rules)
    text = agreed or _prompt(conversation, confirmed, away, rules)
    message = away_message(conversation, at, rules) if conversation.unanswered else None
    if message is None:
        back = say_back(conversation, at, rules)
        return [AskForEmail(f"{text} {back}" if back else text, reason, confirmed, None, agreed)]
    if rules.for_channel(conversation.channel).away_joins_prompt:
        return [AskForEmail(f"{message.text}\n\n{text}", reason, confirmed, message.period, agreed)]
    return [message, AskForEmail(text, reason, confirmed, None, agreed)]


def _reason_to_ask(conversation: Conversation, away: str | None) -> str:
    if conversation.capture.by_hand:
        return "An agent wanted the visitor asked."
    return "No agent had replied." if away is None else "Nobody was there."


def _to_be_confirmed(conversation: Conversation) -> str | None:
    capture = conversation.capture
    asked = capture.confirm_email if capture.consent_text else None
    return capture.suggested_email or asked or capture.offered_email


def _consent_to_ask(
    conversation: Conversation, confirmed: str | None, rules: CaptureRules
) -> str | None:
    """Give the question for consent where it is the first half of the prompt."""
    if rules.for_channel(conversation.channel).has_card or not lacks_consent(conversation, rules):
        return None
    return consent_words(conversation.locale, rules).question(confirmed)


def prompt_text(conversation: Conversation, at: datetime, rules: CaptureRules) -> str:
    """Give the question for an address as it is asked at a moment."""
    return _prompt(conversation, None, away_period(rules, at), rules)


def _prompt(
    conversation: Conversation, confirmed: str | None, away: str | None, rules: CaptureRules
) -> str:
    text = _question(conversation, confirmed, away, rules)
    has_card = rules.for_channel(conversation.channel).has_card  # the notice stands beside it
    if rules.consent is not ConsentMode.NOTICE or has_card:
        return text
    words = consent_words(conversation.locale, rules)
    return f"{text}\n\n{words.linked(words.notice)}"


def _question(
    conversation: Conversation, confirmed: str | None, away: str | None, rules: CaptureRules
) -> str:
    ours = texts(conversation.locale, rules.locale)
    if confirmed is not None:
        return ask_to_confirm(conversation, confirmed, rules)
    if away is not None:
        return ours.prompt_away if rules.mails_leave else ours.prompt_away_without_mail
    if rules.message:
        spoken = language_of(conversation.locale, rules.locale)
        message, language = choose_text(rules.message, spoken, rules.locale)
        return f"{message}\n\n{texts(language).automatic}"  # in the language of the message
    return ours.prompt if rules.mails_leave else ours.prompt_without_mail
