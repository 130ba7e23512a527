"""Hints, offers and texts that answers are met with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from bot.core.decisions import CancelPrompt, Decision, GiveHint, OfferEmail, Say
from bot.core.emails import Flaw
from bot.core.model import CaptureState, Conversation, Kind, Source
from bot.core.wording import Texts, texts
from bot.core.words import is_yes
from config.rules import CaptureRules

MOST_HINTS = 2


@dataclass(frozen=True, slots=True)
class AnswerWords:
    """A visitor's answer, typed or tapped."""

    text: str
    at: datetime
    payload: str | None = None
    source: Source = Source.CAPTURE
    is_crowded: bool = False


def hint(conversation: Conversation, text: str, choices: tuple[str, ...] = ()) -> list[Decision]:
    """Say something about an answer, unless the conversation has had all its hints."""
    if conversation.capture.hints >= MOST_HINTS:
        return []
    return [GiveHint(), Say(text, Kind.CAPTURE_HINT, choices)]


def explain_flaws(
    conversation: Conversation, flaws: Sequence[Flaw], rules: CaptureRules
) -> list[Decision]:
    """Say what is wrong with a try at an address, if there is one."""
    ours = our_texts(conversation, rules)
    return hint(conversation, _explain(flaws[0], ours)) if flaws else []


def offer(conversation: Conversation, email: str | None) -> list[Decision]:
    """Lay an address ready for the agents, once."""
    if email is None or email == conversation.capture.offered_email:
        return []
    return [OfferEmail(email)]


def cancel(conversation: Conversation, reason: str) -> list[Decision]:
    """Disarm a prompt that is due; where none is, do nothing."""
    scheduled = conversation.capture.state is CaptureState.SCHEDULED
    return [CancelPrompt(reason)] if scheduled else []


def says_yes(conversation: Conversation, words: AnswerWords) -> bool:
    """Say whether words are a yes to the bot, and not to an agent."""
    tapped = words.payload is not None  # a button of ours can't answer an agent
    return is_yes(words.text) and (tapped or not conversation.capture.agent_wrote_since_asked)


def ask_to_confirm(conversation: Conversation, email: str, rules: CaptureRules) -> str:
    """Ask whether an address that the visitor only mentioned is the one to use."""
    ours = our_texts(conversation, rules)
    text = ours.confirm if rules.mails_leave else ours.confirm_without_mail
    return text.format(email=email)


def our_texts(conversation: Conversation, rules: CaptureRules) -> Texts:
    """Find the bot's texts in the visitor's language."""
    return texts(conversation.locale, rules.locale)


def _explain(flaw: Flaw, ours: Texts) -> str:
    match flaw:
        case Flaw.MALFORMED:
            return ours.hint_malformed
        case Flaw.HIDDEN_CHARACTER:
            return ours.hint_hidden
        case Flaw.NOT_ASCII_LOCAL:
            return ours.hint_letters
        case Flaw.OWN:
            return ours.hint_own
        case _:
            assert_never(flaw)
