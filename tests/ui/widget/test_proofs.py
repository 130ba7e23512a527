"""The ways to a conversation for who has proved its address: on a site, on a subdomain, alone."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from playwright.async_api import BrowserContext, Page, expect

from bot.core.model import ConversationId
from bot.storage.conversations.proofs import make_code
from bot.storage.conversations.return_links import make_link
from bot.storage.tables import conversations, proofs
from tests.ui.axe import violations
from tests.ui.conftest import DESK, HAND, Windows
from tests.ui.widget.chat import Chat
from tests.ui.widget.conftest import CROSS_SITE, SUBDOMAIN, Arrive, Layout
from tests.ui.widget.shop import Visitor

ADA, NEW = "ada@example.com", "ada@new.example.org"
ANYWHERE = pytest.mark.parametrize("layout", [CROSS_SITE], ids=["cross-site"], indirect=True)
MOVED = "This conversation goes on by email."


@pytest.fixture(params=[CROSS_SITE, SUBDOMAIN], ids=["cross-site", "subdomain"])
def layout(request: pytest.FixtureRequest) -> Layout:
    chosen: Layout = request.param
    return chosen


def link(chat: Chat) -> str:
    """Make what a mail of now would lead to."""
    with chat.database.write() as connection:
        talk = connection.execute(sa.select(conversations.c.id)).scalars().first()
        token = make_link(connection, ConversationId(talk or 0), ADA, chat.clock())
    return f"{chat.origin}/chat/return/{token}"


def code(chat: Chat) -> str:
    """Write the mail that was asked for last, and read the code in it."""
    with chat.database.write() as connection:
        last = connection.execute(sa.select(sa.func.max(proofs.c.id))).scalar_one()
        return make_code(connection, last, chat.clock())


async def count_taps(context: BrowserContext) -> Callable[[], int]:
    """Count what somebody has to tap from now on, on whatever page."""
    taps = list[str]()

    def note(tapped: str) -> None:
        taps.append(tapped)

    await context.expose_function("tapped", note)
    await context.add_init_script(
        "addEventListener('click', ({target}) => window.tapped?.(target.outerHTML ?? ''), true)"
    )
    return lambda: len(taps)


async def press(page: Page, address: str) -> None:
    await page.goto(address)
    await page.get_by_role("button", name="Open the conversation").click()
    await page.locator("#text").wait_for()


async def write(page: Page, text: str) -> None:
    await page.locator("#text").fill(text)
    await page.locator("#text").press("Enter")


async def begin(visitor: Visitor, chat: Chat) -> None:
    """Let somebody write at the shop, give an address and be answered."""
    await visitor.chat("Do you have it in blue?", ADA)
    await chat.reply("Yes, we have")
    await visitor.said("Yes, we have").wait_for()


async def test_the_code_brings_a_frame_on_any_site_along(
    visitor: Visitor, chat: Chat, windows: Windows
) -> None:
    await begin(visitor, chat)
    device = await windows.context(HAND)
    taps = await count_taps(device)
    owner = await device.new_page()
    await press(owner, link(chat))
    assert taps() == 1
    await expect(owner.locator("#moved")).to_have_count(0)
    await write(owner, "It is me")
    moved = visitor.frame.locator("#moved")
    await expect(moved).to_contain_text(MOVED)
    await expect(visitor.said("It is me")).to_have_count(0)
    assert await violations(visitor.page) == []
    await moved.get_by_role("button", name="Send me a link").click()
    digits = visitor.frame.get_by_label("Code from the mail")
    await digits.fill("000000")
    await digits.press("Enter")
    await expect(moved).to_contain_text("That code is not right, or too old.")
    await digits.fill(code(chat))
    await digits.press("Enter")
    await visitor.said("It is me").wait_for()
    await expect(moved).to_have_count(0)
    await write(owner, "And again")
    await visitor.said("And again").wait_for()


async def test_the_same_browser_is_asked_for_nothing(
    visitor: Visitor, chat: Chat, layout: Layout
) -> None:
    await begin(visitor, chat)
    taps = await count_taps(visitor.page.context)
    page = await visitor.page.context.new_page()
    await press(page, link(chat))
    assert taps() == 1
    await write(page, "It is me")
    if layout is CROSS_SITE:  # the browser itself keeps the frame's cookies from the link
        await expect(visitor.frame.locator("#moved")).to_contain_text(MOVED)
        return
    await visitor.said("It is me").wait_for()
    await expect(visitor.frame.locator("#moved")).to_have_count(0)
    await expect(page.get_by_text("Do you have it in blue?")).to_be_visible()


@ANYWHERE
async def test_without_mails_the_line_stands_alone(
    visitor: Visitor, chat: Chat, windows: Windows
) -> None:
    del chat.wishes["smtp_url"], chat.wishes["email_from"]
    await chat.change()
    await begin(visitor, chat)
    owner = await windows.page(DESK)
    await press(owner, link(chat))
    moved = visitor.frame.locator("#moved")
    await expect(moved).to_contain_text(MOVED)
    await expect(moved.get_by_role("button")).to_have_count(0)


@ANYWHERE
async def test_another_address_is_proved_where_it_was_typed(
    arrive: Arrive, chat: Chat, windows: Windows
) -> None:
    await begin(await arrive(), chat)
    owner = await windows.page(DESK)
    await press(owner, link(chat))
    await write(owner, NEW)
    moved = owner.locator("#moved")
    await expect(moved).to_contain_text(f"Replies go to {NEW} as soon as you type the code")
    assert await violations(owner) == []
    await owner.get_by_label("Code from the mail").fill(code(chat))
    await owner.keyboard.press("Enter")
    await expect(moved).to_have_count(0)
    with chat.database.read() as connection:
        assert connection.execute(sa.select(conversations.c.proved_email)).scalar() == NEW
