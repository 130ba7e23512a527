"""Consent: asked for in words where no box stands beside the question, and kept word for word."""

from dataclasses import replace

import pytest

from bot.core.consent_words import consent_words
from bot.core.decisions import (
    AskForConsent,
    AskForEmail,
    CaptureEmail,
    KeepConsent,
    OfferEmail,
    RequireConsent,
    Say,
    SchedulePrompt,
    WithdrawConsent,
)
from bot.core.events import DECLINE_PAYLOAD, ConsentWithdrawn, EmailGiven
from bot.core.languages import LANGUAGES
from bot.core.model import CaptureState, Consent, Conversation
from bot.core.wording import texts
from config.rules import CaptureRules, ChannelRules, ConsentMode
from tests.factories import (
    ADA,
    BOB,
    MEANT,
    ON_WEBCHAT,
    RULES,
    TYPO,
    UNKNOWN,
    Story,
    came_due,
    find,
    gave,
    moment,
    replied,
    tell,
    wrote,
)

CHANNELS = {**RULES.channel_rules, "webchat": ChannelRules(row_is_delivery=True, has_card=True)}
NEEDED = replace(RULES, consent=ConsentMode.REQUIRED, channel_rules=CHANNELS)
NOTICED = replace(NEEDED, consent=ConsentMode.NOTICE, privacy_url="https://shop.example/privacy")
WORDS = consent_words("en", NEEDED)
PAPERS = consent_words("en", NOTICED)
ASKED = tell(wrote(), came_due(60), rules=NEEDED)


def go_on(story: Story, *texts: str, rules: CaptureRules = NEEDED) -> Story:
    events = [wrote(text, at=70 + number) for number, text in enumerate(texts)]
    return story.then(*events, rules=rules)


def said(story: Story) -> list[str]:
    return [each.text for each in find(Say, story.last)]


def captured(story: Story) -> list[str]:
    return [each.email for each in find(CaptureEmail, story.decisions)]


def kept(story: Story) -> list[str]:
    return [each.text for each in find(KeepConsent, story.decisions)]


def test_where_there_is_no_card_the_prompt_asks_for_consent_and_then_for_the_address() -> None:
    [prompt] = find(AskForEmail, ASKED.last)
    assert prompt.text == prompt.consent_text == WORDS.question(None)
    agreed = go_on(ASKED, "yes")
    assert kept(agreed) == [prompt.text]
    assert said(agreed) == [texts("en").prompt]
    assert [each.asks_for_email for each in find(Say, agreed.last)] == [True]
    assert captured(go_on(agreed, ADA)) == [ADA]


@pytest.mark.parametrize("text", ["no", "No thanks"])
def test_who_does_not_agree_is_asked_for_nothing_and_nothing_is_kept(text: str) -> None:
    refused = go_on(ASKED, text)
    assert refused.state is CaptureState.DECLINED
    assert not kept(refused)
    assert not said(refused)
    capture = refused.capture
    kept_of_it = (capture.consent_text, capture.confirm_email, capture.offered_email)
    assert kept_of_it == (None, None, None)


def test_the_decline_button_refuses_an_address_that_was_offered_too() -> None:
    asked = tell(wrote(f"Is {ADA} fine?"), came_due(60), rules=NEEDED)
    refused = asked.then(wrote("No thanks", at=70, payload=DECLINE_PAYLOAD), rules=NEEDED)
    assert refused.state is CaptureState.DECLINED
    assert ADA not in repr(refused.conversation)


def test_an_address_typed_in_a_message_is_kept_only_after_a_yes() -> None:
    for start in (UNKNOWN, ON_WEBCHAT):
        for before in ([], [came_due(60)]):
            story = tell(wrote(), *before, start=start, rules=NEEDED)
            typed = go_on(story, ADA)
            assert not captured(typed), start
            assert said(typed) == [WORDS.question(ADA)]
            assert find(Say, typed.last)[0].choices == ("Yes", "No thanks")
            assert not find(SchedulePrompt, typed.last)
            assert captured(go_on(typed, "yes")) == [ADA]
            assert kept(go_on(typed, "yes")) == [WORDS.question(ADA)]
            assert go_on(typed, "no").conversation.email is None


@pytest.mark.parametrize(
    ("answer", "email"), [(f"Yes, {ADA}", ADA), (f"sure: {BOB}", BOB), ("yes please", None)]
)
def test_a_yes_may_bring_the_address_along(answer: str, email: str | None) -> None:
    agreed = go_on(ASKED, answer)
    assert kept(agreed) == [WORDS.question(None)]
    assert captured(agreed) == ([email] if email else [])


def test_the_words_and_their_language_are_those_that_were_asked() -> None:
    for language in LANGUAGES:
        start = Conversation("messenger", locale=language)
        asked = tell(wrote(), came_due(60), start=start, rules=NEEDED)
        moved = replace(asked, conversation=asked.conversation._replace(locale="xx"))
        [consent] = find(KeepConsent, go_on(moved, texts(language).yes).last)
        assert consent == KeepConsent(consent_words(language, NEEDED).question(None), language)


def test_a_likely_typo_is_asked_about_before_consent() -> None:
    asked = go_on(ASKED, TYPO)
    assert said(asked) == [texts("en").hint_typo.format(email=MEANT)]
    meant = go_on(asked, "yes")
    assert said(meant) == [WORDS.question(MEANT)]
    assert not captured(meant)
    assert captured(go_on(meant, "yes")) == [MEANT]


def test_a_mentioned_address_is_asked_about_once_and_a_third_hint_never_comes() -> None:
    asked = go_on(ASKED, f"Is {BOB} still working for you?")
    assert said(asked) == [WORDS.question(BOB)]
    assert said(go_on(asked, f"I mean, is {BOB} there?")) == []
    third = go_on(asked, ADA, "Fine, then bob@example.net")
    assert find(OfferEmail, third.last)
    assert not said(third)
    assert third.capture.hints == 2


def test_what_an_agent_was_answered_is_no_consent() -> None:
    story = ASKED.then(replied(65), rules=NEEDED)
    for text in ("yes", "no"):
        assert not kept(go_on(story, text))
        assert go_on(story, text).state is CaptureState.ASKED


def test_what_stands_in_a_field_needs_the_ticked_box() -> None:
    story = tell(wrote(), came_due(60), start=ON_WEBCHAT, rules=NEEDED)
    [prompt] = find(AskForEmail, story.last)
    assert (prompt.text, prompt.consent_text) == (texts("en").prompt, None)
    assert story.then(gave(ADA), rules=NEEDED).last == [RequireConsent()]
    ticked = story.then(EmailGiven(ADA, moment(70), consent=True), rules=NEEDED)
    assert kept(ticked) == [WORDS.box]
    assert captured(ticked) == [ADA]
    mistyped = story.then(EmailGiven(TYPO, moment(70), consent=True), rules=NEEDED)
    assert not kept(mistyped)


def test_nobody_agrees_unasked() -> None:
    ticked = tell(wrote(), EmailGiven(ADA, moment(70), consent=True), start=ON_WEBCHAT)
    assert captured(ticked) == [ADA]
    assert not kept(ticked)


def test_a_notice_stands_in_the_question_where_no_card_shows_it() -> None:
    notice = (
        "We use your address only to reply to you. Privacy policy: https://shop.example/privacy"
    )
    [prompt] = find(AskForEmail, tell(wrote(), came_due(60), rules=NOTICED).last)
    assert prompt.text == f"{texts('en').prompt}\n\n{notice}"
    asked = tell(wrote(), came_due(60), start=ON_WEBCHAT, rules=NOTICED)
    assert find(AskForEmail, asked.last)[0].text == texts("en").prompt
    assert captured(go_on(asked, ADA, rules=NOTICED)) == [ADA]
    linked = replace(NEEDED, privacy_url="https://shop.example/privacy")
    [first] = find(AskForEmail, tell(wrote(), came_due(60), rules=linked).last)
    assert first.text.endswith(" Privacy policy: https://shop.example/privacy")


@pytest.mark.parametrize(
    "text", ["I withdraw my consent", "Ich widerrufe meine Einwilligung.", "Toestemming intrekken"]
)
def test_a_consent_is_withdrawn_in_words(text: str) -> None:
    given = go_on(ASKED, "yes", ADA)
    withdrawn = go_on(given, text)
    assert WithdrawConsent() in withdrawn.last
    assert withdrawn.capture.consent is Consent.WITHDRAWN
    assert said(go_on(withdrawn, BOB)) == [WORDS.question(BOB)]
    assert not go_on(ASKED, text).last or not find(WithdrawConsent, go_on(ASKED, text).last)


def test_an_agent_notes_a_withdrawal_once() -> None:
    event = ConsentWithdrawn(moment(99), "maya@shop.example")
    given = go_on(ASKED, "yes", ADA)
    noted = given.then(event, rules=NEEDED)
    assert noted.last == [WithdrawConsent("maya@shop.example")]
    assert noted.then(event, rules=NEEDED).last == []
    assert ASKED.then(event, rules=NEEDED).last == []


def test_after_stop_nobody_is_asked_for_consent() -> None:
    story = tell(wrote("STOP"), wrote(ADA, at=10), rules=NEEDED)
    assert not find(Say, story.decisions)
    assert not find(AskForConsent, story.decisions)
    assert story.capture.offered_email == ADA
