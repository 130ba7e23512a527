"""What visitors are promised, by the settings that it depends on: one table of all such texts."""

import re
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import timedelta

import pytest

from bot.core.consent_words import ConsentTexts, all_consent_texts
from bot.core.decisions import AskForEmail, Say, ShowAway
from bot.core.events import Event
from bot.core.languages import LANGUAGES
from bot.core.mail_words import MailTexts, mail_texts
from bot.core.model import Conversation, Source
from bot.core.proof_words import thanks_to_prove
from bot.core.wording import Texts, texts
from bot.edge.signing import Signer
from bot.follow_ups.letter import Letter, Stationery
from bot.storage.mails.mail_drafts import UnreadReply
from channels.webchat.languages import read_strings
from channels.webchat.promises import consent_text, intro, script_words
from config.hours import parse_hours, parse_zone
from config.rules import Availability, CaptureRules, ChannelRules, ConsentMode, Hours
from tests.factories import ADA, BOB, NOON, RULES, came_due, find, tell, wrote

Told = Callable[[str, CaptureRules], str]
SITE = "https://shop.example"
CARD = {**RULES.channel_rules, "webchat": ChannelRules(row_is_delivery=True, has_card=True)}
MAILED = replace(RULES, follow_up_delay=timedelta(minutes=2), channel_rules=CARD)
UNMAILED = replace(MAILED, follow_up_delay=None)
NEEDED: dict[str, object] = {"consent": ConsentMode.REQUIRED}
NOTICED: dict[str, object] = {"consent": ConsentMode.NOTICE}
AWAY: dict[str, object] = {"availability": Availability.AWAY}
STRINGS = read_strings()


def told(*events: Event, kind: type = AskForEmail, **start: object) -> Told:
    """Give what the bot says last to a visitor of a language."""

    def say(language: str, rules: CaptureRules) -> str:
        talk = Conversation("messenger", locale=language)._replace(**start)  # type: ignore[arg-type] # any of its fields
        return str(find(kind, tell(*events, start=talk, rules=rules).last)[-1].text)

    return say


def of(name: str) -> Told:
    return lambda language, _rules: str(getattr(texts(language), name)).format(email=ADA)


def consent(name: str) -> Told:
    return lambda language, _: str(getattr(all_consent_texts().of(language), name)).format(
        email=ADA
    )


def noticed(name: str) -> Told:
    return lambda language, rules: (
        of("prompt" if rules.mails_leave else "prompt_without_mail")(language, rules)
        + "\n\n"
        + consent(name)(language, rules)
    )


ASKED = (wrote(), came_due(60))
PROVED: dict[str, object] = {"email": BOB, "proved_email": BOB, "email_source": Source.CAPTURE}
WHERE_MAILS_LEAVE: dict[str, tuple[dict[str, object], Told, Told, Told]] = {
    "prompt": ({}, told(*ASKED), of("prompt"), of("prompt_without_mail")),
    "prompt_away": (
        AWAY,
        told(wrote(), came_due(0), away_period="away"),
        of("prompt_away"),
        of("prompt_away_without_mail"),
    ),
    "confirm, as the prompt": (
        {},
        told(wrote(f"Is {ADA} still there?"), came_due(60)),
        of("confirm"),
        of("confirm_without_mail"),
    ),
    "confirm": (
        {},
        told(*ASKED, wrote(f"Is {ADA} still there?", at=70), kind=Say),
        of("confirm"),
        of("confirm_without_mail"),
    ),
    "thanks": (
        {},
        told(*ASKED, wrote(ADA, at=70), kind=Say),
        of("thanks"),
        of("thanks_without_mail"),
    ),
    "thanks for another address": (
        {},
        told(wrote(ADA), kind=Say, **PROVED),
        lambda language, _: thanks_to_prove(language).format(email=ADA),
        of("thanks_without_mail"),
    ),
    "the notice in the question": (
        NOTICED,
        told(*ASKED),
        noticed("notice"),
        noticed("notice_without_mail"),
    ),
    "the question for consent": (
        NEEDED,
        told(*ASKED),
        consent("question"),
        consent("question_without_mail"),
    ),
    "the question for consent to an address": (
        NEEDED,
        told(*ASKED, wrote(ADA, at=70), kind=Say),
        consent("question_for"),
        consent("question_for_without_mail"),
    ),
    "the prompt after a consent": (
        NEEDED,
        told(*ASKED, wrote("OK", at=70), kind=Say),
        of("prompt"),
        of("prompt_without_mail"),
    ),
    "the notice beside the card": (
        NOTICED,
        lambda language, rules: str(consent_text(language, rules)),
        consent("notice"),
        consent("notice_without_mail"),
    ),
    "the box beside the card": (
        NEEDED,
        lambda language, rules: str(consent_text(language, rules)),
        consent("box"),
        consent("box_without_mail"),
    ),
    "the card's own thanks": (
        {},
        lambda language, rules: str(script_words(STRINGS[language], rules)["email_thanks"]),
        lambda language, _: str(STRINGS[language]["script"]["email_thanks"]),
        lambda language, _: str(STRINGS[language]["script"]["email_thanks_without_mail"]),
    ),
}
"""By text: other settings, what is said, and what it is where mails leave, and where none do."""


@pytest.mark.parametrize("name", WHERE_MAILS_LEAVE)
def test_only_where_mails_leave_are_mails_promised(name: str) -> None:
    wishes, said, with_mail, without = WHERE_MAILS_LEAVE[name]
    for language in LANGUAGES:
        for rules, right in ((MAILED, with_mail), (UNMAILED, without)):
            wished = replace(rules, **wishes)  # type: ignore[arg-type] # any of the rules
            assert said(language, wished) == right(language, wished), language
        assert with_mail(language, MAILED) != without(language, UNMAILED), language


def test_a_text_of_the_operators_own_is_nobodys_promise() -> None:
    for rules in (MAILED, UNMAILED):
        own = replace(rules, message="May we write to you?")
        assert told(*ASKED)("de", own).startswith("May we write to you?\n\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_browser_keeps_the_conversation_only_from_a_needed_consent_on(language: str) -> None:
    words = STRINGS[language]["page"]
    assert intro(STRINGS[language], is_kept=True) == words["intro"]
    assert intro(STRINGS[language], is_kept=False) == words["intro_before_consent"]
    assert consent_text(language, MAILED) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_time_is_promised_only_where_hours_tell_it(language: str) -> None:
    hours = Hours(parse_hours("Mon-Fri 14:00-17:00"), parse_zone("UTC"))
    closed = replace(MAILED, availability=Availability.BUSINESS_HOURS, hours=hours)
    say = told(wrote(), kind=ShowAway, channel="webchat")
    with_time = say(language, closed)
    assert with_time.startswith(f"{texts(language).away} ")
    assert re.search(r"\b14:00\b", with_time)
    for rules in (replace(closed, availability=Availability.AWAY), replace(MAILED, **AWAY)):  # type: ignore[arg-type] # as above
        assert say(language, rules) == texts(language).away


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mail_says_that_it_may_be_answered_only_where_answers_are_read(language: str) -> None:
    reply = UnreadReply(1, "Maya", "Here it is", NOON)
    letter = Letter(ADA, ADA, language, "webchat", SITE, (reply,), "key", (), "thread", "token")
    words = mail_texts(language)
    for answers_to in ("reply@shop.example", None):
        signer = Signer(("a secret",))
        paper = Stationery(SITE, "chat@shop.example", "#0e6b58", signer, answers_to)
        text = " ".join(paper.write(letter).text.split())
        assert (words.answer_by_mail in text) is (answers_to is not None)
        assert (words.answer_in_chat in text) is (answers_to is None)


PROMISES = {
    Texts: {"prompt", "prompt_away", "confirm", "thanks", "away"},
    ConsentTexts: {"notice", "box", "question", "question_for"},
    MailTexts: {"answer_by_mail", "answer_in_chat"},
}
"""Texts that hold only under some settings; a new one belongs here, or on the next list."""
NONE = {
    Texts: {"automatic", "yes", "no_thanks", "hint_malformed", "hint_hidden", "hint_letters"}
    | {"hint_own", "hint_which", "hint_typo", "hint_enough"},
    ConsentTexts: {"privacy", "withdrawn"},
    MailTexts: {each.name for each in fields(MailTexts)} - PROMISES[MailTexts],
}


@pytest.mark.parametrize("kind", PROMISES)
def test_every_text_is_on_a_list(kind: type) -> None:
    names = {each.name.removesuffix("_without_mail") for each in fields(kind)}
    assert names == PROMISES[kind] | NONE[kind]
