"""Consent to keep an address: asked for in words, ticked in a box, withdrawn."""

from dataclasses import replace

from bot.core.consent_words import consent_words
from bot.core.decisions import (
    AskForConsent,
    Decision,
    Decline,
    DropOffer,
    KeepConsent,
    Say,
    WithdrawConsent,
)
from bot.core.events import EmailGiven
from bot.core.hints import AnswerWords, cancel, hint, offer, our_texts, says_yes
from bot.core.languages import LANGUAGES, language_of
from bot.core.model import Consent, Conversation, Kind
from bot.core.prompting import prompt_text
from bot.core.words import is_no, is_withdrawal
from config.rules import CaptureRules

_NOT_AGREED = "The visitor did not agree that the address is kept."


def ask_for_consent(conversation: Conversation, email: str, rules: CaptureRules) -> list[Decision]:
    """Ask whether an address that came in words may be kept; it counts as a hint."""
    question = consent_words(conversation.locale, rules).question(email)
    if question == conversation.capture.consent_text:
        return []  # it was asked
    ours = our_texts(conversation, rules)
    asked = hint(conversation, question, choices=(ours.yes, ours.no_thanks))
    if not asked:
        return offer(conversation, email)
    silenced = cancel(conversation, "We asked whether the email address may be kept.")
    return [*silenced, *asked, AskForConsent(question, email)]


def is_agreed(conversation: Conversation, words: AnswerWords, around: str) -> bool:
    """Say whether words are a yes to the question for consent, with or without an address."""
    capture = conversation.capture
    if capture.consent_text is None:
        return False
    return says_yes(conversation, words) or says_yes(conversation, replace(words, text=around))


def is_refused(conversation: Conversation, words: AnswerWords) -> bool:
    """Say whether words are a no to the question for consent."""
    capture = conversation.capture
    is_open = capture.consent_text is not None and not capture.agent_wrote_since_asked
    return is_open and is_no(words.text)


def agree(conversation: Conversation, rules: CaptureRules) -> list[Decision]:
    """Keep the consent to the words that were asked."""
    text, email = conversation.capture.consent_text or "", conversation.capture.confirm_email
    return [KeepConsent(text, _language_of(text, email, conversation, rules))]


def ask_second_half(
    conversation: Conversation, words: AnswerWords, rules: CaptureRules
) -> list[Decision]:
    """Ask for the address of a visitor who has agreed that it is kept."""
    text = prompt_text(conversation, words.at, rules)
    return [Say(text, Kind.CAPTURE_HINT, asks_for_email=True)]


def refuse_consent(conversation: Conversation) -> list[Decision]:
    """Ask never again, and keep nothing but the messages."""
    offered = [DropOffer()] if conversation.capture.offered_email else []
    return [*cancel(conversation, _NOT_AGREED), *offered, Decline(_NOT_AGREED)]


def tick(conversation: Conversation, event: EmailGiven, rules: CaptureRules) -> list[Decision]:
    """Keep what a ticked box beside the field stands for; where none stood there, nothing."""
    if not (rules.needs_consent and event.consent):
        return []
    words = consent_words(conversation.locale, rules)
    language = language_of(conversation.locale, rules.locale)
    return [KeepConsent(words.linked(words.box), language)]


def withdraw(conversation: Conversation, text: str, rules: CaptureRules) -> list[Decision]:
    """Take words for the end of a consent, if they are nothing else."""
    if conversation.capture.consent is not Consent.GIVEN or not is_withdrawal(text):
        return []
    said = consent_words(conversation.locale, rules).withdrawn
    return [WithdrawConsent(), Say(said, Kind.CAPTURE_HINT)]


def _language_of(
    text: str, email: str | None, conversation: Conversation, rules: CaptureRules
) -> str:
    """Name the language of a question that was asked: the visitor's may be another one by now."""
    for language in LANGUAGES:
        if consent_words(language, rules).question(email) == text:
            return language
    return language_of(conversation.locale, rules.locale)
