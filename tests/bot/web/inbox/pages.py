"""Reads the inbox's pages as tests like to see them."""

import re
from html import unescape

from bot.core.model import ConversationId, VisitorKey
from bot.follow_ups.returns import Returns
from bot.storage.conversations.return_links import make_link
from tests.bot.web.inbox.browsers import ORIGIN, Browser
from tests.factories import ADA
from tests.office import Office


def words(html: str) -> str:
    """Leave out the tags."""
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", html).split()))


def as_htmx(path: str) -> dict[str, str]:
    """Say what htmx says when the browser shows this path."""
    return {"HX-Request": "true", "HX-Current-URL": f"{ORIGIN}{path}"}


async def read(browser: Browser, path: str, **headers: str) -> str:
    """Get a page or a fragment that is there."""
    return await read_refusal(browser, path, 200, **headers)


async def read_refusal(browser: Browser, path: str, _status: int, /, **headers: str) -> str:
    """Get the words of an answer with this status."""
    response = await browser.get(path, **headers)
    assert response.status == _status, await response.text()
    return await response.text()


def names(page: str) -> list[str]:
    """List whom the rows are about."""
    return [unescape(name) for name in re.findall(r'data-name="([^"]*)"', page)]


async def open_thread(browser: Browser, talk: ConversationId, query: str = "") -> str:
    """Get an open conversation alone, as htmx does."""
    return await read(browser, f"/inbox/{talk}/thread{query}", **as_htmx(f"/inbox/{talk}"))


def follow_link(office: Office, talk: ConversationId) -> None:
    """Let Ada come back by the link in a mail, in another browser."""
    with office.database.write() as connection:
        token = make_link(connection, talk, ADA, office.now)
    returns = Returns(office.database, lambda: office.now, office.doorbell)
    assert returns.come_back(token, None, VisitorKey("webchat", "https://shop.example", "phone"))
