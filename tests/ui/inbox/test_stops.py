"""A stop in a real browser: in the inbox and on the operators' page, on every screen."""

from datetime import timedelta

import pytest

from bot.desk.agent import Agent
from bot.outbox.holding import Held
from bot.outbox.stops import begin, end
from bot.storage.operations.checkup import save_checkup
from bot.storage.outbox.accounts import name_account
from bot.storage.outbox.stops import Stop, StopCause
from tests.office import Office
from tests.ui.axe import violations
from tests.ui.conftest import Windows
from tests.ui.fitting import misfits
from tests.ui.inbox.support import PAGE, Support, on_messenger
from tests.ui.inbox.test_operations import FINDINGS, SCREENS

KEYS = {
    ("messenger", PAGE): "Facebook does not accept this page's access token or permissions.",
    ("email", "smtp"): "The mail server refuses our mails, for no fault of the recipient's:"
    " “553 5.7.1 <…>: Sender address rejected: not owned by user ann”.",
}


@pytest.fixture
def stopped(support: Support) -> Office:
    office = support.office
    office.now = support.now
    office.write("Do you ship to Iceland?", on_messenger("m1"))
    with office.database.write() as connection:
        name_account(connection, ("messenger", PAGE), "Northwind", office.now)
        held = Held(connection, office.rules, office.now, {})
        for key, words in KEYS.items():
            cause = StopCause.REFUSED if key[0] == "email" else StopCause.CREDENTIALS
            begin(held, Stop(*key, cause, words, office.now), timedelta(minutes=1))
        save_checkup(connection, FINDINGS, support.now)
    return office


@pytest.mark.parametrize("name", SCREENS)
async def test_a_stop_is_told_where_agents_look_until_it_is_over(
    windows: Windows, support: Support, maya: Agent, stopped: Office, name: str
) -> None:
    page = await support.window(windows, maya, SCREENS[name])
    [talk] = stopped.rows("conversations")
    for path, where in (
        ("/inbox/operations", ".ways"),
        (f"/inbox/{talk['id']}", "#stopped"),
        ("/inbox?v=all", "#stops"),
    ):
        await page.goto(f"{support.origin}{path}")
        told = page.locator(where).get_by_text("the page “Northwind” on Messenger")
        await told.first.wait_for()
        assert await violations(page) == []
        assert await misfits(page) == []
    with stopped.database.write() as connection:
        held = Held(connection, stopped.rules, stopped.now, {})
        for key in KEYS:
            end(held, key)
    await page.reload()
    assert await page.locator("#stops p").count() == 0
    assert windows.complaints == []
