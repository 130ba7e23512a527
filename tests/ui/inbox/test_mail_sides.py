"""A conversation by mail is told in the sender's, and comes in while that is open."""

from dataclasses import replace
from datetime import timedelta

from playwright.async_api import expect

from bot.core.events import EmailGiven
from bot.core.model import ConversationId
from bot.desk.agent import Agent
from bot.follow_ups.answers import AnswerDesk
from bot.storage.mails.mails import open_threads
from tests.letters import answer
from tests.ui.axe import violations
from tests.ui.inbox.conftest import Open
from tests.ui.inbox.support import Support, on_messenger

ADA, SERVER = "ada@example.com", "mx.shop.example"


def take(support: Support, talk: ConversationId, text: str) -> None:
    """Let the owner of the address answer a mail of the conversation."""
    desk = AnswerDesk(
        support.database, lambda: support.rules, support.doorbell, support.clock,
        "reply@shop.example", authserv_id=SERVER,
    )  # fmt: skip
    with support.database.write() as connection:
        token = open_threads(connection, {talk: ADA}, support.clock())[talk]
    to = f"reply+{token}@shop.example"
    desk.take(answer(to, text, sender=ADA, key=f"{len(text)}@x", verdict=f"{SERVER}; dmarc=pass"))


async def test_both_come_in_live_and_a_mail_is_written_from_either(
    support: Support, maya: Agent, open_inbox: Open
) -> None:
    support.rules = replace(support.rules, follow_up_delay=timedelta(0), enabled=False)
    sender = on_messenger("ann")
    talk = support.write("In blue?", sender)
    support.report(EmailGiven(ADA, support.clock()), sender)
    take(support, talk, "By mail, please")
    page = await open_inbox(maya, f"/{talk}")
    said = page.locator("#log .said")
    await expect(said.get_by_text("By mail, please")).to_be_visible()
    take(support, talk, "And my other question")
    await expect(said.get_by_text("And my other question")).to_be_visible()
    await page.locator("#reply label").filter(has_text="Mail").click()
    await page.locator("#text").fill("To the mailbox")
    await page.locator("#send").click()
    await expect(said.get_by_text("To the mailbox")).to_be_visible()
    assert await violations(page) == []
    [written] = support.office.rows("messages", author="agent")
    [side] = support.office.rows("conversations", channel="email")
    assert written["conversation_id"] == side["id"]
    await page.locator("#log").get_by_role("link", name="Mail").first.click()
    await expect(page.locator("#thread .sub")).to_have_text("By mail")
    support.write("And the pegs?", sender)
    await expect(page.locator("#log .said").get_by_text("And the pegs?")).to_be_visible()
