"""Where Messenger lets nobody answer any more, the composer offers a mail."""

import pytest

from bot.core.events import EmailGiven
from bot.web.app import Parts
from tests.bot.web.inbox.browsers import Browser, open_inbox
from tests.office import ANN, Office


@pytest.fixture
def parts(office: Office, redis_url: str) -> Parts:
    server = {"smtp_url": "smtp://127.0.0.1:1", "email_from": "Shop <hello@shop.example>"}
    return open_inbox(office, redis_url, **server)


@pytest.fixture
def talk(office: Office) -> str:
    office.write("Hello", ANN)
    return f"/inbox/{office.rows('conversations')[0]['id']}"


async def test_a_mail_is_offered_and_goes_instead(office: Office, maya: Browser, talk: str) -> None:
    office.receive(EmailGiven("ann@example.com", office.now), place=ANN)
    office.pass_time(2 * 86_400)
    page = await (await maya.get(talk)).text()
    assert 'value="mail" checked' in page
    form = {"text": "Sorry for the wait", "client_id": "c1", "kind": "mail"}
    assert (await maya.post(f"{talk}/messages", form)).status == 303
    [order] = office.rows("outbox", kind="follow_up")
    [message] = office.rows("messages", author="agent")
    assert (order["message_id"], message["origin"]) == (message["id"], "mail")


@pytest.mark.parametrize("case", ["no address", "window open"])
async def test_no_mail_is_offered_where_none_can_go(
    office: Office, maya: Browser, talk: str, case: str
) -> None:
    if case == "no address":
        office.pass_time(2 * 86_400)
    else:
        office.receive(EmailGiven("ann@example.com", office.now), place=ANN)
    assert 'value="mail"' not in await (await maya.get(talk)).text()
    form = {"text": "Sorry for the wait", "client_id": "c1", "kind": "mail"}
    assert (await maya.post(f"{talk}/messages", form)).status == 409
    assert office.rows("outbox", kind="follow_up") == []
