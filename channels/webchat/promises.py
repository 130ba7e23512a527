"""Promises of the chat to its visitors: only those that the operator's settings let it keep."""

from typing import assert_never

from bot.core.consent_words import consent_words
from channels.webchat.languages import Words
from config.rules import CaptureRules, ConsentMode


def script_words(words: Words, rules: CaptureRules) -> dict[str, object]:
    """Give the script's words; its thanks promise mails only where mails leave."""
    said = {**words["script"]}
    unmailed = said.pop("email_thanks_without_mail")
    return said if rules.mails_leave else {**said, "email_thanks": unmailed}


def intro(words: Words, *, is_kept: bool) -> str:
    """Say whether the browser keeps the conversation, which it does once a consent is given."""
    text: str = words["page"]["intro" if is_kept else "intro_before_consent"]
    return text


def consent_text(language: str, rules: CaptureRules) -> str | None:
    """Give what stands beside the card; None: nothing does."""
    words = consent_words(language, rules)
    match rules.consent:
        case ConsentMode.OFF:
            return None
        case ConsentMode.NOTICE:
            return words.notice
        case ConsentMode.REQUIRED:
            return words.box
        case _:
            assert_never(rules.consent)
