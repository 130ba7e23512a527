"""Saying who a visitor is: the five states, the keys, and what happens when two do it at once."""

from typing import TYPE_CHECKING

import pytest

from bot.core.model import ConversationId
from bot.desk.agent import Agent
from bot.desk.types import Person
from tests.ui.conftest import DESK, HAND, Screen, Windows
from tests.ui.inbox.conftest import Open
from tests.ui.inbox.support import Support, on_site

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page

ADA = "ada@example.com"
WIDE, WIDE_AT_NIGHT = Screen(1440, 900), Screen(1440, 900, is_dark=True)
HAND_AT_NIGHT = Screen(390, 844, is_dark=True, is_phone=True)
STATES = ("closed", "match", "none", "create", "linked")


@pytest.fixture
def talk(support: Support, maya: Agent) -> ConversationId:
    """A visitor has written, and Ada is a contact with two conversations."""
    for who in ("one", "two"):
        other = support.write("Earlier", on_site(who))
        support.desk.associate_person(other, Person(ADA, "Ada", "Lovelace"), maya.actor)
    return support.write("Does the tent fit into a pack?", on_site("visitor-4f2a"))


def named(page: "Page", role: str, name: str) -> "Locator":
    return page.locator("#details").get_by_role(role, name=name, exact=True)  # type: ignore[arg-type] # a role


async def show_details(page: "Page") -> None:
    """Open the drawer where there is no room for a third pane."""
    if await page.locator("#side").is_visible():
        await page.locator("#side").click()
    await page.locator("#details h2").wait_for(state="visible")


async def come_to(page: "Page", state: str) -> None:
    """Do what leads to one of the states."""
    if state == "closed":
        return
    await named(page, "button", "Add contact").click()
    email = page.locator("#contact-email")
    if state in {"match", "linked"}:
        await email.fill(ADA)
        await page.locator("#found .hit").wait_for()
    if state in {"none", "create"}:
        await email.fill("grace@example.com")
        await page.locator("#found .miss").wait_for()
    if state == "create":
        await page.locator("#create-new").click()
        await page.locator("#contact-first").fill("Grace")
        await page.locator("#contact-last").fill("Hopper")
    if state == "linked":
        await named(page, "button", "Save").click()
        await named(page, "heading", "Ada Lovelace").wait_for()


async def focused(page: "Page") -> str:
    return str(await page.evaluate("document.activeElement.id"))


async def test_an_existing_contact_is_found_and_saved(
    maya: Agent, talk: ConversationId, open_inbox: Open, windows: Windows
) -> None:
    page = await open_inbox(maya, f"/{talk}", WIDE)
    add = named(page, "button", "Add contact")
    assert await add.get_attribute("aria-expanded") == "false"
    await add.click()
    await page.locator("#contact-email:focus").wait_for()
    save = named(page, "button", "Save")
    assert await save.is_disabled()
    await page.keyboard.type(ADA[:-1])
    await page.locator("#found .miss").wait_for()
    await page.keyboard.type("m")
    found = named(page, "status", "").filter(has_text="Ada Lovelace")
    await found.get_by_text("2 earlier conversations").wait_for()
    assert await save.is_enabled()
    assert await focused(page) == "contact-email"
    await page.keyboard.press("Enter")
    await named(page, "heading", "Ada Lovelace").wait_for()
    await page.locator("#details-name:focus").wait_for()
    await page.locator("#rows .item[aria-current] .who", has_text="Ada Lovelace").wait_for()
    await page.locator("#thread h2", has_text="Ada Lovelace").wait_for()
    assert windows.complaints == []


async def test_no_match_leads_to_a_new_contact_with_the_email_typed(
    support: Support, maya: Agent, talk: ConversationId, open_inbox: Open, windows: Windows
) -> None:
    page = await open_inbox(maya, f"/{talk}", WIDE)
    await come_to(page, "none")
    assert await named(page, "button", "Save").is_disabled()
    await page.get_by_role("link", name="Create a new one").click()
    await page.locator("#contact-first:focus").wait_for()
    assert await page.locator("#contact-email").input_value() == "grace@example.com"
    await page.keyboard.type("Grace")
    await page.keyboard.press("Tab")
    await page.keyboard.type("Hopper")
    await page.keyboard.press("Enter")
    await named(page, "heading", "Grace Hopper").wait_for()
    await page.get_by_text("Added by Maya Olsen").wait_for()
    assert support.desk.contacts.look_up("grace@example.com")
    assert windows.complaints == []


async def test_tabs_carry_everything_that_was_typed_there_and_back(
    maya: Agent, talk: ConversationId, open_inbox: Open
) -> None:
    page = await open_inbox(maya, f"/{talk}", WIDE)
    await come_to(page, "create")
    await named(page, "tab", "Existing contact").click()
    await page.locator("#found .miss").wait_for()
    assert await focused(page) == "tab-existing"
    await page.keyboard.press("ArrowRight")
    assert await focused(page) == "tab-create"
    await page.keyboard.press("Space")
    await page.locator("#contact-first").wait_for(state="visible")
    values = [await page.locator(f"#contact-{one}").input_value() for one in ("email", "last")]
    assert values == ["grace@example.com", "Hopper"]
    assert await named(page, "tab", "Create new").get_attribute("aria-selected") == "true"


async def test_a_bad_email_keeps_the_text_and_is_told_under_the_field(
    maya: Agent, talk: ConversationId, open_inbox: Open
) -> None:
    page = await open_inbox(maya, f"/{talk}", WIDE)
    await come_to(page, "create")
    await page.locator("#contact-email").fill("grace@")
    await named(page, "button", "Create contact").click()
    await page.locator("#contact-refusal", has_text="Not a complete email address.").wait_for()
    assert await focused(page) == "contact-email"
    assert await page.locator("#contact-email").input_value() == "grace@"
    assert await page.locator("#contact-first").input_value() == "Grace"


async def test_a_contact_made_meanwhile_is_shown_instead(
    support: Support, maya: Agent, jonas: Agent, talk: ConversationId, open_inbox: Open
) -> None:
    page = await open_inbox(maya, f"/{talk}", WIDE)
    await come_to(page, "create")
    support.desk.contacts.create(Person("grace@example.com", "Admiral"), jonas.actor)
    await named(page, "button", "Create contact").click()
    await page.locator("#found .hit", has_text="Admiral").wait_for()
    await page.get_by_text("A contact with this email is there already.").wait_for()
    assert await named(page, "tab", "Existing contact").get_attribute("aria-selected") == "true"
    assert await focused(page) == "contact-save"
    await page.keyboard.press("Enter")
    await named(page, "heading", "Admiral").wait_for()


async def test_of_two_agents_one_wins_and_the_other_is_told(
    maya: Agent, jonas: Agent, talk: ConversationId, open_inbox: Open
) -> None:
    mine, theirs = [await open_inbox(agent, f"/{talk}", WIDE) for agent in (maya, jonas)]
    await come_to(mine, "create")
    await come_to(theirs, "match")
    await named(theirs, "button", "Save").click()
    await named(theirs, "heading", "Ada Lovelace").wait_for()
    await named(mine, "heading", "Ada Lovelace").wait_for()  # and the half-typed form stays
    assert await mine.locator("#contact-first").input_value() == "Grace"
    await named(mine, "button", "Create contact").click()
    told = mine.get_by_role("alert").filter(has_text="Somebody else has said meanwhile")
    await told.wait_for()
    await named(mine, "heading", "Ada Lovelace").wait_for()
    await mine.get_by_text("Added by Jonas Berg").wait_for()


async def test_unlinking_is_in_the_menu_and_goes_back_to_the_start(
    maya: Agent, talk: ConversationId, open_inbox: Open
) -> None:
    page = await open_inbox(maya, f"/{talk}", WIDE)
    await come_to(page, "linked")
    await named(page, "button", "More about this contact").click()
    await named(page, "menuitem", "Unlink").click()
    await page.locator("#add-contact:focus").wait_for()
    await page.locator("#rows .item[aria-current] .who", has_text="Visitor").wait_for()


async def test_c_opens_escape_closes_and_the_focus_comes_back(
    maya: Agent, talk: ConversationId, open_inbox: Open
) -> None:
    page = await open_inbox(maya, f"/{talk}", WIDE)
    await page.keyboard.press("c")
    await page.locator("#contact-email:focus").wait_for()
    await page.keyboard.type("c")
    assert await page.locator("#contact-email").input_value() == "c"
    await page.keyboard.press("Escape")
    await page.locator("#add-contact:focus").wait_for()
    await page.keyboard.press("Enter")
    await page.locator("#contact-email:focus").wait_for()
    await named(page, "button", "Cancel").click()
    await page.locator("#add-contact:focus").wait_for()


async def test_what_is_half_typed_survives_news(
    support: Support, maya: Agent, talk: ConversationId, open_inbox: Open
) -> None:
    page = await open_inbox(maya, f"/{talk}", WIDE)
    await come_to(page, "create")
    await page.locator("#contact-last").focus()
    support.write(f"or write to {ADA}, that is easier", on_site("visitor-4f2a"))
    await page.locator("#log").get_by_text("that is easier").wait_for()
    await page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    assert await focused(page) == "contact-last"
    assert await page.locator("#contact-last").input_value() == "Hopper"


async def test_an_address_seen_in_passing_is_ready_to_use(
    support: Support, maya: Agent, talk: ConversationId, open_inbox: Open
) -> None:
    support.write(f"or write to {ADA}, that is easier", on_site("visitor-4f2a"))
    page = await open_inbox(maya, f"/{talk}", WIDE)
    await page.get_by_text("Email given by the visitor, not verified").wait_for()
    await named(page, "button", "Add contact").click()
    await page.locator("#found .hit", has_text="Ada Lovelace").wait_for()
    assert await named(page, "button", "Save").is_enabled()


async def test_no_secret_goes_into_an_address(
    maya: Agent, talk: ConversationId, open_inbox: Open
) -> None:
    page = await open_inbox(maya, f"/{talk}", WIDE)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await come_to(page, "create")
    assert any("/contact/match?" in url for url in asked)
    assert not [url for url in asked if "csrf" in url]


async def test_it_all_works_without_scripts(
    support: Support, windows: Windows, maya: Agent, talk: ConversationId
) -> None:
    page = await support.window(windows, maya, DESK, java_script_enabled=False)
    await page.goto(f"{support.origin}/inbox/{talk}")
    await page.get_by_role("button", name="Add contact").click()
    await page.get_by_label("Email", exact=True).fill("grace@example.com")
    await page.get_by_role("button", name="Save", exact=True).click()
    await page.get_by_role("link", name="Create a new one").click()
    assert await page.get_by_label("Email", exact=True).input_value() == "grace@example.com"
    await page.get_by_label("First name").fill("Grace")
    await page.get_by_role("button", name="Create contact").click()
    await page.locator("#details h2", has_text="Grace").wait_for()
    assert page.url == f"{support.origin}/inbox/{talk}"


async def test_on_a_phone_the_pane_comes_when_it_is_wanted(
    maya: Agent, talk: ConversationId, open_inbox: Open
) -> None:
    page = await open_inbox(maya, f"/{talk}", HAND)
    assert not await page.locator("#details h2").is_visible()
    await page.keyboard.press("c")
    await page.locator("#contact-email:focus").wait_for()
    assert await page.locator("#details h2").is_visible()
    await named(page, "button", "Close details").click()
    await page.locator("#details h2").wait_for(state="hidden")
    assert await focused(page) == "side"


async def test_a_pane_that_slides_in_has_the_focus_at_once(
    maya: Agent, talk: ConversationId, open_inbox: Open
) -> None:
    page = await open_inbox(maya, f"/{talk}", HAND, reduced_motion="no-preference")
    await page.locator("#side").click()
    assert await focused(page) == "details"
