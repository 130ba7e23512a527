"""Messages on their way, and what comes back."""

import pytest
from playwright.async_api import WebSocketRoute, expect

from bot.core.model import Author
from bot.ports.signals import SignalKind
from tests.channels.webchat.bot import until
from tests.ui.conftest import Windows
from tests.ui.widget.chat import Chat
from tests.ui.widget.conftest import Arrive
from tests.ui.widget.shop import Visitor

_COUNT_TONES = """
window.tones = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (at) { window.tones += 1; return start.call(this, at); };
"""


async def test_a_message_is_sent_and_then_seen(visitor: Visitor, chat: Chat) -> None:
    await visitor.chat("Is the Halden in stock?")
    await expect(visitor.field).to_have_value("")
    await chat.reply("It is")
    await visitor.state("Seen").wait_for()
    await visitor.write("I need two")
    await visitor.sent()
    assert await visitor.frame.locator(".visitor .meta").all_inner_texts() == ["", "Sent"]
    assert chat.texts() == ["Is the Halden in stock?", "It is", "I need two"]


async def test_the_button_sends_too(visitor: Visitor, chat: Chat) -> None:
    await visitor.open()
    await visitor.field.fill("One tap")
    await visitor.frame.get_by_role("button", name="Send message").click()
    await visitor.sent()
    await expect(visitor.field).to_be_focused()


async def test_blanks_are_no_message(visitor: Visitor) -> None:
    await visitor.open()
    await visitor.write("  \n ")
    await expect(visitor.own).to_have_count(0)


async def test_an_agent_types_and_answers(visitor: Visitor, chat: Chat) -> None:
    await visitor.chat("Hello")
    await chat.type()
    dots = visitor.frame.locator("#dots")
    await expect(dots).to_have_text("Maya is typing")
    await chat.reply("Hi, Maya here")
    await visitor.said("Hi, Maya here").wait_for()
    await expect(dots).to_be_hidden()
    await expect(visitor.frame.locator(".team .meta").last).to_contain_text("Maya · ")


async def test_an_agent_who_stops_typing_is_forgotten(visitor: Visitor, chat: Chat) -> None:
    await visitor.page.clock.install()
    await visitor.load()
    await visitor.chat("Hello")
    await chat.type()
    dots = visitor.frame.locator("#dots")
    await dots.wait_for()
    await visitor.page.clock.fast_forward(5_000)
    await expect(dots).to_be_visible()
    await visitor.page.clock.fast_forward(1_500)
    await expect(dots).to_be_hidden()


async def test_messages_of_one_author_stand_together(visitor: Visitor, chat: Chat) -> None:
    await visitor.chat("Hello")
    for text, name in (("One", "Maya"), ("Two", "Maya"), ("Three", "Ben")):
        await chat.reply(text, name)
    await visitor.said("Three").wait_for()
    joined = await visitor.frame.locator(".msg.more .text").all_inner_texts()
    assert joined == ["Two"]
    metas = visitor.frame.locator(".team .meta")
    assert [await metas.nth(n).is_visible() for n in (1, 2, 3)] == [False, True, True]


async def test_links_lead_out_and_tell_nothing(visitor: Visitor, chat: Chat) -> None:
    await visitor.chat("Hello")
    await chat.reply("See (https://shop.example/a?b=1&c=ü), or http://shop.example.")
    links = visitor.frame.locator(".text a")
    await expect(links).to_have_text(["https://shop.example/a?b=1&c=ü", "http://shop.example"])
    for link in await links.all():
        await expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
        await expect(link).to_have_attribute("target", "_blank")


async def test_two_tabs_show_each_message_once(visitor: Visitor, chat: Chat) -> None:
    await visitor.chat("From the first tab")
    second = await Visitor.arrive(visitor.page.context, visitor.site)
    await second.open()
    await second.said("From the first tab").wait_for()
    await second.write("From the second tab")
    await second.sent()
    await chat.reply("To both")
    for tab in (visitor, second):
        await tab.said("To both").wait_for()
        texts = await tab.messages.all_inner_texts()
        assert texts[1:] == ["From the first tab", "From the second tab", "To both"]


async def test_what_comes_twice_is_shown_and_read_out_once(visitor: Visitor, chat: Chat) -> None:
    def tell_twice(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def pass_on(frame: str | bytes) -> None:
            socket.send(frame)
            socket.send(frame)

        server.on_message(pass_on)

    await visitor.page.route_web_socket("**/chat/socket", tell_twice)
    await visitor.chat("Hello")
    await chat.reply("Once")
    await chat.reply("And then this")
    await visitor.said("And then this").wait_for()
    await expect(visitor.said("Once")).to_have_count(1)


async def test_somebody_who_reads_further_up_stays_there(visitor: Visitor, chat: Chat) -> None:
    await visitor.chat("Tell me everything")
    for number in range(20):
        await chat.reply(f"Fact {number}")
    await visitor.said("Fact 19").wait_for()
    log = visitor.frame.locator("#log")
    await visitor.scroll()
    jump = visitor.frame.get_by_role("button", name="Latest messages")
    await expect(jump).to_be_hidden()
    await chat.reply("And one more")
    await jump.wait_for()
    assert await log.evaluate("log => log.scrollTop") == 0
    await jump.click()
    await expect(visitor.said("And one more")).to_be_in_viewport()
    await expect(jump).to_be_hidden()


async def test_the_log_follows_to_its_end(visitor: Visitor, chat: Chat) -> None:
    await visitor.chat("Tell me everything")
    for number in range(20):
        await chat.reply(f"Fact {number}")
    await expect(visitor.said("Fact 19")).to_be_in_viewport()
    await visitor.field.fill("A long\n\n\n\n\n\ndraft")
    await expect(visitor.said("Fact 19")).to_be_in_viewport()


async def test_what_is_older_is_fetched_on_the_way_up(visitor: Visitor, chat: Chat) -> None:
    await visitor.chat("First of all")
    for number in range(160):
        await chat.reply(f"Fact {number}")
    await visitor.load()
    await visitor.open()
    await visitor.said("Fact 159").wait_for()
    await expect(visitor.said("First of all")).to_have_count(0)
    await expect(visitor.messages).to_have_count(51)
    await visitor.scroll(100)
    await expect(visitor.messages).to_have_count(151)
    await expect(visitor.said("Fact 110")).to_be_in_viewport()
    await visitor.scroll()
    await visitor.said("First of all").wait_for()
    texts = await visitor.messages.all_inner_texts()
    assert texts[1:] == ["First of all", *(f"Fact {number}" for number in range(160))]


async def test_a_returning_visitor_sees_what_is_new(visitor: Visitor, chat: Chat) -> None:
    await visitor.chat("Hello")
    await chat.reply("Read")
    await visitor.said("Read").wait_for()
    await visitor.leave()
    for number in range(12):
        await chat.reply(f"Unread {number}")
    badge = visitor.page.locator(".go b")
    await expect(badge).to_have_text("9+")
    await visitor.load()
    await expect(badge).to_have_text("9+")
    await expect(visitor.launcher).to_have_accessible_name("Open chat, 12 unread messages")
    await visitor.open()
    await expect(badge).to_have_text("")
    await visitor.leave()
    await expect(visitor.launcher).to_have_accessible_name("Open chat")
    await chat.reply("And one")
    await expect(visitor.launcher).to_have_accessible_name("Open chat, 1 unread message")


async def test_the_server_hears_what_was_read(visitor: Visitor, chat: Chat) -> None:
    await visitor.chat("Hello")
    await chat.reply("Read this")
    await visitor.said("Read this").wait_for()
    await visitor.leave()
    await chat.reply("Not this")
    await expect(visitor.page.locator(".go b")).to_have_text("1")
    await until(lambda: chat.read_seq() == 2)


async def test_the_server_hears_that_the_visitor_types(visitor: Visitor, chat: Chat) -> None:
    await visitor.chat("Hello")
    await chat.be_joined()
    async with chat.overheard() as hints:
        await visitor.field.press_sequentially("Hello there")
        await visitor.field.press("Enter")
        await visitor.sent()
        await until(lambda: hints[-1:] and hints[-1].kind is SignalKind.CHANGED)
    assert [hint.author for hint in hints if hint.kind is SignalKind.TYPING] == [Author.VISITOR]


async def test_writing_opens_a_closed_conversation(visitor: Visitor, chat: Chat) -> None:
    await visitor.chat("Hello")
    await chat.close()
    await visitor.load()
    await visitor.open()
    line = visitor.frame.locator(".line").get_by_text("This conversation was closed.")
    await line.wait_for()
    await visitor.write("One more thing")
    await visitor.sent()
    await expect(line).to_have_count(0)


async def test_closing_shows_at_once(visitor: Visitor, chat: Chat) -> None:
    await visitor.chat("Hello")
    line = visitor.frame.locator(".line").get_by_text("This conversation was closed.")
    await chat.close()
    await line.wait_for()
    await expect(visitor.frame.locator("#announcer")).to_contain_text("was closed")
    await chat.reopen()
    await expect(line).to_have_count(0)
    await chat.close()
    await line.wait_for()
    await visitor.write("One more thing")
    await visitor.sent()
    await expect(line).to_have_count(0)


async def test_what_was_closed_without_a_socket_shows_when_it_is_back(
    visitor: Visitor, chat: Chat
) -> None:
    await visitor.chat("Hello")
    await chat.stop()
    await chat.close()
    await chat.start()
    await visitor.frame.locator(".line").wait_for(timeout=30_000)


async def test_news_are_read_out_once(visitor: Visitor, chat: Chat) -> None:
    await visitor.chat("Hello")
    await expect(visitor.frame.locator("#log")).to_have_attribute("aria-live", "off")
    announcer = visitor.frame.locator("#announcer")
    await expect(announcer).to_have_text("")
    await chat.reply("Hi there")
    await expect(announcer).to_have_text("Maya: Hi there")
    await visitor.load()
    await visitor.open()
    await expect(announcer).to_have_text("")


async def test_days_are_told_apart(visitor: Visitor, chat: Chat) -> None:
    await visitor.page.clock.install(time="2026-11-22T09:00:00Z")
    await visitor.load()
    for moment in ("2025-12-31T09:00", "2026-11-09T09:00", "2026-11-21T23:59", "2026-11-22T08:00"):
        chat.set_clock(f"{moment}:00+00:00")
        if moment.startswith("2025"):
            await visitor.chat("Hello")
        else:
            await chat.reply("Again")
    await visitor.load()
    await visitor.open()
    days = visitor.frame.locator(".day:visible")
    await expect(days).to_have_text(["December 31, 2025", "November 9", "Yesterday", "Today"])


@pytest.mark.parametrize("is_muted", [False, True], ids=["on", "muted"])
async def test_a_sound_tells_of_news_in_a_closed_chat(
    windows: Windows, site: str, chat: Chat, *, is_muted: bool
) -> None:
    context = await windows.context()
    await context.add_init_script(_COUNT_TONES)
    visitor = await Visitor.arrive(context, site)
    await visitor.chat("Hello")
    mute = visitor.frame.get_by_role("button", name="Mute sounds")
    if is_muted:
        await mute.click()
        await expect(mute).to_have_attribute("aria-pressed", "true")
    await chat.reply("While you read")
    await visitor.said("While you read").wait_for()
    await visitor.leave()
    await chat.reply("While you do not")
    await expect(visitor.page.locator(".go b")).to_have_text("1")
    assert await visitor.inside.evaluate("window.tones") == (0 if is_muted else 2)


async def test_nothing_sounds_before_the_visitor_has_written(
    windows: Windows, site: str, chat: Chat
) -> None:
    context = await windows.context()
    await context.add_init_script(_COUNT_TONES)
    visitor = await Visitor.arrive(context, site)
    await visitor.chat("Hello")
    await visitor.load()
    await chat.reply("Welcome back")
    await expect(visitor.page.locator(".go b")).to_have_text("1")
    assert await visitor.inside.evaluate("window.tones") == 0


async def test_the_page_keeps_its_title(arrive: Arrive, chat: Chat) -> None:
    visitor = await arrive()
    title = await visitor.page.title()
    await visitor.chat("Hello")
    await visitor.leave()
    await chat.reply("News")
    await expect(visitor.page.locator(".go b")).to_have_text("1")
    assert await visitor.page.title() == title
