"""The chat without a mouse."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.ui.composing import ANDROIDS_ENTER, keystrokes, type_by_input_method
from tests.ui.conftest import HAND, Windows
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


@keystrokes
async def test_enter_sends_only_what_an_input_method_has_let_go(
    visitor: Visitor, *, keystrokes: list[Any], is_sent: bool
) -> None:
    await visitor.open()
    await visitor.field.fill("にほ")
    await type_by_input_method(visitor.field, keystrokes)
    await expect(visitor.own).to_have_count(int(is_sent))
    await expect(visitor.field).to_have_value("" if is_sent else "にほ")


async def test_androids_enter_sends_though_it_ends_a_word(windows: Windows, site: str) -> None:
    context = await windows.context(HAND, user_agent="Mozilla/5.0 (Linux; Android 16) Chrome/156")
    visitor = await Visitor.arrive(context, site)
    await visitor.open()
    await visitor.field.fill("hello")
    await type_by_input_method(visitor.field, ANDROIDS_ENTER)
    await expect(visitor.own).to_have_text(["hello"])


async def test_escape_that_drops_a_word_leaves_the_chat_open(visitor: Visitor) -> None:
    await visitor.open()
    escape = {"key": "Escape", "code": "Escape", "keyCode": 229}
    await type_by_input_method(visitor.field, [("compositionend", {}), ("keydown", escape)])
    await expect(visitor.dialog).to_be_visible()


async def test_tab_walks_in_order(visitor: Visitor, chat: Chat) -> None:
    await visitor.chat("Hello")
    await chat.ask()
    await visitor.email.wait_for()
    await visitor.frame.locator("#mute").focus()
    walk = []
    for _ in range(9):
        walk.append(await visitor.inside.evaluate(_FOCUSED))
        await visitor.page.keyboard.press("Tab")
    assert walk == [
        "Mute sounds",
        "Close chat",
        "Conversation",
        "email",
        "Send email address",
        "decline",
        "Attach files",
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
