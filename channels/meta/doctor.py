"""Is a page set up as it must be? Every question here raises `SendError` if it can't be put."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from channels.meta.graph import PageGraph
from channels.meta.questions import ask, read_list

_END_OF_TIME = 2**36
NEEDED_SCOPES = frozenset({"pages_messaging", "pages_manage_metadata"})
NEEDED_FIELDS = frozenset(
    {
        "messages",
        "messaging_postbacks",
        "messaging_referrals",
        "messaging_optins",
        "message_echoes",
        "message_deliveries",
        "message_reads",
        "message_edits",
        "message_reactions",
        "standby",
        "messaging_handovers",
        "messaging_policy_enforcement",
    }
)


@dataclass(frozen=True, slots=True)
class TokenOwner:
    """The owner of a token: a page, if all is well."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """A token as Graph describes it."""

    valid: bool
    kind: str
    app_id: str
    page_id: str
    scopes: frozenset[str]
    expires_at: datetime | None
    """None: never."""

    @property
    def missing_scopes(self) -> frozenset[str]:
        """The permissions that the token lacks."""
        return NEEDED_SCOPES - self.scopes


@dataclass(frozen=True, slots=True)
class Subscription:
    """An app that is subscribed to a page."""

    app_id: str
    fields: frozenset[str]

    @property
    def missing_fields(self) -> frozenset[str]:
        """Events that the app will never hear of, but must."""
        return NEEDED_FIELDS - self.fields


def read_identity(page: PageGraph) -> TokenOwner:
    """Ask whom a token belongs to."""
    answer = ask(page, "me", fields="id,name") or {}
    return TokenOwner(_text(answer, "id"), _text(answer, "name"))


def read_subscriptions(page: PageGraph, page_id: str) -> list[Subscription]:
    """Ask which apps hear of a page's events: Meta ends that in silence when deliveries fail."""
    answer = ask(page, f"{page_id}/subscribed_apps", fields="id,subscribed_fields") or {}
    return [
        Subscription(_text(app, "id"), _texts(app, "subscribed_fields"))
        for app in read_list(answer)
    ]


def read_token(app: PageGraph, token: str) -> TokenFacts:
    """Ask what a token may do; `app` is the access of the app itself."""
    answer = (ask(app, "debug_token", input_token=token) or {}).get("data")
    facts = answer if isinstance(answer, dict) else {}
    return TokenFacts(
        valid=facts.get("is_valid") is True,
        kind=_text(facts, "type"),
        app_id=_text(facts, "app_id"),
        page_id=_text(facts, "profile_id"),
        scopes=_texts(facts, "scopes"),
        expires_at=_moment(facts, "expires_at"),
    )


def _text(facts: Mapping[str, object], name: str) -> str:
    value = facts.get(name)
    return str(value) if isinstance(value, str | int) else ""


def _texts(facts: Mapping[str, object], name: str) -> frozenset[str]:
    values = facts.get(name)
    return frozenset(map(str, values)) if isinstance(values, list) else frozenset()


def _moment(facts: Mapping[str, object], name: str) -> datetime | None:
    seconds = facts.get(name)
    if not isinstance(seconds, int) or not 0 < seconds < _END_OF_TIME:  # 0 is Meta's "never"
        return None
    return datetime.fromtimestamp(seconds, UTC)
