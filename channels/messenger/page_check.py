"""The check of a Messenger page: token, subscription, profiles, state."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.model import VisitorKey
from bot.findings import Finding, attention, broken, ok
from bot.ports.errors import SendError, Trouble
from channels.base import ChannelRecords
from channels.messenger.profile import MessengerProfiles
from channels.messenger.variables import CONSOLE, FACTS
from channels.meta.app import MetaApp
from channels.meta.doctor import (
    TokenFacts,
    read_identity,
    read_subscriptions,
    read_token,
)
from channels.meta.graph import PageGraph, open_app

_SOON = timedelta(days=14)
_NEW_TOKEN = FACTS.credential_advice
_SUBSCRIBE = f"{CONSOLE}, at this page: add subscriptions, and tick"


@dataclass(frozen=True, slots=True)
class PageCheck:
    """A page and what is known of it here."""

    page: str
    graph: PageGraph
    app: MetaApp
    records: ChannelRecords
    now: datetime

    @property
    def subject(self) -> str:
        """The subject of the page's findings."""
        return f"page {self.page}"

    def findings(self) -> list[Finding]:
        """Ask Graph one thing after the other, for as long as it answers."""
        return list(self._look())

    def _look(self) -> Iterator[Finding]:
        yield from self.records.states.get(self.page, ())
        try:
            if self.app.app_id:
                yield from self._check_token(self.app.app_id)
            yield self._check_identity()
            if self.app.app_id:
                yield from self._check_subscription(self.app.app_id)
            if self.records.visitors is not None:
                yield self._check_profiles(self.records.visitors.get(self.page))
        except SendError as error:
            yield self._explain(error)

    def _check_token(self, app_id: str) -> Iterator[Finding]:
        graph = open_app(app_id, self.app.secrets[0], self.app.address)
        try:
            facts = read_token(graph, self.app.pages[self.page])
        except SendError as error:
            if error.trouble is not Trouble.CREDENTIALS:
                raise
            yield broken(
                "messenger",
                "Meta does not accept MESSENGER_APP_ID with (the first) MESSENGER_APP_SECRET.",
                "Both stand in Meta's console, your app, App settings, Basic.",
            )
            return
        doubts = list(self._doubt(facts, app_id))
        yield from doubts
        if not doubts:
            yield ok(self.subject, f"The token has all permissions and {_end(facts)}.")

    def _doubt(self, facts: TokenFacts, app_id: str) -> Iterator[Finding]:
        if not facts.valid or (facts.expires_at and facts.expires_at <= self.now):
            yield broken(self.subject, "The token is not valid, or not any more.", _NEW_TOKEN)
            return
        if facts.kind != "PAGE":
            yield broken(self.subject, "The token is not a page's.", _NEW_TOKEN)
        if facts.app_id != app_id:
            yield broken(self.subject, "The token was made for another app.", _NEW_TOKEN)
        if missing := sorted(facts.missing_scopes):
            advice = f"Allow them while you generate a new one. {_NEW_TOKEN}"
            yield broken(self.subject, f"The token lacks {', '.join(missing)}.", advice)
        if facts.expires_at and facts.expires_at < self.now + _SOON:
            yield attention(self.subject, f"The token {_end(facts)}.", _NEW_TOKEN)

    def _check_identity(self) -> Finding:
        identity = read_identity(self.graph)
        if not identity.id:
            return attention(self.subject, "Graph does not say whose the token is.")
        if identity.id != self.page:
            words = f"The token belongs to page {identity.id} ({identity.name!r})."
            return broken(self.subject, words, _NEW_TOKEN)
        return ok(self.subject, f"The token belongs to it, {identity.name!r}.")

    def _check_subscription(self, app_id: str) -> Iterator[Finding]:
        try:
            apps = read_subscriptions(self.graph, self.page)
        except SendError as error:
            if error.trouble is not Trouble.CREDENTIALS:
                raise
            yield broken(self.subject, "The token may not read the subscriptions.", _NEW_TOKEN)
            return
        ours = [app for app in apps if app.app_id == app_id]
        if not ours or "messages" in ours[0].missing_fields:
            advice = f"{_SUBSCRIBE} at least messages."
            yield broken(self.subject, "It does not tell our app of messages.", advice)
        if ours and (missing := sorted(ours[0].missing_fields - {"messages"})):
            advice = f"{_SUBSCRIBE} {', '.join(missing)}."
            yield attention(self.subject, "It does not tell our app everything.", advice)
        if ours and not ours[0].missing_fields:
            yield ok(self.subject, "It tells our app everything that is needed.")

    def _check_profiles(self, visitor: VisitorKey | None) -> Finding:
        if not visitor:
            return ok(self.subject, "Nobody is known yet whose profile could be read.")
        profile = MessengerProfiles({self.page: self.graph}).read_profile(visitor)
        if profile.alert:
            return attention(self.subject, profile.alert)
        return ok(self.subject, "Visitors' profiles may be read.")

    def _explain(self, error: SendError) -> Finding:
        match error.trouble:
            case Trouble.CREDENTIALS:
                words = "Meta does not accept the token, or not with this MESSENGER_APP_SECRET."
                return broken(self.subject, words, _NEW_TOKEN)
            case Trouble.UNREACHABLE:
                advice = "Is the way out to MESSENGER_GRAPH_URL open?"
                return broken(self.subject, "Graph does not answer.", advice)
            case _:
                return attention(self.subject, error.reason, "Look again later.")


def _end(facts: TokenFacts) -> str:
    if facts.expires_at:
        return f"ends on {facts.expires_at:%Y-%m-%d}"
    return "does not end"
