"""The chat without a mouse."""

import pytest
from playwright.async_api import expect

from tests.ui.conftest import HAND
from tests.ui.waiting import until
from tests.ui.widget.chat import Chat
from tests.ui.widget.conftest import Arrive
from tests.ui.widget.shop import Visitor

_FOCUSED = (
    "() => document.activeElement.getAttribute('aria-label') || document.activeElement.id"
    " || document.activeElement.className"
)


@pytest.mark.parametrize("key", ["Enter", "Space"])
async def test_a_key_on_the_launcher_leads_to_the_field_and_escape_back(
    visitor: Visitor, key: str
) -> None:
    await visitor.launcher.focus()
    await visitor.page.keyboard.press(key)
    await expect(visitor.field).to_be_focused()
    await visitor.page.keyboard.press("Escape")
    await expect(visitor.dialog).to_be_hidden()
    await expect(visitor.launcher).to_be_focused()


async def test_escape_on_the_launcher_closes_too(visitor: Visitor) -> None:
    await visitor.open()
    await visitor.launcher.focus()
    await visitor.page.keyboard.press("Escape")
    await expect(visitor.dialog).to_be_hidden()


async def test_escape_closes_on_a_phone(arrive: Arrive) -> None:
    visitor = await arrive(HAND)
    await visitor.open()
    await visitor.field.press("Escape")
    await expect(visitor.dialog).to_be_hidden()


async def test_enter_sends_and_shift_makes_a_line(visitor: Visitor, chat: Chat) -> None:
    await visitor.open()
    await visitor.field.press_sequentially("one")
    await visitor.field.press("Shift+Enter")
    await visitor.field.press_sequentially("two")
    await visitor.field.press("Enter")
    await visitor.sent()
    assert chat.texts() == ["one\ntwo"]


async def test_enter_that_ends_a_composition_does_not_send(visitor: Visitor) -> None:
    await visitor.open()
    await visitor.field.fill("にほ")
    for init in ("isComposing: true", "keyCode: 229"):
        await visitor.field.evaluate(
            "field => field.dispatchEvent(new KeyboardEvent('keydown',"
            f" {{key: 'Enter', bubbles: true, {init}}}))"
        )
    await expect(visitor.own).to_have_count(0)
    await expect(visitor.field).to_have_value("にほ")


async def test_tab_walks_in_order(visitor: Visitor, chat: Chat) -> None:
    await visitor.chat("Hello")
    await chat.ask()
    await visitor.email.wait_for()
    await visitor.frame.locator("#mute").focus()
    walk = []
    for _ in range(8):
        walk.append(await visitor.inside.evaluate(_FOCUSED))
        await visitor.page.keyboard.press("Tab")
    assert walk == [
        "Mute sounds",
        "Close chat",
        "Conversation",
        "email",
        "Send email address",
        "decline",
        "text",
        "Send message",
    ]


async def test_the_log_scrolls_by_keys(visitor: Visitor, chat: Chat) -> None:
    await visitor.chat("Hello")
    for number in range(20):
        await chat.reply(f"Fact {number}")
    await visitor.said("Fact 19").wait_for()
    log = visitor.frame.locator("#log")
    before = await log.evaluate("log => log.scrollTop")
    await log.press("PageUp")
    await until(
        visitor.inside, "before => document.querySelector('#log').scrollTop < before", before
    )
