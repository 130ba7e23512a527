"""Nothing is wider than its window, and every control is within reach, whatever words are shown."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from bot.desk.agent import Agent
from bot.desk.types import Person
from bot.web.app import make_app
from bot.wiring.settings import given_settings
from bot.wiring.web import open_parts
from tests.environment import SECRET, TOKEN
from tests.ui.conftest import Screen, Windows
from tests.ui.fitting import misfits, misfits_at, resize
from tests.ui.inbox.conftest import Open
from tests.ui.inbox.overlong import Overlong, fill
from tests.ui.inbox.support import Support, on_site
from tests.ui.unbroken import SCRIPTS, email, word

if TYPE_CHECKING:
    from playwright.async_api import Page

WIDTHS = (320, 390, 768, 1100, 1440)
EVERY_WIDTH = (320, 360, 390, 480, 600, 719, 720, 768, 900, 1024, 1099, 1100, 1280, 1440, 1920)
PAGES: dict[str, Callable[[Overlong], list[str]]] = {
    "/inbox": lambda made: ["/inbox", f"/inbox?q={'q' * 300}", "/inbox?order=waiting&v=mine"],
    "/inbox/": lambda made: ["/inbox/"],
    "/inbox/{id}": lambda made: [f"/inbox/{made.talk}", "/inbox/999999"],
    "/inbox/login": lambda made: ["/inbox/login"],
    "/inbox/contacts": lambda made: ["/inbox/contacts", f"/inbox/contacts?q={'q' * 300}"],
    "/inbox/contacts/{id}": lambda made: [f"/inbox/contacts/{made.named}"],
    "/inbox/contacts/{id}/merge": lambda made: [
        f"/inbox/contacts/{made.named}/merge?email={made.other_email}",
        f"/inbox/contacts/{made.named}/merge?email={'q' * 300}",
    ],
    "/inbox/operations": lambda made: ["/inbox/operations"],
    "/inbox/settings": lambda made: ["/inbox/settings"],
    "/inbox/replies": lambda made: ["/inbox/replies"],
    "/inbox/team": lambda made: ["/inbox/team"],
    "/inbox/notifications": lambda made: ["/inbox/notifications"],
    "/inbox/suppressions": lambda made: ["/inbox/suppressions"],
    "/inbox/webhooks": lambda made: ["/inbox/webhooks"],
    "/inbox/webhooks/{id}": lambda made: [f"/inbox/webhooks/{made.program}"],
    "/demo": lambda made: ["/demo"],
    "/demo/messenger": lambda made: ["/demo/messenger"],
}
"""The addresses at which each page is looked at."""
NO_PAGES = {
    "/",
    "/healthz",
    "/readyz",
    "/metrics",
    "/widget.js",
    "/inbox/{id}/messages/{seq}/original",  # plain text
    "/inbox/{id}/messages/{seq}/original.eml",
    "/inbox/stops",  # a part of every page
    "/inbox/uploads/{id}",  # a file as it is
    "/api/v1/openapi.json",
    "/api/v1/contacts",
    "/api/v1/contacts/{id}",
    "/api/v1/contacts/{id}/consents",
    "/api/v1/contacts/{id}/export",
    "/api/v1/conversations",
    "/api/v1/conversations/{id}",
    "/api/v1/conversations/{id}/messages",
    "/chat/frame",  # the chat has tests of its own
    "/chat/files/{id}",
    "/chat/messages",
    "/chat/return/{token}",
    "/chat/socket",
    "/chat/static/{version}/{name}",
    "/demo/graph/{version}/debug_token",
    "/demo/graph/{version}/{node}",
    "/demo/graph/{version}/{node}/ids_for_pages",
    "/demo/graph/{version}/{node}/permissions",
    "/demo/graph/{version}/{node}/subscribed_apps",
    "/demo/messenger/state",
    "/demo/messenger/static/{name}",
    "/demo/static/{name}",
    "/mail/not-me/{token}",  # no words but our own, as in the next
    "/mail/unsubscribe/{token}",
    "/meta/data-deletion/{code}",
    "/webhooks/messenger",
    "/inbox/contacts/export.csv",
    "/inbox/files/{message}/{position}",
    "/inbox/list",  # a part of the page, as those below
    "/inbox/manifest.webmanifest",
    "/inbox/replies.json",
    "/inbox/rows",
    "/inbox/socket",
    "/inbox/static/{version}/{name}",
    "/inbox/sw.js",
    "/inbox/ticket",
    "/inbox/{id}/contact",
    "/inbox/{id}/contact/match",
    "/inbox/{id}/details",
    "/inbox/{id}/thread",
}

MENUS = {
    "availability": "#availability-menu",
    "me": "#me-menu",
    "assign": "#assign-menu",
    "more": "#more-menu",
}
_OPEN_ALL = "for (const each of document.querySelectorAll('details')) each.open = true"


@pytest.fixture(params=SCRIPTS)
def script(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest_asyncio.fixture(loop_scope="session")
async def made(support: Support, maya: Agent, script: str) -> Overlong:
    await support.stop()
    support.wishes["demo"] = "true"
    await support.start()
    made = fill(support, maya, script)
    support.staff.rename(maya.id, word(40 if script == "emoji" else 200, script))
    return made


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_every_page_is_looked_at(migrated_url: str, redis_url: str) -> None:
    values = {
        "database_url": migrated_url,
        "redis_url": redis_url,
        "public_url": "https://chat.example.com",
        "secret_key": SECRET,
        "messenger_app_secret": "an app's secret",
        "messenger_pages": '{"1001": "a page token"}',
        "api_tokens": TOKEN,
        "demo": "true",
    }
    routes = make_app(open_parts(given_settings(values))).router.routes()
    found = {each.resource.canonical for each in routes if each.resource and each.method == "GET"}
    assert found == PAGES.keys() | NO_PAGES


async def test_pages_fit_whatever_words_they_show(
    windows: Windows, support: Support, maya: Agent, made: Overlong
) -> None:
    page = await support.window(windows, maya)
    wrong = {}
    for address in [each for addresses in PAGES.values() for each in addresses(made)]:
        await page.goto(support.origin + address)
        await page.evaluate(_OPEN_ALL)
        if found := await misfits_at(page, WIDTHS):
            wrong[address] = found
    assert wrong == {}


async def test_menus_and_lists_of_choices_fit(
    maya: Agent, made: Overlong, open_inbox: Open
) -> None:
    page = await open_inbox(maya, f"/{made.talk}", Screen(1440))
    wrong = {}
    for width in WIDTHS:
        await resize(page, width)
        for button, menu in MENUS.items():
            if not await page.locator(f"#{button}").is_visible():
                continue  # the list, on a phone
            await page.locator(f"#{button}").click()
            wrong[width, button] = await misfits(page, menu)
            await page.keyboard.press("Escape")
        await page.locator("#kind-note").check(force=True)
        await page.locator("#text").fill("/")
        await page.locator("#replies li").first.wait_for()
        wrong[width, "replies"] = await misfits(page, "#reply")
        await page.locator("#text").fill("")
    assert {where: found for where, found in wrong.items() if found} == {}


async def show_details(page: "Page") -> None:
    """Open the drawer where there is no room for a third pane."""
    is_open = await page.locator("#side-close").is_visible()
    if not is_open and await page.locator("#side").is_visible():
        await page.locator("#side").click()


async def look_at_details(page: "Page", state: str) -> dict[tuple[str, int], list[str]]:
    wrong = {}
    for width in EVERY_WIDTH:
        await resize(page, width)
        await show_details(page)
        if found := await misfits(page, "#details"):
            wrong[state, width] = found
    return wrong


async def test_details_and_their_menu_fit(maya: Agent, made: Overlong, open_inbox: Open) -> None:
    page = await open_inbox(maya, f"/{made.talk}", Screen(1440))
    wrong = await look_at_details(page, "linked")
    await page.locator("#contact-more").click()
    wrong |= await look_at_details(page, "menu")
    assert wrong == {}


@pytest.mark.parametrize("length", [20, 28, 60, 120, 254])
@pytest.mark.parametrize("name", ["", "short", "long"])
async def test_save_is_always_there_to_click(
    support: Support, maya: Agent, open_inbox: Open, length: int, name: str
) -> None:
    names = {"": (None, None), "short": ("W" * 20, None), "long": ("W" * 200, "W" * 200)}[name]
    support.desk.contacts.create(Person(email(length), *names), maya.actor)
    talk = support.write("Hello", on_site("ann"))
    page = await open_inbox(maya, f"/{talk}", Screen(1440))
    await page.locator("#add-contact").click()
    await page.locator("#contact-email").fill(email(length))
    await page.locator("#found .hit").wait_for()
    assert await look_at_details(page, "found") == {}
    await page.set_viewport_size({"width": 320, "height": 640})
    await page.locator("#contact-save").click()
    await page.locator("#contact-more").wait_for()


@pytest.mark.parametrize("typed", [f"{'w' * 400}@shop.example", "w" * 400, email(254)])
async def test_what_is_not_found_or_refused_fits(
    support: Support, maya: Agent, open_inbox: Open, typed: str
) -> None:
    talk = support.write(f"write to {email(254)}", on_site("ann"))
    page = await open_inbox(maya, f"/{talk}", Screen(1440))
    wrong = await look_at_details(page, "closed")
    await page.locator("#add-contact").click()
    await page.locator("#contact-email").fill(typed)
    await page.locator("#found .miss").wait_for()
    wrong |= await look_at_details(page, "not found")
    await page.locator("#create-new").click()
    await page.locator("#contact-first").fill("W" * 200)
    await page.locator("#contact-last").fill("W" * 200)
    wrong |= await look_at_details(page, "new")
    await page.locator("#contact-email").fill("w" * 300)
    await page.locator("#contact-create").click()
    await page.locator("#contact-refusal:not(:empty)").wait_for()
    wrong |= await look_at_details(page, "refused")
    assert wrong == {}


async def test_a_refused_sign_in_fits(windows: Windows, support: Support) -> None:
    page = await windows.page()
    await page.goto(f"{support.origin}/inbox/login")
    await page.get_by_label("Email").fill(email(254))
    await page.get_by_label("Password").fill("no password of ours")
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("alert").wait_for()
    assert await misfits_at(page, EVERY_WIDTH) == {}
