"""Servers that go away, refuse or answer late."""

import asyncio

from playwright.async_api import expect

from tests.ui.conftest import PATIENCE
from tests.ui.widget.chat import Chat
from tests.ui.widget.shop import Visitor


async def test_what_is_written_without_a_server_waits_for_it(visitor: Visitor, chat: Chat) -> None:
    await visitor.chat("Before")
    await chat.stop()
    await visitor.write("While you were away", "And this")
    bar = visitor.frame.get_by_role("status")
    await expect(bar).to_have_text("No connection. Trying again…")
    await expect(visitor.state("Waiting for connection…")).to_have_count(2)
    await chat.start()
    await visitor.sent()
    await expect(bar).to_have_text("")
    assert chat.texts() == ["Before", "While you were away", "And this"]


async def test_a_restart_brings_what_was_missed(visitor: Visitor, chat: Chat) -> None:
    await visitor.chat("Before")
    await chat.stop()
    await chat.reply("Said meanwhile")
    await chat.start()
    await expect(visitor.said("Said meanwhile")).to_be_visible()
    await expect(visitor.messages).to_have_count(3)


async def test_messages_survive_a_walk_through_the_shop(visitor: Visitor, chat: Chat) -> None:
    await visitor.chat("Before")
    await visitor.page.route("**/chat/messages", lambda route: route.abort())
    await visitor.write("Not yet sent")
    await visitor.state("Waiting for connection…").wait_for()
    await visitor.field.fill("Half a thou")
    await visitor.page.unroute("**/chat/messages")
    await visitor.load()
    await visitor.open()
    await visitor.sent()
    assert chat.texts() == ["Before", "Not yet sent"]
    await expect(visitor.field).to_have_value("Half a thou")


async def test_a_refused_message_can_be_tried_again(visitor: Visitor, chat: Chat) -> None:
    await visitor.chat("Before")
    await visitor.page.route(
        "**/chat/messages", lambda route: route.fulfill(status=422, body="{}"), times=1
    )
    await visitor.write("Refused at first", "Not held up")
    again = visitor.frame.get_by_role("button", name="Not sent. Try again")
    await again.wait_for()
    await expect(visitor.frame.locator(".pending")).to_have_count(1)
    assert chat.texts() == ["Before", "Not held up"]
    await again.click()
    await visitor.sent()
    assert chat.texts() == ["Before", "Not held up", "Refused at first"]
    await expect(visitor.own).to_have_text(["Before", "Not held up", "Refused at first"])


async def test_whoever_is_too_fast_waits_as_long_as_told(visitor: Visitor, chat: Chat) -> None:
    await visitor.chat("Before")
    await visitor.page.clock.install()
    await visitor.load()
    await visitor.open()
    headers = {"Retry-After": "60"}
    refuse = "**/chat/messages"
    await visitor.page.route(
        refuse, lambda route: route.fulfill(status=429, body="{}", headers=headers), times=1
    )
    await visitor.write("Too fast")
    again = visitor.frame.get_by_role("button", name="Not sent. Try again")
    await again.click()
    await visitor.state("Sending…").wait_for()
    asked = chat.asked_for.count("/chat/messages")
    await visitor.page.clock.fast_forward(50_000)
    assert chat.asked_for.count("/chat/messages") == asked
    await visitor.page.clock.fast_forward(11_000)
    await visitor.sent()


async def test_a_ticket_that_is_too_old_is_renewed(visitor: Visitor, chat: Chat) -> None:
    await visitor.chat("Before")
    await visitor.field.fill("Half a thou")
    async with visitor.page.expect_request("**/chat/frame?*"):
        chat.let_tickets_end()
        chat.cut()
    await visitor.said("Before").wait_for()
    await expect(visitor.field).to_have_value("Half a thou")
    await visitor.write("After")
    await visitor.sent()
    assert chat.texts() == ["Before", "After"]


async def test_a_message_sent_with_an_old_ticket_arrives(visitor: Visitor, chat: Chat) -> None:
    await visitor.chat("Before")
    await chat.be_joined()  # else the socket renews the frame in the midst of typing
    chat.let_tickets_end()
    await visitor.write("With an old ticket")
    async with asyncio.timeout(PATIENCE.total_seconds()):  # the frame loads itself anew in between
        while chat.texts() != ["Before", "With an old ticket"]:  # noqa: ASYNC110 - a browser's affair
            await asyncio.sleep(0.05)
    await visitor.sent()


async def test_a_ticket_that_is_never_good_is_not_asked_for_all_the_time(
    visitor: Visitor, chat: Chat
) -> None:
    await visitor.chat("Before")
    chat.has_good_tickets = False
    async with visitor.page.expect_response("**/chat/frame?*"):
        chat.cut()
    asked = chat.asked_for.count("/chat/frame")
    async with visitor.page.expect_websocket():
        pass
    await visitor.page.wait_for_timeout(300)  # long enough for a second reload
    assert chat.asked_for.count("/chat/frame") == asked


async def test_a_network_without_sockets_gets_its_messages(visitor: Visitor, chat: Chat) -> None:
    chat.has_sockets = False
    await visitor.chat("Hello")
    await chat.reply("By another way")
    await expect(visitor.said("By another way")).to_be_visible()
    await expect(visitor.frame.get_by_role("status")).to_have_text("")
