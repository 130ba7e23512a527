"""A contact's page: its facts, their sources and its history."""

import asyncio
from dataclasses import dataclass
from typing import Self

from bot.core.model import Assurance, ContactId, Source
from bot.core.names import full_name
from bot.desk.agent import Agent
from bot.desk.dossiers import ContactDossier
from bot.storage.contacts.consents import StoredConsent
from bot.storage.contacts.contacts import ContactView
from bot.storage.contacts.merges import Merge
from bot.storage.operations.audits import CONTACT_MERGED, CONTACT_PARTED
from bot.web.inbox.contacts.remarks import remark_on
from bot.web.inbox.contacts.sources import (
    Names,
    date,
    moment,
    name_contact,
    say_claim,
    say_consent,
    say_entry,
    say_sureness,
)
from bot.web.inbox.conversation.rows import Sight
from bot.web.inbox.conversation.view_context import ViewContext
from bot.web.inbox.dependencies import PREFIX
from config.channel_facts import ChannelFacts

_MADE = {
    Source.CAPTURE: "by the visitor's own email",
    Source.PROFILE: "by the visitor's own email",
    Source.AGENT: "by an agent",
    Source.API: "by a program",
}

_MERGING = frozenset({CONTACT_MERGED, CONTACT_PARTED})


@dataclass(frozen=True, slots=True)
class DossierNotice:
    """A refusal and the field that it belongs to."""

    words: str = ""
    field: str = ""
    typed: str = ""
    other: ContactView | None = None
    """Who has what was wanted."""


@dataclass(frozen=True, slots=True)
class Fact:
    """An address, who said so, and when."""

    email: str
    said: str
    sureness: str
    is_proved: bool
    visitor: str
    address: str | None
    when: str


@dataclass(frozen=True, slots=True)
class ShownConsent:
    """A consent in words."""

    text: str
    said: str
    is_withdrawn: bool
    language: str
    visitor: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A conversation, or something that was done."""

    words: str
    when: str
    address: str = ""
    channel: ChannelFacts | None = None
    pill: str = ""


@dataclass(frozen=True, slots=True)
class Gone:
    """A contact that went into this one."""

    merge_id: int
    email: str
    words: str


@dataclass(frozen=True, slots=True)
class ContactPage:
    """Everything about a contact, in words."""

    contact: ContactView
    name: str
    full_name: str
    under_name: str
    saw: str
    facts: list[Fact]
    talks: list[Line]
    talk_count: int
    history: list[Line]
    gone: list[Gone]
    consents: list[ShownConsent]
    remarks: list[str]

    @classmethod
    async def read(cls, looking: ViewContext, id: ContactId) -> Self:
        """Read it as the agent sees it. Raises NotFoundError."""
        found, team = await asyncio.to_thread(_read, looking, id)
        sight = await looking.sight([])
        names = Names({each.email: each.name for each in team})
        contact = found.contact
        since = date(contact.created_at, sight)
        return cls(
            contact,
            name_contact(contact),
            full_name(contact.first_name, contact.last_name),
            f"Contact since {since}, made {_MADE[contact.source]}",
            contact.updated_at.isoformat(),
            _facts(found, sight),
            _talks(found, sight),
            found.talk_count,
            _history(found, sight, names),
            [_gone(merge, sight, names) for merge in found.merges],
            [show_consent(each, sight, names) for each in found.consents],
            remark_on(contact.email, found.domain),
        )


def _read(looking: ViewContext, id: ContactId) -> tuple[ContactDossier, list[Agent]]:
    return looking.parts.desk.dossiers.contact(id), looking.parts.team.list()


def _facts(found: ContactDossier, sight: Sight) -> list[Fact]:
    return [
        Fact(
            claim.email,
            say_claim(claim),
            say_sureness(claim.assurance).capitalize(),
            claim.assurance is not Assurance.CLAIMED,
            f"{claim.visitor_name}, {sight.channels.of(claim.place.channel).title}",
            f"{PREFIX}/{claim.conversation_id}" if claim.conversation_id else None,
            moment(claim.at, sight),
        )
        for claim in found.claims
    ]


def show_consent(given: StoredConsent, sight: Sight, names: Names) -> ShownConsent:
    """Put a consent into words."""
    return ShownConsent(
        given.text,
        say_consent(given, sight, names),
        given.withdrawn_at is not None,
        given.language,
        given.visitor_name,
        f"{PREFIX}/{given.conversation_id}" if given.conversation_id else "",
    )


def _history(found: ContactDossier, sight: Sight, names: Names) -> list[Line]:
    return [
        Line(say_entry(entry, names), moment(entry.at, sight))
        for entry in found.history
        # a merging is kept with both, and is one
        if entry.contact_id == found.contact.id or entry.action not in _MERGING
    ]


def _talks(found: ContactDossier, sight: Sight) -> list[Line]:
    return [
        Line(
            " ".join(talk.last_words.split()) or "No words",
            moment(talk.at, sight),
            f"{PREFIX}/{talk.id}",
            sight.channels.of(talk.place.channel),
            "Closed" if talk.status == "closed" else "",
        )
        for talk in found.talks
    ]


def _gone(merge: Merge, sight: Sight, names: Names) -> Gone:
    words = f"Merged by {names.of(merge.actor)} · {moment(merge.at, sight)}"
    return Gone(merge.id, merge.gone.email, words)
