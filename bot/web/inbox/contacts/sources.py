"""Says in words where a fact came from, and how sure it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from bot.core.model import Assurance, CaptureState, Source
from bot.core.names import full_name
from bot.storage.contacts.consents import StoredConsent
from bot.storage.contacts.contact_facts import Claim, ContactEntry
from bot.storage.contacts.contacts import ContactView
from bot.storage.operations.audits import CONTACT_CHANGED
from bot.web.inbox.conversation.rows import Sight
from bot.web.inbox.conversation.times import clock_time

_FIELDS = {"email": "Email", "first_name": "First name", "last_name": "Last name"}
_VISITOR = "visitor"
_VISITORS_DEEDS = {
    "contact.created": "A visitor gave this email for the first time",
    "contact.associated": "A visitor gave this email",
    "address.proved": "A visitor proved this email",
    "consent.given": "A visitor agreed that the address is kept",
    "consent.withdrawn": "A visitor withdrew the consent",
    "automatic.stopped": "A visitor wants no automatic messages any more",
    "claim.withdrawn": "The email's owner said: this wasn't me",
}
_LANGUAGES = {
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "nl": "Dutch",
    "pt": "Portuguese",
}
_DEEDS = {
    "contact.created": "made this a contact",
    "contact.associated": "linked a visitor",
    "contact.removed": "unlinked a visitor",
    "contact.merged": "merged two contacts",
    "contact.parted": "parted two contacts again",
    "consent.withdrawn": "noted that a visitor withdrew the consent",
    "reply.written": "replied",
    "reply.mailed": "replied by mail",
    "note.written": "wrote a note",
    "answer.taken": "took a mail for the visitor's answer",
    "delivery.retried": "sent a message again",
    "capture.requested": "asked for the email",
    "conversation.closed": "closed a conversation",
    "conversation.reopened": "reopened a conversation",
    "conversation.assigned": "assigned a conversation",
}
_NOBODY = {"operator": "An operator", "api": "A program"}


@dataclass(frozen=True, slots=True)
class Names:
    """Names of actors."""

    team: Mapping[str, str]
    """Names by email."""

    def of(self, actor: str) -> str:
        """Name whoever did it; who has left the team is known by the email."""
        return self.team.get(actor) or _NOBODY.get(actor, actor)


def name_language(tag: str | None) -> str:
    """Name the language of a tag such as "pt-BR"; one that we don't speak stays a tag."""
    return _LANGUAGES.get((tag or "")[:2].lower(), tag or "")


def name_contact(contact: ContactView) -> str:
    """Name a contact: without a name, by the email."""
    return full_name(contact.first_name, contact.last_name) or contact.email


def date(at: datetime, sight: Sight) -> str:
    """Write a day that may be long ago."""
    there = at.astimezone(sight.zone)
    is_this_year = there.year == sight.now.astimezone(sight.zone).year
    return f"{there.day} {there:%B}" if is_this_year else f"{there.day} {there:%B %Y}"


def moment(at: datetime, sight: Sight) -> str:
    """Write a moment that may be long ago."""
    return f"{date(at, sight)}, {clock_time(at, sight.zone)}"


def say_source(claim: Claim, link: ContactEntry | None, names: Names) -> str:
    """Say where an email came from, and whether anybody has proved it."""
    match claim.source:
        case Source.AGENT:
            return f"Added by {names.of(link.actor) if link else 'an agent'}"
        case Source.API:
            return "Added by a program"
        case Source.CAPTURE:
            return f"Email given by the visitor, {say_sureness(claim.assurance)}"
        case Source.PROFILE:
            return f"Email shared from the visitor's profile, {say_sureness(claim.assurance)}"
        case _:
            assert_never(claim.source)


def say_claim(claim: Claim) -> str:
    """Say whose word an address is; how sure it is stands beside it."""
    match claim.source:
        case Source.AGENT:
            return "Added by an agent"
        case Source.API:
            return "Added by a program"
        case Source.CAPTURE:
            return "Given by the visitor"
        case Source.PROFILE:
            return "Shared from the profile"
        case _:
            assert_never(claim.source)


def say_sureness(assurance: Assurance) -> str:
    """Say how sure an address is."""
    match assurance:
        case Assurance.CLAIMED:
            return "not verified"
        case Assurance.CONFIRMED:
            return "confirmed by an agent"
        case Assurance.VERIFIED:
            return "verified"
        case _:
            assert_never(assurance)


def say_consent(given: StoredConsent, sight: Sight, names: Names) -> str:
    """Say when, where and in which language a consent was given, and until when it held."""
    where, language = sight.channels.of(given.channel).title, name_language(given.language)
    words = f"Given on {moment(given.given_at, sight)} · {where} · {language}"
    if given.withdrawn_at is None:
        return words
    noted = (
        "" if given.withdrawn_by == _VISITOR else f", noted by {names.of(given.withdrawn_by or '')}"
    )
    return f"{words} · Withdrawn on {moment(given.withdrawn_at, sight)}{noted}"


def say_capture(state: CaptureState) -> str:
    """Say how far the asking has come."""
    match state:
        case CaptureState.IDLE:
            return "Not asked"
        case CaptureState.SKIPPED:
            return "Will not be asked"
        case CaptureState.SCHEDULED:
            return "About to be asked"
        case CaptureState.ASKED:
            return "Asked, no answer yet"
        case CaptureState.CAPTURED:
            return "Given"
        case CaptureState.DECLINED:
            return "Asked, did not want to say"
        case _:
            assert_never(state)


def say_entry(entry: ContactEntry, names: Names) -> str:
    """Say what was done to a contact; what was erased from the audit stays unsaid."""
    who = names.of(entry.actor)
    if entry.actor == _VISITOR:
        return _VISITORS_DEEDS.get(entry.action, entry.action)
    if entry.action == CONTACT_CHANGED:
        return f"{who} changed {_say_changes(entry)}"
    return f"{who} {_DEEDS.get(entry.action, entry.action.replace('.', ' '))}"


def _say_changes(entry: ContactEntry) -> str:
    said = [
        f"{_FIELDS[field].lower()} from {_quoted(before)} to {_quoted(after)}"
        for field, (before, after) in entry.detail.items()
        if field in _FIELDS
    ]
    return ", ".join(said) or "this contact"


def _quoted(value: str | None) -> str:
    return f"“{value}”" if value else "nothing"
