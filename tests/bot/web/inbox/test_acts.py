"""What agents do: with scripts they get the conversation back, without them the page."""

import re

import pytest
from aiohttp import ClientResponse

from bot.core.events import PromptDeclined
from bot.core.model import ConversationId, VisitorKey
from bot.desk.types import Actor, Words
from bot.ports.errors import OutcomeUnknownError
from tests.bot.agents import JONAS, MAYA
from tests.bot.web.inbox.browsers import ORIGIN, Browser
from tests.bot.web.inbox.pages import as_htmx, words
from tests.office import Office

JO = Actor("jo@shop.example", "Jo")
SITE = VisitorKey("webchat", "https://shop.example", "cid")


@pytest.fixture
def talk(office: Office) -> ConversationId:
    """Somebody has just written on Messenger."""
    office.write("Hello")
    return ConversationId(office.rows("conversations")[-1]["id"])


async def send(browser: Browser, talk: ConversationId, act: str, **form: str) -> ClientResponse:
    """Do something with scripts."""
    browser.headers = as_htmx(f"/inbox/{talk}?v=mine")
    response = await browser.post(f"/inbox/{talk}/{act}", form)
    browser.headers = {}
    return response


async def submit(browser: Browser, talk: ConversationId, act: str, **form: str) -> ClientResponse:
    """Do something without any script."""
    browser.headers = {"Referer": f"{ORIGIN}/inbox/{talk}?v=mine"}
    response = await browser.post(f"/inbox/{talk}/{act}", form)
    browser.headers = {}
    return response


def texts(office: Office) -> list[tuple[str, str]]:
    return [(row["kind"], row["text"]) for row in office.rows("messages")][1:]


async def test_a_reply_is_shown_and_goes_out(
    office: Office, maya: Browser, talk: ConversationId
) -> None:
    answer = await send(maya, talk, "messages", text="Here I am", client_id="c1", kind="reply")
    assert answer.status == 200
    assert "Sending…" in words(await answer.text())
    office.work()
    assert office.channel.texts == ["Here I am"]


async def test_the_same_reply_twice_is_one(
    office: Office, maya: Browser, talk: ConversationId
) -> None:
    for _ in range(2):
        await send(maya, talk, "messages", text="Here I am", client_id="c1")
    assert texts(office) == [("text", "Here I am")]
    other = await send(maya, talk, "messages", text="Another", client_id="c1")
    assert other.status == 409


async def test_a_note_goes_nowhere(office: Office, maya: Browser, talk: ConversationId) -> None:
    await send(maya, talk, "messages", text="Look\r\nhere", client_id="c1", kind="note")
    office.set_rules(enabled=False)
    office.work()
    assert texts(office) == [("note", "Look\nhere")]
    assert office.channel.texts == []


async def test_a_reply_can_close_the_conversation(
    office: Office, maya: Browser, talk: ConversationId
) -> None:
    form = {"text": "Bye", "client_id": "c1", "then": "close"}
    answer = await send(maya, talk, "messages", **form)
    assert "Reopen" in words(await answer.text())
    assert office.rows("conversations")[0]["status"] == "closed"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Write something first."),
        (" \n", "Write something first."),
        ("x" * 4_001, "At most 4000 characters."),
        ("a\0b", "It holds a character that can't be stored."),
    ],
)
async def test_a_refusal_comes_alone_and_without_scripts_with_what_was_typed(
    office: Office, maya: Browser, talk: ConversationId, text: str, said: str
) -> None:
    form = {"text": text, "client_id": "c1", "kind": "note"}
    answer = await send(maya, talk, "messages", **form)
    assert (answer.status, words(await answer.text())) == (422, said)
    page = await submit(maya, talk, "messages", **form)
    html = await page.text()
    assert page.status == 422
    assert said in words(html)
    assert 'value="note" checked' in html
    assert 'value="c1"' in html
    assert texts(office) == []


async def test_without_scripts_an_act_leads_back_to_the_page(
    office: Office, maya: Browser, talk: ConversationId
) -> None:
    answer = await submit(maya, talk, "messages", text="Here I am", client_id="c1")
    assert (answer.status, answer.headers["Location"]) == (303, f"/inbox/{talk}?v=mine")
    assert texts(office) == [("text", "Here I am")]


async def test_a_long_text_goes_out_in_parts_that_messenger_takes(
    office: Office, maya: Browser, talk: ConversationId
) -> None:
    answer = await send(maya, talk, "messages", text="x" * 2_001, client_id="c1")
    assert answer.status == 200
    refused = await send(maya, talk, "messages", text="x" * 4_001, client_id="c2")
    assert refused.status == 422
    assert len(texts(office)) == 1


async def test_nothing_is_sent_after_the_window_and_the_words_are_kept(
    office: Office, maya: Browser, talk: ConversationId
) -> None:
    office.pass_time(86_400)
    form = {"text": "Too late", "client_id": "c1", "kind": "reply"}
    answer = await send(maya, talk, "messages", **form)
    assert answer.status == 409
    said = words(await answer.text())
    assert "The channel does not let us write so long after the visitor's last message." in said
    page = await submit(maya, talk, "messages", **form)
    assert page.status == 409
    assert ">Too late</textarea>" in await page.text()
    office.set_rules(enabled=False)
    office.work()
    assert office.channel.texts == []


async def test_assigning_and_closing_take_effect(
    office: Office, maya: Browser, talk: ConversationId
) -> None:
    answer = await send(maya, talk, "assign", assignee=MAYA, version="1")
    assert "Assignee: " in await answer.text()
    await send(maya, talk, "status", status="closed", version="2")
    [row] = office.rows("conversations")
    assert (row["assignee"], row["status"], row["version"]) == (MAYA, "closed", 3)
    await send(maya, talk, "assign", assignee="", version="3")
    await send(maya, talk, "status", status="open", version="4")
    [row] = office.rows("conversations")
    assert (row["assignee"], row["status"], row["version"]) == (None, "open", 5)


async def test_who_comes_second_is_told_by_whom_it_was_changed(
    office: Office, maya: Browser, jonas: Browser, talk: ConversationId
) -> None:
    assert (await send(jonas, talk, "status", status="closed", version="1")).status == 200
    for late in (send, submit):
        answer = await late(maya, talk, "assign", assignee=MAYA, version="1")
        said = words(await answer.text())
        assert answer.status == 409
        assert re.search(r"[Jj]onas closed it a moment ago\.", said)
        assert "Reopen" in said
    assert office.rows("conversations")[0]["assignee"] is None
    office.pass_time(300)
    await send(jonas, talk, "assign", assignee=JONAS, version="2")
    office.pass_time(300)
    answer = await send(maya, talk, "status", status="open", version="2")
    assert re.search(r"[Jj]onas took it 5 min ago\.", words(await answer.text()))


async def test_of_two_at_once_one_wins(
    office: Office, maya: Browser, jonas: Browser, talk: ConversationId
) -> None:
    first = await send(maya, talk, "assign", assignee=MAYA, version="1")
    second = await send(jonas, talk, "assign", assignee=JONAS, version="1")
    assert (first.status, second.status) == (200, 409)
    assert office.rows("conversations")[0]["assignee"] == MAYA


@pytest.mark.parametrize(
    ("act", "form"),
    [
        ("status", {"status": "gone", "version": "1"}),
        ("status", {"status": "closed"}),
        ("status", {"status": "closed", "version": "x"}),
        ("assign", {"assignee": "nobody@else.example", "version": "1"}),
    ],
)
async def test_what_makes_no_sense_is_422(
    maya: Browser, talk: ConversationId, act: str, form: dict[str, str]
) -> None:
    assert (await send(maya, talk, act, **form)).status == 422


async def test_the_visitor_is_asked_once_and_a_refusal_says_why(
    office: Office, maya: Browser, talk: ConversationId
) -> None:
    assert (await send(maya, talk, "ask")).status == 200
    office.work()
    assert len(office.channel.texts) == 1
    office.receive(PromptDeclined(office.now))
    answer = await send(maya, talk, "ask")
    assert answer.status == 409
    assert "The visitor said no thanks." in words(await answer.text())


async def test_retry_sends_once_more_however_often_it_is_pressed(
    office: Office, maya: Browser, talk: ConversationId
) -> None:
    lost = "No answer."

    def lose(*_: object) -> None:
        raise OutcomeUnknownError(lost)

    office.set_rules(enabled=False)
    office.channel.answer = lose
    maya.parts.desk.reply(talk, Words("Here I am", "c1"), JO)
    office.work()
    office.channel.answer = lambda *_: None
    office.pass_time(121)
    answers = [await send(maya, talk, "messages/2/retry") for _ in range(3)]
    assert [answer.status for answer in answers] == [200] * 3
    assert "Sending…" in words(await answers[-1].text())
    office.work()
    assert office.channel.texts == ["Here I am"] * 2
    assert (await send(maya, talk, "messages/1/retry")).status == 409


@pytest.mark.parametrize("act", ["messages", "assign", "status", "ask", "messages/1/retry"])
async def test_what_is_not_there_cannot_be_acted_on(maya: Browser, act: str) -> None:
    form = {"text": "x", "client_id": "c", "status": "open", "version": "1"}
    assert (await send(maya, ConversationId(999), act, **form)).status == 404
