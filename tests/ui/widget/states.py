"""Leads a visitor through what the chat can look like."""

from collections.abc import AsyncIterator

from playwright.async_api import expect

from tests.ui.widget.chat import Chat
from tests.ui.widget.shop import Visitor


async def every_state(visitor: Visitor, chat: Chat) -> AsyncIterator[str]:
    """Stop at each state and name it."""
    for walk in (_ask_and_answer, _in_bad_weather, _away_and_back):
        async for state in walk(visitor, chat):
            yield state


async def _ask_and_answer(visitor: Visitor, chat: Chat) -> AsyncIterator[str]:
    await visitor.launcher.wait_for()
    yield "closed"
    await visitor.open()
    yield "open"
    await visitor.write("Hi! Does the Halden 2 fit into a 40 litre pack?")
    await visitor.sent()
    await chat.type()
    await visitor.frame.locator("#dots").wait_for()
    yield "typing"
    await chat.reply("Happy to help! It packs down to 42 by 16 cm, so it fits most 40 L packs.")
    await visitor.sent("Seen")
    await chat.reply("Shall I check your shop? See https://shop.example/halden-2.")
    await chat.ask("In case you need to leave: where should we email our reply?")
    await visitor.email.wait_for()
    yield "asked"
    await visitor.give("ada@gmial.com")
    await expect(visitor.problem).to_contain_text("ada@gmail.com")
    yield "suggestion"
    await visitor.problem.get_by_role("button").click()
    await visitor.frame.get_by_text("If that is not right").wait_for()  # the server's own words
    yield "thanks"


async def _in_bad_weather(visitor: Visitor, chat: Chat) -> AsyncIterator[str]:
    await visitor.page.route(
        "**/chat/messages", lambda route: route.fulfill(status=422, body="{}"), times=1
    )
    await visitor.write("Too much of a good thing")
    again = visitor.frame.get_by_role("button", name="Not sent. Try again")
    await again.wait_for()
    yield "refused"
    await again.click()
    await visitor.sent()
    await chat.stop()
    await visitor.write("Yes please, two of them")
    await visitor.state("Waiting for connection…").wait_for()
    await visitor.frame.get_by_text("No connection.").wait_for()
    yield "offline"
    await chat.start()
    await visitor.sent()


async def _away_and_back(visitor: Visitor, chat: Chat) -> AsyncIterator[str]:
    for number in range(8):
        await chat.reply(f"Shop {number + 1} has it", name="Ben")
    await visitor.said("Shop 8 has it").wait_for()
    await visitor.scroll()
    await chat.reply("And that is all", name="Ben")
    await visitor.frame.locator("#jump").wait_for()
    yield "further-up"
    if await visitor.frame.locator("#jump").is_visible():  # axe scrolls, too
        await visitor.frame.locator("#jump").click()
    await visitor.leave()
    await chat.reply("One more thing")
    await chat.reply("And another")
    await expect(visitor.page.locator(".go b")).to_have_text("2")
    yield "unread"
    await chat.close()
    await visitor.load(data_theme="auto")
    await visitor.open()
    await visitor.frame.locator(".line").wait_for()
    yield "reopened"
