"""Input methods (IME) in the inbox: the Enter that confirms a word sends nothing, anywhere."""

from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from bot.core.model import ConversationId
from bot.desk.agent import Agent
from bot.desk.saved_replies import SavedReplies
from bot.desk.types import Person
from tests.ui.composing import DROP, confirm_a_word, keystrokes, type_by_input_method
from tests.ui.conftest import Screen, Windows
from tests.ui.inbox.conftest import Open
from tests.ui.inbox.support import Support, on_site
from tests.ui.waiting import until

if TYPE_CHECKING:
    from playwright.async_api import Page, Request

WIDE = Screen(1440, 900)
FIELDS = {
    "/inbox/login": ["#email", "#password"],
    "/inbox": ["#q"],
    "/inbox/{talk}?add=create": ["#contact-email", "#contact-first", "#contact-last"],
    "/inbox/contacts": ["#q"],
    "/inbox/contacts/{contact}": ["#email", "#first_name", "#last_name", "#other", "#typed"],
    "/inbox/replies": ["#shortcut0"],
    "/inbox/settings": ["#name", "#old", "#fresh"],
    "/inbox/notifications": ["#zone"],
    "/inbox/team": ["#email", "#name", "#password"],
    "/inbox/webhooks": ["#url"],
}
"""The fields of one line, whose Enter a browser takes for a wish to send the form."""
_COUNT_FORMS = """() => {
  window.sent = 0;
  for (const form of document.forms) form.noValidate = true;
  addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    window.sent += 1;
  }, true);
}"""


@pytest.fixture
def talk(support: Support) -> ConversationId:
    return support.write("送料はいくらですか", on_site("ann"))


@pytest_asyncio.fixture(loop_scope="session")
async def page(support: Support, talk: ConversationId, maya: Agent, open_inbox: Open) -> "Page":
    SavedReplies(support.database, support.clock).add("hours", "9 to 5", maya.email)
    return await open_inbox(maya, f"/{talk}", WIDE)


def count_posts(page: "Page") -> list[str]:
    """Note what the page sends from now on."""
    posts: list[str] = []

    def note(request: "Request") -> None:
        if request.method == "POST":
            posts.append(request.url)

    page.on("request", note)
    return posts


async def settle(page: "Page") -> None:
    """Let the page do what it has begun."""
    await page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")


@pytest.mark.parametrize("kind", ["reply", "note"])
@keystrokes
async def test_enter_sends_only_what_an_input_method_has_let_go(
    page: "Page", kind: str, *, keystrokes: list[Any], is_sent: bool
) -> None:
    await page.locator(f"#kind-{kind}").check(force=True)
    field = page.locator("#text")
    await field.fill("にほ")
    await settle(page)
    posts = count_posts(page)
    await type_by_input_method(field, keystrokes)
    if is_sent:
        await page.locator("#log .msg.out", has_text="にほ").wait_for()
    await settle(page)
    assert len([url for url in posts if "/messages" in url]) == int(is_sent)
    assert await field.input_value() == ("" if is_sent else "にほ")


@keystrokes
async def test_enter_takes_a_saved_reply_only_when_it_is_let_go(
    page: "Page", *, keystrokes: list[Any], is_sent: bool
) -> None:
    field = page.locator("#text")
    await field.fill("/h")
    await page.locator("#replies li").wait_for()
    await type_by_input_method(field, keystrokes)
    assert await field.input_value() == ("9 to 5" if is_sent else "/h")


async def test_escape_that_drops_a_word_leaves_everything_open(page: "Page") -> None:
    await page.locator("#add-contact").click()
    for field in ("#contact-email", "#q", "#text"):
        await page.locator(field).fill("/")
        await page.locator(field).focus()
        await settle(page)
        await type_by_input_method(page.locator(field), DROP)
        assert await page.evaluate("document.activeElement.id") == field.removeprefix("#")
    await page.locator("#replies li").wait_for()
    assert await page.locator("#contact-email").is_visible()


async def test_no_form_is_sent_by_the_enter_that_confirms_a_word(
    windows: Windows, support: Support, maya: Agent, talk: ConversationId
) -> None:
    book = support.desk.contacts
    contact = book.create(Person("ann@shop.example"), maya.actor)
    signed_in, stranger = await support.window(windows, maya, WIDE), await windows.page()
    sent = []
    for address, fields in FIELDS.items():
        page = stranger if address == "/inbox/login" else signed_in
        await page.goto(support.origin + address.format(talk=talk, contact=contact.id))
        await page.evaluate(_COUNT_FORMS)
        for field in fields:
            await page.locator(field).focus()
            await confirm_a_word(page)
            if await page.evaluate("sent"):
                sent.append((address, field))
            await page.keyboard.press("Enter")
            await until(page, "sent")
            await page.evaluate("sent = 0")
    assert sent == []
