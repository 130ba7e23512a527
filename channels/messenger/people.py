"""Finding a person of Facebook's among our visitors."""

import hashlib
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from bot.core.model import VisitorKey
from bot.ports.errors import SendError
from channels.messenger.product import NAME
from channels.meta.app import MetaApp
from channels.meta.graph import PageGraph, open_app
from channels.meta.questions import ask, read_list


def find_places(app: PageGraph, app_scoped_id: str, pages: Iterable[str]) -> list[VisitorKey]:
    """Look up who somebody is to each page, as Meta's deletion callback names people by app.

    Raises `SendError` when only later can tell. An empty list proves little: Meta matches only
    within one business, which must own the app and the pages, and only ids that it has given
    out. The shape is Meta's documented one for `ids_for_pages`; no stored text shows what the
    call answers about a person who used Messenger and never logged in to the app.
    """
    path = f"{quote(app_scoped_id, safe='')}/ids_for_pages"
    answers = [(page, ask(app, path, page=page)) for page in pages]
    return [
        VisitorKey(NAME, page, str(match["id"]))
        for page, answer in answers
        for match in read_list(answer or {})
        if match.get("id")
    ]


class MessengerPeople:
    """Finds people by the ids that our apps know them by."""

    def __init__(self, apps: Sequence[MetaApp]) -> None:
        self._apps = apps
        self._graphs = {
            app.app_id: open_app(app.app_id, app.secrets[0], app.address)
            for app in apps
            if app.app_id
        }
        self.fingerprints = {
            app.app_id: hashlib.sha256(app.secrets[0].encode()).hexdigest()
            for app in apps
            if app.app_id
        }

    def find_places(self, person: VisitorKey) -> list[VisitorKey]:
        """Ask about each page of the app that knows the person by this id."""
        app = self._find_app(person.account)
        if app is None or not app.app_id:
            reason = "Set MESSENGER_APP_ID: without it nobody can say who this person is."
            raise SendError(reason)
        return find_places(self._graphs[app.app_id], person.external_id, app.pages)

    def _find_app(self, app_id: str) -> MetaApp | None:
        if not app_id:  # it was not set when the request came, so it is the operator's: the first
            return self._apps[0] if self._apps else None
        return next((app for app in self._apps if app.app_id == app_id), None)
