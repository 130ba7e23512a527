"""A stop where agents look: above the list, in the row, in the thread and in the composer."""

from bot.core.model import CaptureState, ConversationId
from bot.desk.types import Actor, Words
from bot.outbox.accounts import settle_accounts
from bot.outbox.gates import PROBE_LASTS, Heard
from bot.outbox.holding import Held
from bot.outbox.stops import end
from bot.ports.errors import SendError, Trouble
from tests.bot.web.inbox.browsers import Browser
from tests.bot.web.inbox.pages import open_thread, read, words
from tests.office import PAGE, Office

DEAD = SendError("The token is dead.", trouble=Trouble.CREDENTIALS)
JO = Actor("jo@shop.example", "Jo")


def stop_page(office: Office) -> None:
    """Let a page stop."""
    heard = {("messenger", PAGE): Heard("", PROBE_LASTS, [DEAD])}
    with office.database.write() as connection:
        settle_accounts(Held(connection, office.rules, office.now, {}), heard)


async def test_the_prompts_reason_the_messages_state_and_the_composer_say_that_a_page_is_stopped(
    office: Office, maya: Browser, talk: ConversationId
) -> None:
    assert office.conversation().capture.state is CaptureState.SCHEDULED
    stop_page(office)
    office.pass_time(600)
    said = words(await open_thread(maya, talk))
    assert "Will ask for an email when messages leave again" in said
    assert "Stopped: the page 1001 on Messenger since 12:00. The token is dead." in said
    maya.parts.desk.reply(talk, Words("Here I am", "c1"), JO)
    said = words(await open_thread(maya, talk))
    assert "Waits: The token is dead" in said
    assert "Sending" not in said


async def test_a_stop_stands_above_the_list_and_in_the_row_until_it_is_over(
    office: Office, maya: Browser, talk: ConversationId
) -> None:
    assert "Stopped" not in words(await read(maya, "/inbox?v=all"))
    stop_page(office)
    page = words(await read(maya, "/inbox?v=all"))
    assert "Stopped: the page 1001 on Messenger since 12:00. The token is dead." in page
    assert "Nothing leaves: The token is dead." in page
    assert "The token is dead." in words(await read(maya, "/inbox/stops"))
    office.now += PROBE_LASTS
    with office.database.write() as connection:
        held = Held(connection, office.rules, office.now, {})
        end(held, ("messenger", PAGE))
    assert words(await read(maya, "/inbox/stops")).strip() == ""
    assert "Nothing leaves" not in words(await read(maya, "/inbox?v=all"))
