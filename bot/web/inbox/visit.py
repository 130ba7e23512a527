"""Says where on a site a visitor is, and how it came there."""

from urllib.parse import urlsplit

from bot.desk.dossiers import VisitorDossier
from bot.storage.visits import StoredVisit
from bot.web.inbox.provenance import moment, name_language
from bot.web.inbox.rows import Sight


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
