"""The mail behind a message: shown to agents alone, as text, unable to act."""

import pytest

from bot.core.events import EmailGiven
from bot.core.model import ConversationId
from bot.follow_ups.answers import AnswerDesk
from bot.storage.mails.mails import open_threads
from tests.bot.web.inbox.browsers import Browser
from tests.bot.web.inbox.pages import as_htmx, read, words
from tests.factories import ADA
from tests.letters import answer
from tests.mailroom import VIS
from tests.office import Office

PAGE = '<p>Monday</p><script>alert("x")</script><blockquote>Which day?</blockquote>'


@pytest.fixture
def talk(office: Office) -> ConversationId:
    """Ada has been answered by mail, and an answer, a notice and somebody else's mail came."""
    office.write("Hello", VIS)
    office.receive(EmailGiven(ADA, office.now), place=VIS)
    talk = ConversationId(office.rows("conversations")[-1]["id"])
    with office.database.write() as connection:
        to = f"reply+{open_threads(connection, {talk: ADA}, office.now)[talk]}@shop.example"
    desk = AnswerDesk(
        office.database,
        lambda: office.rules,
        office.doorbell,
        lambda: office.now,
        "reply@shop.example",
    )
    sender = f"Ada <{ADA}>"
    page = answer(to, PAGE, sender=sender).replace(b"text/plain", b"text/html")
    desk.take(page)
    desk.take(answer(to, "On holiday", sender=sender, key="2@x", X_Autoreply="yes"))
    desk.take(answer(to, "From elsewhere", sender="ada@private.example", key="3@x"))
    return talk


def seqs(office: Office) -> list[int]:
    return [row["seq"] for row in office.rows("messages") if "/mail:" in str(row["provider_key"])]


async def test_the_text_of_a_mail_is_shown_whole_and_nothing_in_it_can_act(
    office: Office, maya: Browser, talk: ConversationId
) -> None:
    seq = seqs(office)[0]
    assert f'href="/inbox/{talk}/messages/{seq}/original"' in await read(maya, f"/inbox/{talk}")
    shown = await maya.get(f"/inbox/{talk}/messages/{seq}/original")
    assert (shown.status, shown.content_type) == (200, "text/plain")
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    text = await shown.text()
    assert f"From: {ADA}" in text
    assert "> Which day?" in text
    assert "<" not in text


async def test_the_mail_itself_is_a_file_to_keep(
    office: Office, maya: Browser, talk: ConversationId
) -> None:
    given = await maya.get(f"/inbox/{talk}/messages/{seqs(office)[0]}/original.eml")
    assert given.content_type == "application/octet-stream"
    assert given.headers["Content-Disposition"] == 'attachment; filename="mail.eml"'
    assert b"<script>" in await given.read()


@pytest.mark.parametrize("ending", ["", ".eml"])
async def test_no_stranger_and_no_other_conversation_is_shown_one(
    office: Office, maya: Browser, stranger: Browser, talk: ConversationId, ending: str
) -> None:
    seq = seqs(office)[0]
    behind = await stranger.get(f"/inbox/{talk}/messages/{seq}/original{ending}")
    assert "Which day?" not in await behind.text()
    for place in (f"{talk + 1}/messages/{seq}", f"{talk}/messages/1", f"{talk}/messages/99"):
        assert (await maya.get(f"/inbox/{place}/original{ending}")).status == 404


async def test_a_notice_is_a_line_and_somebody_elses_mail_can_be_taken(
    office: Office, maya: Browser, talk: ConversationId
) -> None:
    page = await read(maya, f"/inbox/{talk}")
    assert "An automatic answer came by mail" in words(page)
    assert page.count("Take as the visitor's answer") == 1
    seq = seqs(office)[-1]
    maya.headers = as_htmx(f"/inbox/{talk}")
    taken = await maya.post(f"/inbox/{talk}/messages/{seq}/take", {})
    assert taken.status == 200
    after = await taken.text()
    assert "Take as the visitor's answer" not in after
    assert "took the mail as the visitor's answer" in words(after)
    assert office.rows("messages")[-1]["text"] == "From elsewhere"
