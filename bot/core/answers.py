"""Read a visitor's answer: an address, yes, no, or words for the agents."""

from dataclasses import replace
from datetime import datetime

from bot.core.allowance import DAY, is_told, taken_until
from bot.core.consent_words import lacks_consent
from bot.core.consenting import (
    agree,
    ask_for_consent,
    ask_second_half,
    is_agreed,
    is_refused,
    refuse_consent,
    tick,
    withdraw,
)
from bot.core.decisions import (
    CaptureEmail,
    ConfirmEmail,
    Decision,
    Decline,
    DropConfirmation,
    DropSuggestion,
    GiveHint,
    RefuseEmail,
    RefuseMoreEmails,
    RequireConsent,
    Say,
    SuggestEmail,
)
from bot.core.emails import Address, AddressReading, Flaw, key_of, read, validate
from bot.core.events import EmailGiven
from bot.core.giving import Manner, manner_of
from bot.core.hints import (
    MOST_HINTS,
    AnswerWords,
    ask_to_confirm,
    cancel,
    explain_flaws,
    hint,
    offer,
    our_texts,
    says_yes,
)
from bot.core.languages import language_of
from bot.core.model import CaptureState, Consent, Conversation, Kind, Source
from bot.core.prompting import silence
from bot.core.proof_words import thanks_to_prove
from bot.core.typos import suggest
from bot.core.words import is_correction, is_no, is_yes, without_correction
from config.rules import CaptureRules

FROM_THE_VISITOR = frozenset({Source.CAPTURE, Source.PROFILE})

_GIVEN = "The visitor gave an email address."
_CONFIRMED = "The visitor confirmed an email address."
_DECLINED = "The visitor said no thanks."


def understand(
    conversation: Conversation, words: AnswerWords, rules: CaptureRules
) -> list[Decision]:
    """Say what these words call for; nothing: they are for the agents."""
    reading = read(words.text, rules.own_domains)
    if about_consent := _hear_about_consent(conversation, words, reading, rules):
        return about_consent
    if conversation.capture.suggested_email is not None:
        return _answer_to_hint(conversation, words, reading, rules)
    if conversation.email is not None:
        return _correct(conversation, words, reading, rules)
    if conversation.capture.state is CaptureState.ASKED:
        return _answer_to_prompt(conversation, words, reading, rules)
    return _volunteer(conversation, words, reading, rules)


def may_give(text: str, rules: CaptureRules) -> bool:
    """Say whether an address might be taken from a text, by what it holds or as a yes."""
    return bool(read(text, rules.own_domains).addresses) or is_yes(text)


def overhear(conversation: Conversation, text: str, rules: CaptureRules) -> list[Decision]:
    """Take note of an address that the visitor gave to another app."""
    return _offer_one(conversation, read(text, rules.own_domains))


def take_given(
    conversation: Conversation, event: EmailGiven, rules: CaptureRules
) -> list[Decision]:
    """Take an address from a field made for it; whoever shows the field tells what is wrong."""
    address = validate(event.email, rules.own_domains)
    if isinstance(address, Flaw):
        return [RefuseEmail(address, suggest(event.email))]
    if _is_known(conversation, address):
        return []
    if _is_settled_by_others(conversation):
        return [*tick(conversation, event, rules), *offer(conversation, address.email)]
    if refused := _refuse_given(conversation, address, event, rules):
        return [refused]
    words = AnswerWords(event.email, event.at, source=event.source)
    captured = _capture(conversation, address, words, _GIVEN, rules)
    return [*tick(conversation, event, rules), *captured]


def _refuse_given(
    conversation: Conversation, address: Address, event: EmailGiven, rules: CaptureRules
) -> Decision | None:
    if lacks_consent(conversation, rules) and not event.consent:
        return RequireConsent()
    if until := taken_until(conversation.capture, event.at):
        return RefuseMoreEmails(until)
    likely = _likely_meant(conversation, address, rules)
    return SuggestEmail(address.email, likely) if likely else None


def decline(conversation: Conversation) -> list[Decision]:
    """Take the "No thanks" button at its word: it can answer nothing but our question."""
    if conversation.email is not None or conversation.capture.state is CaptureState.DECLINED:
        return []
    if conversation.capture.consent_text is not None:
        return refuse_consent(conversation)
    return [*cancel(conversation, _DECLINED), Decline(_DECLINED)]


def _hear_about_consent(
    conversation: Conversation, words: AnswerWords, reading: AddressReading, rules: CaptureRules
) -> list[Decision]:
    if is_agreed(conversation, words, reading.around):
        return _go_on(conversation, words, reading, rules)
    if is_refused(conversation, words):
        return refuse_consent(conversation)
    return withdraw(conversation, words.text, rules)


def _go_on(
    conversation: Conversation, words: AnswerWords, reading: AddressReading, rules: CaptureRules
) -> list[Decision]:
    """Take the address for which consent is given, or ask for one."""
    consent, email = agree(conversation, rules), conversation.capture.confirm_email
    capture = conversation.capture._replace(consent=Consent.GIVEN, consent_text=None)
    agreed = conversation._replace(capture=capture)
    if len(reading.addresses) == 1:
        return [*consent, *_take(agreed, reading.addresses[0], words, rules)]
    if email is not None:
        return [*consent, *_confirm(agreed, email, words, rules)]
    return [*consent, *ask_second_half(agreed, words, rules)]


def _answer_to_hint(
    conversation: Conversation, words: AnswerWords, reading: AddressReading, rules: CaptureRules
) -> list[Decision]:
    capture = conversation.capture
    taken = words.payload == capture.suggested_email or says_yes(conversation, words)
    if taken and capture.suggested_email:
        confirmed = _confirm(conversation, capture.suggested_email, words, rules)
        return confirmed or [DropSuggestion()]
    match reading.addresses:
        case (address,) if _is_known(conversation, address):
            return [DropSuggestion()]
        case (address,):
            heard = _hear_address(conversation, address, words, reading, rules)
            return [DropSuggestion(), *heard]
        case _:
            return [*offer(conversation, capture.typed_email), DropSuggestion()]


def _answer_to_prompt(
    conversation: Conversation, words: AnswerWords, reading: AddressReading, rules: CaptureRules
) -> list[Decision]:
    match reading.addresses, reading.flaws:
        case (address,), ():
            return _hear_address(conversation, address, words, reading, rules)
        case (), ():
            return _answer_in_words(conversation, words, rules)
        case (), _:
            return explain_flaws(conversation, reading.flaws, rules)
        case (address,), _:  # the one that is whole may be somebody else's
            broken = explain_flaws(conversation, reading.flaws, rules)
            return broken or offer(conversation, address.email)
        case (first, *_), _:
            which = hint(conversation, our_texts(conversation, rules).hint_which)
            return which or offer(conversation, first.email)
    return []


def _hear_address(
    conversation: Conversation,
    address: Address,
    words: AnswerWords,
    reading: AddressReading,
    rules: CaptureRules,
) -> list[Decision]:
    match _manner(words, reading):
        case Manner.GIVEN:
            return _take(conversation, address, words, rules)
        case Manner.NEGATED:
            return offer(conversation, address.email)
        case Manner.MENTIONED:
            asked = _ask_to_confirm(conversation, address, rules)
            return asked or offer(conversation, address.email)


def _manner(words: AnswerWords, reading: AddressReading) -> Manner:
    if reading.bare or words.source is not Source.CAPTURE:
        return Manner.GIVEN
    return manner_of(reading.around)


def _ask_to_confirm(
    conversation: Conversation, address: Address, rules: CaptureRules
) -> list[Decision]:
    if lacks_consent(conversation, rules):
        return ask_for_consent(conversation, address.email, rules)
    if address.email == conversation.capture.confirm_email:
        return []  # it was asked about
    question = ask_to_confirm(conversation, address.email, rules)
    asked = hint(conversation, question, choices=(address.email,))
    return [*asked, ConfirmEmail(address.email)] if asked else []


def _answer_in_words(
    conversation: Conversation, words: AnswerWords, rules: CaptureRules
) -> list[Decision]:
    capture = conversation.capture
    if capture.confirm_email and (
        words.payload == capture.confirm_email or says_yes(conversation, words)
    ):
        return _confirm(conversation, capture.confirm_email, words, rules)
    if not is_no(words.text) or capture.agent_wrote_since_asked:
        return []
    return [DropConfirmation()] if capture.confirm_email else [Decline(_DECLINED)]


def _volunteer(
    conversation: Conversation, words: AnswerWords, reading: AddressReading, rules: CaptureRules
) -> list[Decision]:
    if reading.bare:
        return _take(conversation, reading.addresses[0], words, rules)
    if reading.around and manner_of(reading.around) is Manner.NEGATED:
        return []  # what is offered now, the prompt would ask about
    return _offer_one(conversation, reading)


def _correct(
    conversation: Conversation, words: AnswerWords, reading: AddressReading, rules: CaptureRules
) -> list[Decision]:
    match [other for other in reading.addresses if not _is_known(conversation, other)]:
        case [other] if _is_settled_by_others(conversation):
            return offer(conversation, other.email)
        case [other] if reading.bare or _corrects(words, reading):
            return _take(conversation, other, words, rules)
        case [other]:
            return offer(conversation, other.email)
        case _:
            return []


def _corrects(words: AnswerWords, reading: AddressReading) -> bool:
    if not is_correction(words.text):
        return False
    if len(reading.addresses) > 1:
        return True  # the others are known: "bob@example.org, not ada@example.com"
    ways = (reading.around, without_correction(reading.around))
    return any(manner_of(around) is Manner.GIVEN for around in ways)


def _take(
    conversation: Conversation, address: Address, words: AnswerWords, rules: CaptureRules
) -> list[Decision]:
    typed = words.source is Source.CAPTURE
    likely = _likely_meant(conversation, address, rules) if typed else None
    if likely is None or conversation.capture.hints >= MOST_HINTS:
        if lacks_consent(conversation, rules):
            return ask_for_consent(conversation, address.email, rules)
        return _capture(conversation, address, words, _GIVEN, rules)
    return [
        *silence(conversation, "We asked whether the email address is spelled right."),
        SuggestEmail(address.email, likely),
        GiveHint(),
        Say(
            our_texts(conversation, rules).hint_typo.format(email=likely),
            Kind.CAPTURE_HINT,
            choices=(likely,),
        ),
    ]


def _confirm(
    conversation: Conversation, email: str, words: AnswerWords, rules: CaptureRules
) -> list[Decision]:
    if lacks_consent(conversation, rules):
        return ask_for_consent(conversation, email, rules)
    match validate(email, rules.own_domains):
        case Address() as address:
            confirmed = replace(words, source=Source.CAPTURE)
            return _capture(conversation, address, confirmed, _CONFIRMED, rules)
        case _:  # what counts as our own may have changed since we asked
            return []


def _capture(
    conversation: Conversation,
    address: Address,
    words: AnswerWords,
    reason: str,
    rules: CaptureRules,
) -> list[Decision]:
    until = taken_until(conversation.capture, words.at)
    if until or words.is_crowded:
        return _refuse_more(conversation, address, until or words.at + DAY, words, rules)
    thanks = _thanks(conversation, address, rules)
    return [
        *cancel(conversation, reason),
        CaptureEmail(address.email, address.key, words.source, reason),
        Say(thanks.format(email=address.email), Kind.CAPTURE_THANKS),
    ]


def _thanks(conversation: Conversation, address: Address, rules: CaptureRules) -> str:
    ours, proved = our_texts(conversation, rules), conversation.proved_email
    if not rules.mails_leave:
        return ours.thanks_without_mail
    if proved and key_of(proved) != address.key:
        return thanks_to_prove(language_of(conversation.locale, rules.locale))
    return ours.thanks


def _refuse_more(
    conversation: Conversation,
    address: Address,
    until: datetime,
    words: AnswerWords,
    rules: CaptureRules,
) -> list[Decision]:
    """Lay the address ready for the agents, and say once why it is not taken."""
    offered = offer(conversation, address.email)
    if is_told(conversation.capture, words.at):
        return [RefuseMoreEmails(until), *offered]
    text = our_texts(conversation, rules).hint_enough
    return [RefuseMoreEmails(until, aloud=True), *offered, Say(text, Kind.CAPTURE_HINT)]


def _offer_one(conversation: Conversation, reading: AddressReading) -> list[Decision]:
    match reading.addresses:
        case (address,) if not _is_known(conversation, address):
            return offer(conversation, address.email)
        case _:  # of several, none is the visitor's more than the others
            return []


def _likely_meant(conversation: Conversation, address: Address, rules: CaptureRules) -> str | None:
    capture = conversation.capture
    if address.email in {
        capture.typed_email,
        capture.suggested_email,
        capture.offered_email,
        capture.confirm_email,
    }:
        return None  # who writes it again means it
    likely = suggest(address.email)
    usable = likely and isinstance(validate(likely, rules.own_domains), Address)
    return likely if usable else None


def _is_known(conversation: Conversation, address: Address) -> bool:
    if conversation.email is None:
        return False
    match validate(conversation.email):
        case Address(key=key):
            return key == address.key
        case _:
            return conversation.email == address.email


def _is_settled_by_others(conversation: Conversation) -> bool:
    return conversation.email is not None and conversation.email_source not in FROM_THE_VISITOR
