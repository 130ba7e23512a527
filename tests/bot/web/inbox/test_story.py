"""What an open conversation tells: bubbles, and what happened between them."""

import re
from datetime import timedelta
from html import unescape

import pytest

from bot.core.arrivals import EchoSeen, MessageReacted, MessagesSeen
from bot.core.audience import owner_of
from bot.core.events import (
    Attachment,
    EmailGiven,
    PromptDeclined,
    VisitorEdited,
    VisitorUnsent,
    VisitorWrote,
)
from bot.core.model import ConversationId, Status, VisitorKey
from bot.desk.types import Actor, ConversationChanges, Words
from bot.follow_ups.notes import tell_team
from bot.ports.errors import Cause, OutcomeUnknownError, UndeliverableError
from bot.storage.conversations.messages import Span
from bot.storage.visitors.visitor_states import lock_conversations
from tests.bot.agents import MAYA
from tests.bot.web.inbox.browsers import Browser
from tests.bot.web.inbox.pages import follow_link, open_thread, read, words
from tests.factories import ADA
from tests.office import Office

JO = Actor("jo@shop.example", "Jo")
SITE = VisitorKey("webchat", "https://shop.example", "cid")
_PLACE = ("channel", "account", "external_id")
HOSTILE = "<img src=x onerror=alert(1)>"


def send(office: Office, browser: Browser, talk: ConversationId, error: Exception | None) -> None:
    """Let an agent's reply go out, and end like this."""

    def answer(*_: object) -> None:
        if error:
            raise error

    office.set_rules(enabled=False)
    office.channel.answer = answer
    browser.parts.desk.reply(talk, Words("Here I am", "c1"), JO)
    office.work()


async def test_messages_stand_in_groups_under_their_day(
    office: Office, maya: Browser, talk: ConversationId
) -> None:
    office.pass_time(60)
    office.write("Anybody?")
    office.pass_time(301)
    office.write("Hm")
    page = await open_thread(maya, talk)
    said = words(page)
    assert "Today" in said
    assert re.findall(r'class="msg in more" id="m(\d)"', page) == ["2"]
    assert said.count("· 12:01") == 1
    assert said.count("· 12:06") == 1


async def test_days_are_told_apart(office: Office, maya: Browser, talk: ConversationId) -> None:
    for hours in (24, 24 * 5):
        office.pass_time(hours * 3600)
        office.write("Again")
    said = words(await open_thread(maya, talk))
    assert [day for day in ("Monday 5 January", "Tuesday 6 January", "Today") if day in said] == [
        "Monday 5 January",
        "Tuesday 6 January",
        "Today",
    ]


async def test_the_prompt_is_a_line_with_the_reason(
    office: Office, maya: Browser, talk: ConversationId
) -> None:
    page = await open_thread(maya, talk)
    assert "Will ask for an email at 12:01 unless somebody replies" in words(page)
    assert 'title="Waiting 60 s for an agent&#39;s reply."' in page
    office.pass_time(61)
    office.work()
    page = await open_thread(maya, talk)
    assert "Asked for an email: no answer yet · 12:01" in words(page)
    reason = office.conversation().capture.reason
    assert f'title="{reason}"' in unescape(page)
    assert "Will ask" not in page


async def test_an_answer_to_the_prompt_and_a_no_are_told(
    office: Office, maya: Browser, talk: ConversationId
) -> None:
    office.pass_time(61)
    office.work()
    office.receive(PromptDeclined(office.now))
    assert "the visitor said no thanks" in words(await open_thread(maya, talk))
    office.receive(EmailGiven(ADA, office.now))
    said = words(await open_thread(maya, talk))
    assert "Asked for an email: answered" in said
    assert "The visitor gave an email, not verified" in said


async def test_a_note_that_no_person_wrote_is_ours(
    office: Office, maya: Browser, talk: ConversationId
) -> None:
    with office.database.write() as connection:
        tell_team(connection, lock_conversations(connection, [talk])[talk], "Back", office.now)
    said = words(await open_thread(maya, talk))
    assert "Note by Whosthere · only your team sees this" in said


async def test_it_is_told_that_a_link_in_a_mail_proved_the_address(
    office: Office, maya: Browser, talk: ConversationId
) -> None:
    office.receive(EmailGiven(ADA, office.now))
    follow_link(office, talk)
    said = words(await open_thread(maya, talk))
    assert "The visitor proved the email address" in said
    assert said.count("The visitor gave an email, not verified") == 1


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (None, "Jo · 12:00 · Sent"),
        (
            UndeliverableError("Facebook refused it.", cause=Cause.REJECTED),
            "Not delivered: Facebook refused it. Retry",
        ),
        (OutcomeUnknownError("No answer."), "Delivery uncertain. No answer. Retry"),
    ],
)
async def test_a_delivery_is_told_in_words(
    office: Office, maya: Browser, talk: ConversationId, error: Exception | None, shown: str
) -> None:
    send(office, maya, talk, error)
    office.pass_time(121)
    assert shown in words(await open_thread(maya, talk))


async def test_a_chats_reply_that_no_mail_server_can_mail_says_so(
    office: Office, maya: Browser
) -> None:
    office.write(place=SITE, key="m_site")
    chat = ConversationId(office.rows("conversations")[-1]["id"])
    office.receive(EmailGiven(ADA, office.now), place=SITE)
    maya.parts.desk.reply(chat, Words("Here I am", "c1"), JO)
    said = words(await open_thread(maya, chat))
    assert "Jo · 12:00 · Sent · Not mailed: no mail server is set" in said
    office.pass_time(1)
    office.receive(MessagesSeen(office.now), place=SITE)
    said = words(await open_thread(maya, chat))
    assert "Jo · 12:00 · Seen" in said
    assert "Not mailed" not in said


async def test_what_waited_too_long_is_said_to_be_outside_the_24_hours(
    office: Office, maya: Browser, talk: ConversationId
) -> None:
    maya.parts.desk.reply(talk, Words("Here I am", "c1"), JO)
    office.pass_time(86_400)
    office.work()
    said = words(await open_thread(maya, talk))
    assert "Not delivered: outside Messenger's 24 hours" in said
    assert "Retry" not in said


async def test_seen_is_told(office: Office, maya: Browser, talk: ConversationId) -> None:
    send(office, maya, talk, None)
    office.receive(MessagesSeen(office.now))
    assert "Jo · 12:00 · Seen" in words(await open_thread(maya, talk))


async def test_a_note_says_that_it_is_one(maya: Browser, talk: ConversationId) -> None:
    maya.parts.desk.note(talk, Words("Look", "c1"), JO)
    assert "Note by Jo · only your team sees this" in words(await open_thread(maya, talk))


async def test_an_answer_by_mail_says_so_and_stands_apart(
    office: Office, maya: Browser, talk: ConversationId
) -> None:
    by_mail = VisitorWrote(
        "Monday is fine", office.now, office.now, by_mail=True, audience=owner_of(ADA)
    )
    office.receive(by_mail, key="mail:1")
    office.write("And here")
    page = await open_thread(maya, talk)
    assert "By mail, sender not verified: shown only where the address is proved" in words(page)
    assert words(page).count("shown only where") == 1
    assert 'class="msg in more"' not in page


async def test_edits_and_deletions_are_told(
    office: Office, maya: Browser, talk: ConversationId
) -> None:
    office.receive(VisitorEdited("m_hello", "Hullo", 1, office.now, office.now), key="m_hello")
    said = words(await open_thread(maya, talk))
    assert "Hullo" in said
    assert "· Edited" in said
    office.receive(VisitorUnsent("m_hello", office.now), key="m_hello")
    said = words(await open_thread(maya, talk))
    assert "Message deleted" in said
    assert "Hullo" not in said


async def test_what_came_along_is_named_and_never_linked(
    office: Office, maya: Browser, talk: ConversationId
) -> None:
    parts = (
        Attachment("image", None, "https://evil.example/a.jpg"),
        Attachment("file", "invoice.pdf", "https://evil.example/b"),
        Attachment("location", HOSTILE, None, 1.5, 2.5),
        Attachment("brand_new"),
    )
    office.receive(VisitorWrote("", office.now, office.now, attachments=parts), key="m2")
    page = await open_thread(maya, talk)
    said = words(page)
    assert "Picture" in said
    assert "File: invoice.pdf" in said
    assert "Attachment" in said
    assert "evil.example" not in page
    assert "<img" not in page


async def test_hostile_words_are_words(office: Office, maya: Browser) -> None:
    office.write(HOSTILE, SITE)
    talk = ConversationId(office.rows("conversations")[-1]["id"])
    maya.parts.desk.reply(talk, Words(HOSTILE, "c1"), Actor("jo@shop.example", HOSTILE))
    page = await read(maya, f"/inbox/{talk}")
    assert HOSTILE in unescape(page)
    assert "<img" not in page


async def test_addresses_are_links_that_tell_nobody_where_we_are(
    office: Office, maya: Browser, talk: ConversationId
) -> None:
    office.write("See https://shop.example/?a=1&b='2', please")
    page = await open_thread(maya, talk)
    [link] = re.findall(r"<a [^>]*>[^<]*</a>", page.partition("See ")[2].partition("please")[0])
    assert unescape(link) == (
        '<a dir="ltr" href="https://shop.example/?a=1&b=\'2" target="_blank"'
        ' rel="noopener noreferrer nofollow" referrerpolicy="no-referrer">'
        "https://shop.example/?a=1&b='2</a>"
    )
    assert "See https://shop.example/?a=1&b='2 ', please" in words(page)


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "https://bank.example@evil.example/",
        "data:text/html,<script>alert(1)</script>",
    ],
)
async def test_what_leads_elsewhere_is_told_in_full(
    office: Office, maya: Browser, talk: ConversationId, text: str
) -> None:
    office.write(text)
    page = await open_thread(maya, talk)
    assert f'<span class="said" dir="auto">{text}</span>' in unescape(page)
    assert "<script" not in page


async def test_an_address_can_not_break_out_of_its_link(
    office: Office, maya: Browser, talk: ConversationId
) -> None:
    office.write('https://evil.example/"onmouseover="alert(1)"x=\'y\'>')
    page = await open_thread(maya, talk)
    assert '<a dir="ltr" href="https://evil.example/" target' in page
    assert "onmouseover=&#34;alert(1)&#34;" in page


async def test_foreign_letters_in_an_address_are_told_apart(
    office: Office, maya: Browser, talk: ConversationId
) -> None:
    office.write("https://b\u0430nk.example/")
    assert 'title="xn--bnk-6cd.example">' in await open_thread(maya, talk)


async def test_what_was_done_stands_between_the_messages(
    office: Office, maya: Browser, talk: ConversationId
) -> None:
    desk = maya.parts.desk
    for version, changes in enumerate(
        [
            ConversationChanges(assignee=MAYA),
            ConversationChanges(assignee=None),
            ConversationChanges(status=Status.CLOSED),
        ],
        start=1,
    ):
        office.pass_time(1)
        desk.change(talk, version, changes, JO)
    assert maya.agent
    desk.change(talk, 4, ConversationChanges(assignee=MAYA), maya.agent.actor)
    office.pass_time(1)
    office.write("And now?")
    said = words(await open_thread(maya, talk))
    told = [
        "Hello",
        "jo@shop.example gave the conversation to you",
        "jo@shop.example gave the conversation back to all",
        "jo@shop.example closed the conversation",
        "You took the conversation",
        "And now?",
    ]
    places = [said.index(each) for each in told]
    assert places == sorted(places)


async def test_what_another_app_wrote_is_marked(
    office: Office, maya: Browser, talk: ConversationId
) -> None:
    office.receive(EchoSeen("From the page", office.now, office.now), key="m_echo")
    assert "From another app · 12:00" in words(await open_thread(maya, talk))


async def test_what_a_program_of_the_page_wrote_is_marked(
    office: Office, maya: Browser, talk: ConversationId
) -> None:
    said = EchoSeen("We are away", office.now, office.now, automatic=True)
    office.receive(said, key="m_echo")
    shown = words(await open_thread(maya, talk))
    assert "Automatic reply of the page · 12:00" in shown
    assert "From another app" not in shown


async def test_a_reaction_and_what_a_message_replies_to_are_shown(
    office: Office, maya: Browser, talk: ConversationId
) -> None:
    [first] = office.rows("messages")
    place = VisitorKey(*(office.rows("visitors")[0][name] for name in _PLACE))
    key = first["provider_key"].rpartition("/")[2]
    again = VisitorWrote(f"That one {HOSTILE}", office.now, office.now, reply_to=key)
    office.receive(again, place=place, key="m_again")
    lost = VisitorWrote("And that", office.now, office.now, reply_to="nobody_knows")
    office.receive(lost, place=place, key="m_lost")
    for at, emoji in enumerate(("😢", "❤️")):
        reacted = MessageReacted("m_again", emoji, office.now + timedelta(seconds=at))
        office.receive(reacted, place=place)
    page = await open_thread(maya, talk)
    assert page.count('class="quote"') == 1
    assert f'href="#m{first["seq"]}"' in page
    assert "In reply to Unknown visitor" in words(page)
    assert "The visitor's reaction: ❤️" in words(page)
    assert "😢" not in page
    shown = maya.parts.desk.messages(talk, Span(9)).messages
    assert [(one.message.reaction, bool(one.message.quoted)) for one in shown] == [
        (None, False),
        ("❤️", True),
        (None, False),
    ]
    office.receive(VisitorUnsent(key, office.now), place=place)
    assert "Message deleted" in words((await open_thread(maya, talk)).partition("quote")[2][:400])
