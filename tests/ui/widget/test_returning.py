"""The way back from a mail, in a browser that has never been here."""

from datetime import UTC, datetime

import pytest
import pytest_asyncio

from bot.core.model import ConversationId
from bot.edge.signing import Signer
from bot.follow_ups.letter import Letter, Stationery
from bot.mail.mail import write
from bot.storage.conversations.return_links import make_link
from bot.storage.mails.mail_drafts import UnreadReply
from tests.mail_server import read_mail
from tests.ui.axe import violations
from tests.ui.conftest import DESK, HAND, HAND_AT_NIGHT, Windows
from tests.ui.pictures import assert_looks_the_same, skip_unless_comparable
from tests.ui.widget.chat import Chat
from tests.ui.widget.shop import Visitor

_NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
_SCREENS = {"hand": HAND, "hand-at-night": HAND_AT_NIGHT, "desk": DESK}
_ADA = "ada@example.com"


@pytest.fixture(params=_SCREENS)
def place(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def mail(language: str = "en", name: str | None = "Maya") -> str:
    """Write a mail as a visitor gets it, and read its HTML out of it again."""
    stationery = Stationery(
        "https://chat.northwind.example",
        "Northwind <chat@northwind.example>",
        "#0e6b58",
        Signer(("a key of these tests",)),
        "reply@northwind.example",
    )
    replies = (
        UnreadReply(2, name, "Yes, we have it in blue.\nShall we keep one for you?", _NOON),
        UnreadReply(3, name, "We are open until six.", _NOON),
    )
    letter = Letter(
        _ADA, _ADA, language, "webchat", "https://www.northwind.example", replies,
        "k" * 32, (), "0" * 32, "t" * 43,
    )  # fmt: skip
    written = write(stationery.write(letter), stationery.sender, _NOON)
    html = read_mail(written.as_bytes()).get_body(("html",))
    assert html
    return str(html.get_content())


async def test_the_mail_looks_as_approved(windows: Windows, place: str) -> None:
    skip_unless_comparable(windows.browser)
    page = await windows.page(_SCREENS[place])
    await page.set_content(mail())
    await assert_looks_the_same(page, f"mail-{place}")
    assert await violations(page) == []


async def test_the_mail_looks_as_approved_in_german(windows: Windows) -> None:
    skip_unless_comparable(windows.browser)
    page = await windows.page(HAND)
    await page.set_content(mail("de", None))
    await assert_looks_the_same(page, "mail-german")


@pytest_asyncio.fixture(loop_scope="session")
async def link(visitor: Visitor, chat: Chat) -> str:
    """Somebody has written, given an address, and left; the mail's link."""
    await visitor.chat("Do you have it in blue?")
    await chat.reply("Yes, we have")
    with chat.database.write() as connection:
        talk = connection.exec_driver_sql("SELECT id FROM conversations").scalar_one()
        connection.exec_driver_sql("UPDATE conversations SET email = ?", (_ADA,))
        token = make_link(connection, ConversationId(talk), _ADA, chat.clock())
    return f"{chat.origin}/chat/return/{token}"


async def test_a_tap_brings_the_conversation_back(windows: Windows, link: str) -> None:
    page = await windows.page(HAND)
    await page.goto(link)
    await page.get_by_role("button", name="Open the conversation").click()
    # the reply was never mailed, so that whoever comes by the mail does not see it
    await page.get_by_label("Message", exact=True).fill("Keep one, please")
    await page.keyboard.press("Enter")
    await page.get_by_text("Keep one, please").wait_for()
    assert await violations(page) == []
    assert windows.complaints == []
    again = await windows.page(HAND)
    await again.goto(link)
    await again.get_by_role("heading", name="This link has ended").wait_for()
    await page.reload()
    await page.get_by_text("Keep one, please").wait_for()


async def test_the_page_looks_as_approved(windows: Windows, link: str, place: str) -> None:
    skip_unless_comparable(windows.browser)
    page = await windows.page(_SCREENS[place])
    await page.goto(link)
    await page.get_by_text("shop.localhost").wait_for()
    # the port of the test's own shop is another one each time
    await (
        page.get_by_role("main")
        .locator("p")
        .evaluate("p => p.textContent = p.textContent.replace(/:\\d+/, '')")
    )
    await assert_looks_the_same(page, f"return-{place}")
    assert await violations(page) == []
