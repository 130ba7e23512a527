"""Where on the site a visitor is, as agents see it."""

from dataclasses import replace

import pytest

from bot.core.arrivals import Arrival, Visit
from bot.core.events import VisitorWrote
from bot.core.model import ConversationId, VisitorKey
from tests.bot.web.inbox.browsers import Browser
from tests.bot.web.inbox.pages import open_thread, read, words
from tests.office import ANN, Office

SITE = VisitorKey("webchat", "https://northwind.example", "visitor")
TENT = "https://northwind.example/tents/Fjord-2"
VISIT = Visit(TENT, "Fjord 2", "duckduckgo.com", "Firefox on Linux", "en")


def write(office: Office, visit: Visit | None = None, place: VisitorKey = SITE) -> ConversationId:
    wrote = VisitorWrote("Hello", office.now, office.now)
    office.receive_all([Arrival(place, wrote, f"m{office.now}", visit=visit)])
    return ConversationId(office.rows("conversations")[-1]["id"])


async def test_agents_see_where_a_visitor_is(office: Office, maya: Browser) -> None:
    talk = write(office, VISIT)
    office.pass_time(3600)
    write(office, VISIT)
    said = words(await read(maya, f"/inbox/{talk}"))
    assert (
        "This visit Page /tents/Fjord-2 Title Fjord 2 Came from duckduckgo.com"
        " Browser Firefox on Linux, English First seen 5 January, 12:00 Visits 2" in said
    )
    assert said.count("First seen") == said.count("English") == 1
    assert "on northwind.example/tents/Fjord-2" in said


async def test_what_is_not_known_of_a_visit_is_left_out(office: Office, maya: Browser) -> None:
    talk = write(office, Visit())
    said = words(await read(maya, f"/inbox/{talk}"))
    assert "This visit First seen 5 January, 12:00 Visits 1" in said
    assert "on northwind.example" in said


@pytest.mark.parametrize("place", [SITE, ANN])
async def test_without_a_page_there_is_no_visit(
    office: Office, maya: Browser, place: VisitorKey
) -> None:
    said = words(await read(maya, f"/inbox/{write(office, place=place)}"))
    assert "This visit" not in said
    assert said.count("First seen") == 1


async def test_the_thread_tells_on_which_page_it_began(office: Office, maya: Browser) -> None:
    talk = write(office, VISIT)
    office.pass_time(600)
    write(office, replace(VISIT, page=f"{TENT}/reviews", title="Reviews"))
    page = await open_thread(maya, talk)
    assert "Today Started on the page Fjord 2 · 12:00 Unknown visitor E19G" in words(page)
    assert "on northwind.example/tents/Fjord-2/reviews" in words(page)
    link = f'<a href="{TENT}" target="_blank" rel="noopener noreferrer nofollow"'
    assert f'{link} referrerpolicy="no-referrer"><bdi>Fjord 2</bdi></a>' in page


async def test_who_comes_back_begins_on_another_page(office: Office, maya: Browser) -> None:
    talk = write(office, VISIT)
    office.pass_time(3600)
    write(office, replace(VISIT, page=f"{TENT}/reviews", title=""))
    said = words(await open_thread(maya, talk))
    assert said.index("Hello") < said.index("Came back on the page /tents/Fjord-2/reviews · 13:00")
    assert "Started on the page" not in said


async def test_where_it_began_is_told_where_that_is_shown(office: Office, maya: Browser) -> None:
    talk = write(office, VISIT)
    for _ in range(50):
        office.pass_time(1)
        write(office, VISIT)
    assert "Started on" not in words(await open_thread(maya, talk))
    assert "Started on" in words(await open_thread(maya, talk, "?from=1"))


@pytest.mark.parametrize("visit", [Visit(), None, Visit(referrer="duckduckgo.com")])
async def test_without_a_page_nothing_is_told_of_its_beginning(
    office: Office, maya: Browser, visit: Visit | None
) -> None:
    assert "Started on" not in words(await open_thread(maya, write(office, visit)))


async def test_a_page_that_leads_elsewhere_is_no_link(office: Office, maya: Browser) -> None:
    hostile = Visit("javascript:alert(1)", "\u202efdp.exe")
    page = await open_thread(maya, write(office, hostile))
    assert "Started on the page <b><bdi>[U+202E]fdp.exe</bdi></b>" in page


@pytest.mark.parametrize("field", ["page", "title", "referrer", "browser", "language"])
async def test_whatever_is_claimed_is_text(office: Office, maya: Browser, field: str) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    value = f"{TENT}{hostile}" if field == "page" else hostile
    page = await read(maya, f"/inbox/{write(office, Visit(**{field: value}))}")
    assert "<img" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
