"""The details pane: the visitor's facts and their sources."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode

from bot.core.emails import Address, validate
from bot.core.model import CaptureState, ConversationId
from bot.core.typos import suggest
from bot.desk.address_book import Match
from bot.desk.agent import Agent
from bot.desk.dossiers import VisitorDossier
from bot.storage.contacts.contact_facts import Talk
from bot.storage.conversations.conversations import ConversationView
from bot.web.inbox.contacts.contact_page import ShownConsent, show_consent
from bot.web.inbox.contacts.remarks import remark_on
from bot.web.inbox.contacts.sources import (
    Names,
    date,
    moment,
    name_contact,
    name_language,
    say_capture,
    say_source,
)
from bot.web.inbox.conversation.list_filter import ListFilter
from bot.web.inbox.conversation.rows import RowPerson, Sight
from bot.web.inbox.conversation.times import row_time
from bot.web.inbox.conversation.view_context import Context, ViewContext
from bot.web.inbox.conversation.visit import describe_visit
from bot.web.inbox.pages import is_fragment
from config.channel_facts import ChannelFacts, name_account

_MAY_STILL_BE_ASKED = frozenset({CaptureState.IDLE, CaptureState.SCHEDULED})


class Tab(StrEnum):
    """Which side of "Add contact" is shown."""

    EXISTING = "existing"
    CREATE = "create"


@dataclass(frozen=True, slots=True)
class Panel:
    """The "Add contact" panel with what was typed into it."""

    tab: Tab | None = None
    """None: it is closed."""
    email: str | None = None
    """None: nobody has typed anything yet."""
    first_name: str = ""
    last_name: str = ""
    match: Match | None = None
    is_missing: bool = False
    """No contact has the email that was looked up."""
    refusal: str = ""
    field: str = ""
    """Which field is refused, or should have the focus."""
    notice: str = ""

    @property
    def meant(self) -> str | None:
        """Give the address that was likely meant, if what was typed looks mistyped."""
        return suggest(self.email) if self.email else None

    @property
    def found(self) -> str:
        """Name the contact that has the email."""
        return name_contact(self.match.contact) if self.match else ""

    def carry(self, tab: Tab, email: str | None = None) -> str:
        """Write the query that opens a side of it with what was typed, or with another email."""
        typed = {
            "email": email or self.email,
            "first_name": self.first_name,
            "last_name": self.last_name,
        }
        kept = {name: value for name, value in typed.items() if value}
        return urlencode({"add": tab, **kept})


@dataclass(frozen=True, slots=True)
class OtherTalk:
    """Another conversation of the same contact."""

    address: str
    channel: ChannelFacts
    line: str
    status: str
    time: str


@dataclass(frozen=True, slots=True)
class Pane:
    """The contents of the details pane."""

    view: ConversationView
    person: RowPerson
    wanted: ListFilter
    panel: Panel
    under_name: str
    facts: list[tuple[str, str]]
    origin: str
    """Where the email came from…"""
    origin_time: str
    """…and when."""
    capture: str
    may_ask: bool
    owner: str | None
    talks: list[OtherTalk]
    others: int
    visit: list[tuple[str, str]]
    """Where on the site the visitor is, and how it came there."""
    remarks: Sequence[str] = ()
    """What agents should know about the address, also one that is only offered."""
    consents: Sequence[ShownConsent] = ()
    """What the visitor agreed to."""
    focus: str = ""
    """What should have the focus once this is shown."""
    has_script: bool = False
    """A script asks: what can't be pressed yet is enabled by it."""

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The view of the list, as a form carries it on."""
        return parse_qsl(self.wanted.query.removeprefix("?"))

    def address(self, query: str) -> str:
        """Write the page's own address with something added to its query."""
        where = self.wanted.address
        return f"{where}{'&' if '?' in where else '?'}{query}"


def read_panel(given: Mapping[str, str]) -> Panel:
    """Read from a query or a form which side is open and what was typed."""
    tab = Tab(given["add"]) if given.get("add") in set(Tab) else None
    names = (given.get("first_name", ""), given.get("last_name", ""))
    email = given["email"].strip() if "email" in given else None
    return Panel(tab, email, *names)


async def look_at_details(
    looking: ViewContext, wanted: ListFilter, panel: Panel | None = None, focus: str = ""
) -> Context:
    """Gather the pane beside the open conversation. Raises NotFoundError."""
    if wanted.open is None:
        return {}
    given = panel or read_panel(looking.request.query)
    dossier, team, filled = await asyncio.to_thread(_read, looking, wanted.open, given)
    sight = await looking.sight([dossier.conversation])
    names = Names({each.email: each.name for each in team})
    pane = _describe(dossier, sight, names, wanted)
    has_script = is_fragment(looking.request)
    return {"pane": replace(pane, panel=filled, focus=focus, has_script=has_script)}


def _read(
    looking: ViewContext, id: ConversationId, panel: Panel
) -> tuple[VisitorDossier, list[Agent], Panel]:
    desk = looking.parts.desk
    dossier = desk.dossiers.visitor(id)
    if panel.tab and panel.email is None:
        # what the visitor wrote stands ready
        panel = replace(panel, email=dossier.conversation.offered_email or "")
    if panel.tab is Tab.EXISTING and isinstance(validate(panel.email or ""), Address):
        match = desk.contacts.look_up(panel.email or "")
        panel = replace(panel, match=match, is_missing=match is None)
    return dossier, looking.parts.team.list(), panel


def _describe(dossier: VisitorDossier, sight: Sight, names: Names, wanted: ListFilter) -> Pane:
    view = dossier.conversation
    claim = dossier.claim if view.contact else None
    return Pane(
        view=view,
        person=sight.person(view),
        wanted=wanted,
        panel=Panel(),
        under_name=_say_who(view, sight),
        facts=_facts(dossier, sight),
        origin=say_source(claim, dossier.link, names) if claim else "",
        origin_time=moment(claim.at, sight) if claim else "",
        capture=say_capture(view.capture_state),
        may_ask=view.contact is None and view.capture_state in _MAY_STILL_BE_ASKED,
        owner=names.of(view.assignee) if view.assignee else None,
        talks=[_other(talk, sight, wanted) for talk in dossier.talks],
        others=dossier.others,
        visit=describe_visit(dossier, sight),
        remarks=remark_on(_address(view) or "", dossier.domain),
        consents=[show_consent(each, sight, names) for each in dossier.consents],
    )


def _address(view: ConversationView) -> str | None:
    return view.contact.email if view.contact else view.offered_email


def _say_who(view: ConversationView, sight: Sight) -> str:
    if view.contact is None:
        return "Anonymous, not a contact yet"
    return f"Contact since {date(view.contact.created_at, sight)}"


def _facts(dossier: VisitorDossier, sight: Sight) -> list[tuple[str, str]]:
    visitor = dossier.visitor
    place = visitor.place
    channel = sight.channels.of(place.channel)
    facts = [
        ("Channel", channel.title),
        (channel.account_title, name_account(place.account)),
        ("Profile", visitor.profile_name or ("Guest, no profile" if visitor.guest else "")),
    ]
    if dossier.visit is None:  # else the visit says it
        facts.append(("Language", name_language(visitor.locale)))
        facts.append(("First seen", moment(visitor.first_seen_at, sight)))
    if visitor.last_wrote_at:
        facts.append(("Last wrote", moment(visitor.last_wrote_at, sight)))
    return [(name, value) for name, value in facts if value]


def _other(talk: Talk, sight: Sight, wanted: ListFilter) -> OtherTalk:
    return OtherTalk(
        wanted.beside(talk.id).address,
        sight.channels.of(talk.place.channel),
        " ".join(talk.last_words.split()) or "No words",
        talk.status,
        row_time(talk.at, sight.now, sight.zone),
    )
