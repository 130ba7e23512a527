"""The away message: once in each away period, with or without capture."""

from datetime import datetime

from bot.core.back import say_back
from bot.core.decisions import CancelPrompt, Decision, ShowAway
from bot.core.hours import away_period
from bot.core.languages import language_of
from bot.core.model import Conversation, Status
from bot.core.wording import texts
from config.own_texts import choose_text
from config.rules import CaptureRules


def is_window_over(
    channel: str, seen_at: datetime | None, at: datetime, rules: CaptureRules
) -> bool:
    """Tell whether a channel lets us write no more to somebody who was last seen then."""
    window = rules.for_channel(channel).window
    return window is not None and (seen_at is None or seen_at + window <= at)


def away_message(conversation: Conversation, at: datetime, rules: CaptureRules) -> ShowAway | None:
    """Give the away message of the period at a moment, unless it has been shown."""
    period = away_period(rules, at)
    if period is None or period == conversation.away_period:
        return None
    return ShowAway(_away_text(conversation, at, rules), period)


def _away_text(conversation: Conversation, at: datetime, rules: CaptureRules) -> str:
    if not rules.away_message:
        return _default_text(conversation, at, rules)
    language = language_of(conversation.locale, rules.locale)
    return choose_text(rules.away_message, language, rules.locale)[0]


def _default_text(conversation: Conversation, at: datetime, rules: CaptureRules) -> str:
    ours = texts(conversation.locale, rules.locale).away
    back = say_back(conversation, at, rules)
    return f"{ours} {back}" if back else ours


def with_away_left_behind(
    conversation: Conversation, decisions: list[Decision], at: datetime, rules: CaptureRules
) -> list[Decision]:
    """Add the away message that should have gone with a prompt, if that is cancelled."""
    cancelled = any(isinstance(decision, CancelPrompt) for decision in decisions)
    if not (cancelled and _should_have_gone(conversation, at, rules)):
        return decisions
    message = away_message(conversation, at, rules)
    return [*decisions, message] if message else decisions


def _should_have_gone(conversation: Conversation, at: datetime, rules: CaptureRules) -> bool:
    due_at = conversation.capture.due_at
    return (
        due_at is not None
        and due_at <= at
        and conversation.unanswered > 0
        and conversation.status is Status.OPEN
        and not conversation.owned_elsewhere
        and rules.for_channel(conversation.channel).away_joins_prompt
        and not is_window_over(conversation.channel, conversation.visitor_seen_at, at, rules)
    )
