"""How "Add contact" looks in its five states, and how the pages of contacts do."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.core.events import EmailGiven
from bot.core.model import ContactId, ConversationId
from bot.desk.agent import Agent
from bot.desk.types import Person
from config.rules import ConsentMode
from tests.ui.axe import violations
from tests.ui.conftest import HAND, Screen, Windows
from tests.ui.fitting import misfits
from tests.ui.inbox.afternoon import Afternoon
from tests.ui.inbox.conftest import Open
from tests.ui.inbox.support import Support, on_site
from tests.ui.inbox.test_contact import (
    ADA,
    HAND_AT_NIGHT,
    STATES,
    WIDE,
    WIDE_AT_NIGHT,
    come_to,
    show_details,
)
from tests.ui.pictures import assert_looks_the_same, skip_unless_comparable, why_incomparable

if TYPE_CHECKING:
    from playwright.async_api import Page

SCREENS = {
    "wide": WIDE,
    "wide-at-night": WIDE_AT_NIGHT,
    "hand": HAND,
    "hand-at-night": HAND_AT_NIGHT,
}
PANE = 324


@pytest.fixture
def ada(support: Support, maya: Agent, jonas: Agent) -> ContactId:
    """A contact of three conversations, with consents and a history."""
    support.rules = replace(support.rules, consent=ConsentMode.REQUIRED)
    for who in ("one", "two", "three"):
        talk = support.write("Size of the footprint", on_site(who))
        support.report(EmailGiven(ADA, support.now, consent=True), on_site(who))
        if who == "two":
            support.desk.withdraw_consent(talk, jonas.actor)
    book = support.desk.contacts
    match = book.look_up(ADA)
    assert match
    chosen = match.contact.id
    book.change(chosen, {"first_name": "Ada", "last_name": "Lovelace"}, maya.actor)
    book.change(chosen, {"last_name": "King"}, jonas.actor)
    book.merge(chosen, book.create(Person("ada@work.example"), maya.actor).id, maya.actor)
    book.create(Person("a.lovelace@other.example"), maya.actor)
    return chosen


@pytest.fixture
def afternoon(support: Support, maya: Agent, jonas: Agent) -> ConversationId:
    """What the pictures of the inbox show, and Ada with three conversations."""
    chosen = Afternoon(support, maya, jonas).fill()
    for who in ("one", "two", "three"):
        other = support.write("Size of the footprint", on_site(who))
        support.desk.associate_person(other, Person(ADA, "Ada", "Lovelace"), maya.actor)
    return chosen


async def come_to_rest(page: "Page") -> None:
    await page.mouse.move(0, 0)
    await page.evaluate("document.activeElement.blur()")


@pytest.mark.parametrize("look", SCREENS)
async def test_the_states_stand_in_nobodys_way_and_look_as_they_did(
    maya: Agent, afternoon: ConversationId, open_inbox: Open, windows: Windows, look: str
) -> None:
    screen, incomparable = SCREENS[look], why_incomparable(windows.browser)
    page = await open_inbox(maya, f"/{afternoon}", screen)
    for state in STATES:
        await page.goto(page.url)
        await page.locator("body[data-line=up]").wait_for()
        await page.locator(f"#c{afternoon}[data-unread='0']").wait_for(state="attached")
        await show_details(page)
        await come_to(page, state)
        assert (state, await violations(page)) == (state, [])
        assert (state, await misfits(page, "#details")) == (state, [])
        await come_to_rest(page)
        if not incomparable:
            await assert_looks_the_same(page, f"contact-{look}-{state}", screen.width - PANE)
    if incomparable:
        pytest.skip(incomparable)


@pytest.mark.parametrize("look", SCREENS)
async def test_the_pages_of_contacts_stand_in_nobodys_way_and_look_as_they_did(
    support: Support, windows: Windows, maya: Agent, ada: ContactId, look: str
) -> None:
    screen = SCREENS[look]
    page = await support.window(windows, maya, screen)
    home = f"{support.origin}/inbox/contacts"
    paths = {
        "list": "",
        "one": f"/{ada}",
        "merge": f"/{ada}/merge?email=a.lovelace@other.example",
    }
    for name, path in paths.items():
        await page.goto(home + path)
        assert await violations(page) == []
        assert await misfits(page) == []
        if name != "merge":
            skip_unless_comparable(windows.browser)
            await come_to_rest(page)
            await assert_looks_the_same(page, f"contacts-{look}-{name}")
    assert windows.complaints == []


async def test_two_contacts_are_merged_parted_and_one_is_forgotten(
    support: Support, windows: Windows, maya: Agent, ada: ContactId
) -> None:
    page = await support.window(windows, maya, Screen())
    await page.goto(f"{support.origin}/inbox/contacts?q=lovelace")
    await page.get_by_role("link", name="a.lovelace@other.example").click()
    await page.get_by_label("Email of the other contact").fill(ADA)
    await page.get_by_role("button", name="Compare").click()
    await page.get_by_role("radio", name="Ada King").check()
    await page.get_by_role("button", name="Merge").click()
    await page.get_by_role("heading", name="Ada King").wait_for()
    await page.get_by_role("button", name="Undo the merging of a.lovelace@other.example").click()
    await page.get_by_role("heading", name="a.lovelace@other.example").wait_for()
    await page.get_by_label("Type a.lovelace@other.example to confirm").fill(ADA)
    await page.get_by_role("button", name="Erase").click()
    await page.get_by_text("This is not the email of the contact.").wait_for()
    await page.get_by_label("Type a.lovelace@other.example").fill("a.lovelace@other.example")
    await page.get_by_role("button", name="Erase").click()
    await page.get_by_text("Erased: 1 contact").wait_for()
    assert support.desk.contacts.look_up("a.lovelace@other.example") is None
    assert support.desk.contacts.look_up(ADA)
