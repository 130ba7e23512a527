# ruff: noqa: RUF001 - letters that resemble others are what is tested

from dataclasses import replace

import pytest

from bot.core.decisions import (
    AskForEmail,
    CaptureEmail,
    ConfirmEmail,
    Decline,
    GiveHint,
    OfferEmail,
    Say,
)
from bot.core.events import DECLINE_PAYLOAD, Attachment, Event, VisitorWrote
from bot.core.model import CaptureState, Kind, Source
from bot.core.wording import Texts, texts
from config.rules import Availability
from tests.factories import (
    ADA,
    BOB,
    MEANT,
    RULES,
    TYPO,
    Story,
    associated,
    came_due,
    closed,
    declined,
    edited,
    find,
    replied,
    tell,
    thread_taken,
    unlinked,
    wrote,
)

OURS = texts("en")
ASKED = tell(wrote(at=0), came_due(60))
CAPTURED = tell(wrote(ADA))


def captured_in(story: Story) -> str | None:
    return story.conversation.email if story.state is CaptureState.CAPTURED else None


def hints_in(story: Story) -> list[str]:
    return [said.text for said in find(Say, story.last) if said.kind is Kind.CAPTURE_HINT]


def test_an_answer_is_captured_and_thanked_for_with_the_address() -> None:
    story = ASKED.then(wrote(ADA, at=70))
    assert story.last == [
        CaptureEmail(ADA, ADA, Source.CAPTURE, "The visitor gave an email address."),
        Say(OURS.thanks.format(email=ADA), Kind.CAPTURE_THANKS),
    ]
    assert (story.state, story.conversation.email) == (CaptureState.CAPTURED, ADA)
    assert story.conversation.email_source is Source.CAPTURE


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("ada@example.com", ADA),
        ("  ADA@Example.COM ", ADA),
        ("Sure, it's ada@example.com.", ADA),
        ("ada＠example.com", ADA),
        ("ada@example.com, ADA@EXAMPLE.COM", ADA),
    ],
    ids=["E01", "E02", "sentence", "E05", "twice"],
)
def test_one_address_that_is_given_is_captured_once_asked(text: str, email: str) -> None:
    assert captured_in(ASKED.then(wrote(text, at=70))) == email


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("alice@example", OURS.hint_malformed),
        ("alice @ example.com", OURS.hint_malformed),
        ("https://user:pw@example.com/", OURS.hint_malformed),
        ("аlice@example.com", OURS.hint_letters),
        ("éric@example.com", OURS.hint_letters),
        ("al\u200bice@example.com", OURS.hint_hidden),
        ("support@shop.example", OURS.hint_own),
        ("no-reply@example.com", OURS.hint_own),
        ("ada@example.com bob@example.org", OURS.hint_which),
        (" ".join(f"a{number}@example.com" for number in range(20)), OURS.hint_which),
    ],
    ids=[
        "E11",
        "E11-at",
        "E20",
        "E13",
        "E25",
        "E16",
        "C29 E37",
        "no-reply",
        "E07",
        "E31",
    ],
)
def test_what_is_no_usable_answer_gets_a_hint_that_says_why(text: str, hint: str) -> None:
    story = ASKED.then(wrote(text, at=70))
    assert story.last == [GiveHint(), Say(hint, Kind.CAPTURE_HINT)]
    assert (story.state, story.capture.hints) == (CaptureState.ASKED, 1)


CONFIRM_BOB = [
    GiveHint(),
    Say(OURS.confirm.format(email=BOB), Kind.CAPTURE_HINT, choices=(BOB,)),
    ConfirmEmail(BOB),
]


@pytest.mark.parametrize(
    "text",
    [
        "my friend is bob@example.org",
        "Is bob@example.org still working for you? He promised me a refund",
        "bob@example.org?",
        "> bob@example.org wrote: hello",
        "bob@example.org @maya",
    ],
)
def test_an_address_that_is_only_mentioned_is_asked_about(text: str) -> None:
    story = ASKED.then(wrote(text, at=70))
    assert story.last == CONFIRM_BOB
    assert captured_in(story) is None


def test_yes_takes_the_address_that_was_asked_about() -> None:
    asked = ASKED.then(wrote("my friend is bob@example.org", at=70))
    assert captured_in(asked.then(wrote("yes", at=80))) == BOB
    assert captured_in(asked.then(wrote(BOB, at=80, payload=BOB))) == BOB


def test_no_to_the_address_that_was_asked_about_declines_nothing() -> None:
    refused = ASKED.then(wrote("my friend is bob@example.org", at=70), wrote("no", at=80))
    assert (refused.state, refused.capture.confirm_email) == (CaptureState.ASKED, None)
    assert captured_in(refused.then(wrote(f"mine is {ADA}", at=90))) == ADA
    assert refused.then(wrote("no thanks", at=90)).state is CaptureState.DECLINED


@pytest.mark.parametrize(
    "text",
    ["please do not write to bob@example.org", "bob@example.org is not my address"],
)
def test_a_negated_address_is_offered_without_a_question(text: str) -> None:
    assert ASKED.then(wrote(text, at=70)).last == [OfferEmail(BOB)]
    assert tell(wrote(text, at=0)).capture.offered_email is None


def test_a_broken_address_beside_a_whole_one_is_asked_about() -> None:
    text = "I am alice@example,com and my boss is bob@example.org"
    assert ASKED.then(wrote(text, at=70)).last == [
        GiveHint(),
        Say(OURS.hint_malformed, Kind.CAPTURE_HINT),
    ]


def test_after_two_hints_mentions_are_offered_and_what_is_given_is_taken() -> None:
    silent = ASKED.then(*[wrote("alice@example", at=70)] * 2)
    assert silent.then(wrote("my boss is bob@example.org", at=80)).last == [OfferEmail(BOB)]
    assert captured_in(silent.then(wrote("it's bob@gmial.com", at=80))) == "bob@gmial.com"


@pytest.mark.parametrize(
    "text", ["my insta is @ada.lovelace", "can we meet @ 5pm?", "https://www.tiktok.com/@shop/v/1"]
)
def test_what_is_no_try_at_an_address_gets_no_hint(text: str) -> None:
    assert ASKED.then(wrote(text, at=70)).last == []


def test_an_address_that_is_spelled_out_gets_a_hint() -> None:
    assert ASKED.then(wrote("ada at example dot com", at=70)).last == [
        GiveHint(),
        Say(OURS.hint_malformed, Kind.CAPTURE_HINT),
    ]


def test_after_two_hints_we_are_silent() -> None:
    story = ASKED.then(*[wrote("alice@example", at=70)] * 3)
    assert story.last == []
    assert story.capture.hints == 2


def test_after_two_hints_the_first_of_two_addresses_is_offered() -> None:
    story = ASKED.then(*[wrote(f"{ADA} or {BOB}", at=70)] * 3)
    assert story.last == [OfferEmail(ADA)]


@pytest.mark.parametrize("text", ["when do you open?", "", "Hello?", "yes"])
def test_text_without_an_at_sign_goes_to_the_agents(text: str) -> None:
    assert ASKED.then(wrote(text, at=70)).last == []


@pytest.mark.parametrize(
    "event",
    [
        wrote("no", at=70),
        wrote("No, thanks!", at=70),
        wrote("stop", at=70),
        wrote("Nein danke", at=70),
        wrote("No thanks", at=70, payload=DECLINE_PAYLOAD),
        wrote("Non merci", at=70, payload=DECLINE_PAYLOAD, kind=Kind.POSTBACK),
        declined(at=70),
        edited("no thanks", at=70),
    ],
    ids=["no", "thanks", "stop", "German", "tapped", "postback", "button", "edited"],
)
def test_no_thanks_is_taken_at_its_word(event: Event) -> None:
    story = ASKED.then(event)
    assert story.last[0] == Decline("The visitor said no thanks.")
    assert not find(Say, story.last)
    assert story.state is CaptureState.DECLINED


def test_once_an_agent_has_written_a_no_is_for_the_agent() -> None:
    story = ASKED.then(replied(at=65), wrote("no", at=70))
    assert (story.last, story.state) == ([], CaptureState.ASKED)


def test_the_button_is_for_us_even_then() -> None:
    assert ASKED.then(replied(at=65), declined(at=70)).state is CaptureState.DECLINED


def test_a_no_means_nothing_to_us_before_we_asked_or_after_it_was_said() -> None:
    assert find(Decline, tell(wrote("no")).last) == []
    assert ASKED.then(declined(at=70), declined(at=71)).last == []


@pytest.mark.parametrize(
    "before",
    [
        [],
        [wrote()],
        [declined()],
        [wrote(), came_due(60), wrote("no", at=70)],
        [wrote(), closed()],
        [wrote(), associated(), unlinked()],
    ],
    ids=["first message", "scheduled", "declined", "said no", "closed", "unlinked"],
)
def test_a_bare_address_is_taken_at_any_time(before: list[Event]) -> None:
    story = tell(*before, wrote(ADA, at=100))
    assert captured_in(story) == ADA
    assert find(Say, story.last)[0].text == OURS.thanks.format(email=ADA)


@pytest.mark.parametrize("before", [[], [declined()], [wrote(), closed()]])
def test_an_address_within_a_text_is_only_offered_unless_asked(before: list[Event]) -> None:
    story = tell(*before, wrote(f"Write to {ADA}", at=100))
    assert captured_in(story) is None
    assert OfferEmail(ADA) in story.last
    assert story.capture.offered_email == ADA


def test_the_same_address_is_offered_once() -> None:
    assert find(OfferEmail, tell(wrote(f"I am {ADA}"), wrote(f"That is, {ADA}")).last) == []


def test_of_several_addresses_before_the_prompt_none_is_offered() -> None:
    assert find(OfferEmail, tell(wrote(f"{ADA} or {BOB}")).last) == []


@pytest.mark.parametrize("text", ["alice@example", "support@shop.example", "ask @maya"])
def test_nobody_is_given_a_hint_unasked(text: str) -> None:
    assert find(Say, tell(wrote(text)).last) == []


def test_an_edit_may_bring_the_answer() -> None:
    assert captured_in(ASKED.then(edited(f"it is {ADA}", at=70))) == ADA
    assert hints_in(ASKED.then(edited("alice@example", at=70))) == [OURS.hint_malformed]
    assert captured_in(tell(wrote("Hello"), edited(ADA, at=5))) == ADA


def test_an_address_from_the_profile_is_validated_like_text() -> None:
    tapped = wrote(ADA, at=70, payload=ADA, from_profile=True)
    assert find(CaptureEmail, ASKED.then(tapped).last)[0].source is Source.PROFILE
    bad = wrote("ada@example", at=70, payload="ada@example", from_profile=True)
    assert hints_in(ASKED.then(bad)) == [OURS.hint_malformed]
    assert captured_in(tell(wrote(ADA, payload=ADA, from_profile=True))) == ADA


def test_an_address_from_the_profile_is_not_questioned_and_may_be_corrected() -> None:
    story = tell(wrote(TYPO, payload=TYPO, from_profile=True))
    assert captured_in(story) == TYPO
    assert captured_in(story.then(wrote(ADA, at=5))) == ADA


@pytest.mark.parametrize(
    "event",
    [
        wrote("", at=70, attachments=(Attachment("file", title=ADA),)),
        wrote("Call me", at=70, payload=ADA),
        wrote(ADA, at=70, payload=ADA),
        wrote(ADA, at=70, payload="WRITE_US", kind=Kind.POSTBACK),
    ],
    ids=["attachment", "payload", "payload as text", "label"],
)
def test_an_address_that_nobody_wrote_is_never_captured(event: VisitorWrote) -> None:
    assert ASKED.then(event).last == []


@pytest.mark.parametrize("before", [[], [wrote(), came_due(60)]], ids=["unasked", "asked"])
@pytest.mark.parametrize("text", [ADA, f"I am {ADA}"])
def test_what_was_said_to_another_app_is_only_offered(before: list[Event], text: str) -> None:
    story = tell(*before, wrote(text, at=70, overheard=True))
    assert captured_in(story) is None
    assert (find(OfferEmail, story.last), find(Say, story.last)) == ([OfferEmail(ADA)], [])


def test_a_known_address_said_to_another_app_is_not_offered() -> None:
    assert tell(wrote(ADA), wrote(f"I am {ADA}", overheard=True)).last == []


def test_nor_is_an_edit_captured_while_another_app_has_the_thread() -> None:
    assert tell(wrote(), thread_taken(), edited(ADA)).last == [OfferEmail(ADA)]


@pytest.mark.parametrize("language", ["it", "de", "fr", "es", "pt", "nl"])
def test_the_bot_answers_in_the_visitors_language(language: str) -> None:
    theirs: Texts = texts(language)
    start = ASKED.conversation._replace(locale=language)
    assert find(Say, tell(wrote(ADA, at=70), start=start).last)[0].text == (
        theirs.thanks.format(email=ADA)
    )
    assert find(Say, tell(wrote("a@b", at=70), start=start).last)[0].text == theirs.hint_malformed
    assert find(Say, tell(wrote(TYPO, at=70), start=start).last)[0].text == (
        theirs.hint_typo.format(email=MEANT)
    )


@pytest.mark.parametrize("away", [False, True])
def test_where_no_mails_leave_nothing_promises_them(*, away: bool) -> None:
    availability = Availability.AWAY if away else Availability.ALWAYS
    rules = replace(RULES, follow_up_delay=None, availability=availability)
    asked = tell(wrote(at=0), came_due(60), rules=rules)
    [question] = find(AskForEmail, asked.last)
    assert (OURS.prompt_away_without_mail if away else OURS.prompt_without_mail) in question.text
    [thanks] = find(Say, asked.then(wrote(ADA, at=70), rules=rules).last)
    assert thanks.text == OURS.thanks_without_mail.format(email=ADA)
