"""The card that asks for an email."""

from playwright.async_api import Route, expect

from tests.ui.widget.chat import Chat
from tests.ui.widget.shop import Visitor


async def test_an_address_turns_the_card_into_a_note(visitor: Visitor, chat: Chat) -> None:
    await visitor.chat("Hello")
    await chat.ask("Where should we email our reply?")
    await visitor.frame.get_by_role("group").or_(visitor.frame.locator(".card")).wait_for()
    await visitor.give("ada@example.com")
    note = visitor.frame.locator(".note")
    await expect(note).to_contain_text("Thank you. We will use ada@example.com to reply")
    await expect(note).to_have_count(1)
    await expect(visitor.frame.locator(".card")).to_have_count(0)
    await expect(visitor.field).to_be_focused()
    await expect(visitor.frame.locator("#announcer")).to_contain_text("ada@example.com")
    assert chat.last_email() == "ada@example.com"
    await visitor.load()
    await visitor.open()
    await expect(note).to_have_count(1)
    await visitor.messages.get_by_text("Where should we email our reply?").wait_for()


async def test_the_question_is_read_out_and_blocks_nothing(visitor: Visitor, chat: Chat) -> None:
    await visitor.chat("Hello")
    await chat.ask("Where should we email our reply?")
    await visitor.email.wait_for()
    await expect(visitor.frame.locator("#announcer")).to_contain_text("Where should we email")
    await expect(visitor.field).to_be_focused()
    await visitor.write("And another thing")
    await visitor.said("And another thing").wait_for()
    await expect(visitor.email).to_be_visible()


async def test_what_is_no_address_is_said_beside_the_field(visitor: Visitor, chat: Chat) -> None:
    await visitor.chat("Hello")
    await chat.ask()
    for text in ("", "ada", "ada@example"):
        await visitor.give(text)
        await expect(visitor.problem).to_have_text("That does not look like an email address.")
        await expect(visitor.problem).to_have_attribute("role", "alert")
        await expect(visitor.email).to_have_attribute("aria-invalid", "true")
        await expect(visitor.email).to_be_focused()
    await visitor.email.fill("ada@e")
    await expect(visitor.problem).to_have_text("")
    await expect(visitor.email).to_have_attribute("aria-invalid", "false")


async def test_a_suggestion_is_one_tap(visitor: Visitor, chat: Chat) -> None:
    await visitor.chat("Hello")
    await chat.ask()
    await visitor.give("ada@gmial.com")
    await expect(visitor.problem).to_have_text("Did you mean ada@gmail.com?")
    await visitor.problem.get_by_role("button").click()
    await visitor.frame.locator(".note").wait_for()
    assert chat.last_email() == "ada@gmail.com"


async def test_the_same_address_again_is_meant(visitor: Visitor, chat: Chat) -> None:
    await visitor.chat("Hello")
    await chat.ask()
    await visitor.give("ada@gmial.com")
    await expect(visitor.problem).to_contain_text("Did you mean")
    await visitor.frame.locator(".card .send").click()
    await visitor.frame.locator(".note").wait_for()
    assert chat.last_email() == "ada@gmial.com"


async def test_no_thanks_is_taken(visitor: Visitor, chat: Chat) -> None:
    await visitor.chat("Hello")
    await chat.ask()
    await visitor.frame.get_by_role("button", name="No thanks").click()
    await expect(visitor.frame.locator(".line")).to_have_text("All right. We will reply here.")
    await expect(visitor.frame.locator(".card")).to_have_count(0)
    await expect(visitor.field).to_be_focused()
    await visitor.load()
    await visitor.open()
    await visitor.said("Hello").wait_for()
    await expect(visitor.frame.locator(".card")).to_have_count(0)


async def test_an_unanswered_question_waits(visitor: Visitor, chat: Chat) -> None:
    await visitor.chat("Hello")
    await chat.ask()
    await visitor.email.wait_for()
    await visitor.load()
    await visitor.open()
    await visitor.give("ada@example.com")
    await visitor.frame.locator(".note").wait_for()


async def test_an_answer_in_a_message_settles_the_card(visitor: Visitor, chat: Chat) -> None:
    await visitor.chat("Hello")
    await chat.ask("Where to?")
    await visitor.email.wait_for()
    await visitor.write("ada@example.com")
    await expect(visitor.frame.locator(".note")).to_contain_text("We will use ada@example.com")
    await expect(visitor.frame.locator(".card")).to_have_count(0)
    await visitor.messages.get_by_text("Where to?").wait_for()


async def test_a_server_that_fails_keeps_the_card(visitor: Visitor, chat: Chat) -> None:
    async def fail(route: Route) -> None:
        await route.fulfill(status=503, body="{}")

    await visitor.chat("Hello")
    await chat.ask()
    await visitor.page.route("**/chat/email", fail)
    await visitor.page.route("**/chat/decline", fail)
    await visitor.give("ada@example.com")
    await expect(visitor.problem).to_contain_text("Please try again")
    await visitor.frame.get_by_role("button", name="No thanks").click()
    await expect(visitor.problem).to_contain_text("Please try again")
    await expect(visitor.email).to_have_value("ada@example.com")


async def test_a_notice_stands_beside_the_card(visitor: Visitor, chat: Chat) -> None:
    await chat.change(consent_mode="notice", privacy_url="https://shop.example/privacy")
    await visitor.chat("Hello")
    await chat.ask()
    policy = visitor.frame.get_by_role("link", name="Privacy policy")
    await expect(policy).to_have_attribute("href", "https://shop.example/privacy")
    notice = visitor.frame.locator(".card").get_by_text("only to reply to you")
    await notice.wait_for()
    await visitor.give("ada@example.com")
    await visitor.frame.locator(".note").wait_for()


async def test_a_box_is_to_be_ticked_where_consent_is_required(
    visitor: Visitor, chat: Chat
) -> None:
    await chat.change(consent_mode="required")
    await visitor.chat("Hello")
    await chat.ask()
    await visitor.give("ada@example.com")
    await expect(visitor.problem).to_have_text("Please tick the box first.")
    box = visitor.frame.get_by_role("checkbox")
    await expect(box).to_be_focused()
    assert chat.last_email() is None
    await box.check()
    await expect(visitor.problem).to_have_text("")
    await visitor.frame.locator(".card .send").click()
    await visitor.frame.locator(".note").wait_for()
    assert chat.last_email() == "ada@example.com"
