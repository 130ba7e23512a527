"""Says where on a site a visitor is, and how it came there."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from bot.desk.dossiers import VisitorDossier
from bot.storage.conversations.messages import StoredMessage
from bot.storage.visitors.visits import StoredVisit
from bot.web.inbox.contacts.sources import moment, name_language
from bot.web.inbox.conversation.links import is_link
from bot.web.inbox.conversation.rows import Sight
from bot.web.inbox.conversation.timeline_items import ShownEvent
from bot.web.inbox.conversation.times import clock_time


def describe_visit(dossier: VisitorDossier, sight: Sight) -> list[tuple[str, str]]:
    """Write the last visit down; nothing, where the channel knows no pages."""
    if dossier.visit is None:
        return []
    visit = dossier.visit.visit
    rows = [
        ("Page", urlsplit(visit.page).path if visit.page else ""),
        ("Title", visit.title or ""),
        ("Came from", visit.referrer or ""),
        ("Browser", ", ".join(filter(None, (visit.browser, name_language(visit.language))))),
        ("First seen", moment(dossier.visitor.first_seen_at, sight)),
        ("Visits", str(dossier.visit.count)),
    ]
    return [(name, value) for name, value in rows if value]


def name_page(visit: StoredVisit | None) -> str:
    """Name the page that somebody wrote from last, as people write addresses."""
    page = (visit and visit.visit.page) or ""
    return page.partition("://")[2].rstrip("/")


def tell_start(visit: StoredVisit | None, sight: Sight) -> ShownEvent | None:
    """Tell on which page the last visit began; None: nobody knows."""
    if visit is None or visit.start is None:
        return None
    start = visit.start
    name = start.title or urlsplit(start.page or "").path
    if not name:
        return None
    return ShownEvent(
        key="start",
        icon="chat",
        words="Came back on the page" if visit.count > 1 else "Started on the page",
        time=clock_time(start.at, sight.zone),
        page=name,
        address=start.page if start.page and is_link(start.page) else "",
    )


def find_start(visit: StoredVisit | None, messages: Sequence[StoredMessage]) -> int | None:
    """Find the message with which the last visit began; None: it is not among these."""
    if visit is None or visit.start is None:
        return None
    later = [place for place, one in enumerate(messages) if one.created_at >= visit.start.at]
    if not later or (later[0] == 0 and messages[0].created_at > visit.start.at):
        return None
    return later[0]
