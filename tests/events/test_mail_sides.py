"""Beside a conversation on a channel that names its senders, an owner has another one by mail."""

from typing import Any

import pytest

from bot.core.model import VisitorKey
from bot.erasure import erase_person
from tests.bot.web.inbox.pages import read
from tests.bot.web.sites import HOST
from tests.events.mail import MailWorld
from tests.events.meta import PAGE, wrote
from tests.events.stories import ANN
from tests.events.test_not_me import find_button
from tests.letters import NO_VERDICT, answer

EMAIL, WORDS = "ann@example.com", "I live at Fern Street 5"
GENUINE = "mx.shop.example; dmarc=pass"


@pytest.fixture
async def asked(mailing: MailWorld) -> MailWorld:
    await mailing.deliver(wrote(ANN, "m_1", EMAIL))
    return mailing


async def tell(
    world: MailWorld, text: str = WORDS, key: str = "k1@x", verdict: str = GENUINE
) -> None:
    to = world.address_for_answers(ANN)
    await world.take(answer(to, text, sender=EMAIL, key=key, verdict=verdict))


def side(world: MailWorld) -> int:
    [row] = world.office.rows("conversations", channel="email")
    return int(row["id"])


async def said(world: MailWorld, number: int) -> list[dict[str, Any]]:
    path = f"/conversations/{number}/messages"
    found: list[dict[str, Any]] = (await world.ask(path, after_seq="0"))["messages"]
    return found


@pytest.mark.parametrize(("verdict", "assurance"), [(GENUINE, "verified"), (NO_VERDICT, "claimed")])
async def test_an_answer_by_mail_begins_the_owners_own_conversation(
    asked: MailWorld, verdict: str, assurance: str
) -> None:
    before = asked.office.conversation(VisitorKey("messenger", PAGE, ANN))
    await tell(asked, verdict=verdict)
    await tell(asked, verdict=verdict)  # it comes again
    assert asked.office.conversation(VisitorKey("messenger", PAGE, ANN)) == before
    [message] = await said(asked, side(asked))
    assert (message["text"], message["assurance"]) == (WORDS, assurance)
    talk = await asked.ask(f"/conversations/{side(asked)}")
    assert talk["by_mail_of"] == asked.find(ANN)
    assert talk["contact"]["email"] == EMAIL
    assert talk["contact_assurance"] == assurance
    assert talk["waiting_since"]
    assert talk["capture"]["state"] == "skipped"
    assert asked.office.count("claims", email=EMAIL) == 2  # the sender's and the owner's


async def test_what_is_written_in_one_never_goes_out_by_the_other(asked: MailWorld) -> None:
    await tell(asked)
    sent, mails = asked.office.count("outbox", kind="deliver"), len(asked.room.post.mails)
    path = f"/conversations/{side(asked)}/messages"
    await asked.call("POST", path, text="For the mailbox", client_id="a")
    asked.room.lane.work()
    assert asked.office.count("outbox", kind="deliver") == sent
    mail = asked.room.post.mails[-1]
    assert (mail["To"], len(asked.room.post.mails)) == (EMAIL, mails + 1)
    assert "Messenger" in mail["Subject"]
    body = str(mail.get_body(("plain",)))
    assert "For the mailbox" in body
    assert "chat/return" not in body
    assert "not-me" not in body
    [*_, reply] = await said(asked, side(asked))
    assert reply["delivery"]["state"] == "sent"
    await asked.answer(ANN, "For the phone")
    asked.room.wait()
    assert asked.office.count("outbox", kind="deliver") == sent + 1
    assert len(asked.room.post.mails) == mails + 1
    await asked.answer_by_mail(mail, "And my cat", EMAIL, "k2@x", GENUINE)
    assert [each["text"] for each in await said(asked, side(asked))][-1] == "And my cat"


async def test_a_mail_instead_is_written_where_the_owner_reads(asked: MailWorld) -> None:
    await tell(asked)  # Messenger's window is open: a mail may go all the same
    path = f"/conversations/{asked.find(ANN)}/messages"
    await asked.call("POST", path, text="By mail", client_id="a", mail=True)
    asked.room.lane.work()
    assert "By mail" in str(asked.room.post.mails[-1])
    assert "By mail" in [each["text"] for each in await said(asked, side(asked))]
    assert "By mail" not in str((await asked.look(ANN)).said)


async def test_both_are_told_in_one_timeline(asked: MailWorld) -> None:
    await tell(asked)
    await asked.answer(ANN, "For the phone")
    for number in (asked.find(ANN), side(asked)):
        page = await read(asked.agent, f"/inbox/{number}")
        assert page.index(WORDS) < page.index("For the phone")
    await tell(asked, "And my cat", "k2@x")
    owner = asked.office.rows("visitors", channel="email")[0]["external_id"]
    assert await asked.unread(owner) == 1
    page = await read(asked.agent, f"/inbox/{asked.find(ANN)}")
    assert await asked.unread(owner) == 0
    assert f'data-beside="{side(asked)}"' in page


async def test_who_says_it_was_not_them_is_taken_out_of_both(asked: MailWorld) -> None:
    await tell(asked, verdict=NO_VERDICT)
    await asked.call("POST", f"/conversations/{side(asked)}/messages", text="Yes?", client_id="a")
    asked.room.lane.work()
    page = find_button(asked)
    assert page
    async with asked.client.get(page, headers=HOST) as shown:
        assert "Messenger" in await shown.text()
    async with asked.client.post(page, headers=HOST) as done:
        assert done.status == 200
    emails = [row["email"] for row in asked.office.rows("conversations")]
    contacts = [row["contact_id"] for row in asked.office.rows("visitors")]
    assert (emails, contacts) == ([None, None], [None, None])


async def test_another_address_begins_none(asked: MailWorld) -> None:
    to = asked.address_for_answers(ANN)
    await asked.take(answer(to, WORDS, sender="eve@example.net", verdict=GENUINE))
    assert asked.office.count("conversations", channel="email") == 0


async def test_both_are_the_persons_and_only_one_is_the_senders(asked: MailWorld) -> None:
    await tell(asked)
    office = asked.office
    [sender] = office.rows("visitors", external_id=ANN)
    forgotten = erase_person(office.database, str(sender["id"]), office.now, office.doorbell)
    assert forgotten
    assert [one.conversation_id for one in forgotten.left] == [side(asked)]
    assert [each["text"] for each in await said(asked, side(asked))] == [WORDS]
    erase_person(office.database, EMAIL, office.now, office.doorbell)
    assert office.count("conversations") == office.count("mail_sides") == 0
