"""A link in a mail brings a conversation back into whichever browser it is opened in, once."""

import asyncio

import pytest
from aiohttp import ClientResponse

from bot.core.model import ConversationId
from bot.erasure import erase_person
from bot.storage.conversations.return_links import LASTS, make_link
from bot.storage.mails.mails import SentMail, add_mails
from tests.channels.webchat.bot import OTHER_SHOP, SHOP, Bot, Browser

ADA = "ada@example.com"


@pytest.fixture
async def talk(bot: Bot, ann: Browser) -> ConversationId:
    """Ann has written, given an address and got an answer, which was mailed as well."""
    await ann.write("Hello")
    await ann.give(ADA)
    await bot.reply("Here I am")
    talk = ConversationId(bot.office.rows("conversations")[0]["id"])
    seq = bot.office.rows("messages")[-1]["seq"]
    with bot.database.write() as connection:
        add_mails(connection, [SentMail(talk, ADA, "key", seq, seq, bot.now)])
    return talk


def link(bot: Bot, talk: ConversationId, email: str = ADA) -> str:
    with bot.database.write() as connection:
        token = make_link(connection, talk, email, bot.now)
    return f"/chat/return/{token}"


async def press(browser: Browser, path: str, **headers: str) -> ClientResponse:
    """Press the button as a browser does; it follows to the chat itself."""
    shown = {"Origin": browser.bot.url, **headers}
    program = browser.without_ticket()
    response = await program.call("POST", path, headers=shown, allow_redirects=False)
    browser.cookie = program.cookie
    return response


async def texts(browser: Browser) -> list[str]:
    return [message["text"] for message in await browser.history()]


def stranger(bot: Bot, site: str = SHOP) -> Browser:
    """Somebody who has never been here."""
    return Browser(bot, site)


async def test_another_browser_reads_what_was_mailed_and_what_follows(
    bot: Bot, ann: Browser, talk: ConversationId
) -> None:
    phone = stranger(bot)
    response = await press(phone, link(bot, talk))
    assert response.status == 303
    assert response.headers["Location"].startswith("/chat/frame?origin=https%3A%2F%2Fshop.example")
    before = await texts(ann)
    await phone.open_frame()
    assert await texts(phone) == ["Here I am"]
    assert phone.settings["conversation"]["earlier"] == len(before) - 1
    await phone.write("From my phone", "p1")
    assert await texts(phone) == ["Here I am", "From my phone"]
    assert await texts(ann) == before
    assert bot.office.count("visitors") == 1


async def test_its_socket_tells_what_is_new(bot: Bot, talk: ConversationId) -> None:
    phone = stranger(bot)
    await press(phone, link(bot, talk))
    await phone.open_frame()
    line = await phone.connect()
    assert (await line.texts(1)) == ["Here I am"]
    await bot.reply("There you are")
    while (await line.next())["message"]["text"] != "There you are":
        pass


async def test_opening_the_link_changes_nothing(bot: Bot, talk: ConversationId) -> None:
    path = link(bot, talk)
    for _ in range(3):
        response = await stranger(bot).call("GET", path)
        assert response.status == 200
        assert "Set-Cookie" not in response.headers
        assert "<form" in await response.text()
        assert ADA not in await response.text()
        assert "Hello" not in await response.text()
    assert bot.office.count("browsers") == 0
    assert bot.office.rows("return_links")[0]["used_at"] is None
    assert (await press(stranger(bot), path)).status == 303


async def test_it_works_once(bot: Bot, talk: ConversationId) -> None:
    path = link(bot, talk)
    await press(stranger(bot), path)
    thief = stranger(bot)
    assert (await press(thief, path)).status == 404
    assert thief.cookie is None
    assert bot.office.count("browsers") == 1


async def test_who_has_used_it_may_press_it_again(bot: Bot, talk: ConversationId) -> None:
    path, phone = link(bot, talk), stranger(bot)
    used = await press(phone, path)
    cookie = phone.cookie
    for again in (await press(phone, path), await phone.call("GET", path, allow_redirects=False)):
        assert (again.status, again.headers["Location"]) == (303, used.headers["Location"])
        assert "Set-Cookie" not in again.headers
    assert phone.cookie == cookie
    assert bot.office.count("browsers") == 1
    bot.pass_time(seconds=LASTS.total_seconds() + 1)
    assert (await press(phone, path)).status == 404


async def test_a_used_link_tells_another_visitor_nothing(
    bot: Bot, talk: ConversationId, ben: Browser
) -> None:
    await ben.write("Hello as well")
    path = link(bot, talk)
    await press(stranger(bot), path)
    assert (await press(ben, path)).status == 404


async def test_of_two_at_once_one_gets_in(bot: Bot, talk: ConversationId) -> None:
    path = link(bot, talk)
    answers = await asyncio.gather(*(press(stranger(bot), path) for _ in range(6)))
    assert sorted(answer.status for answer in answers) == [303, *[404] * 5]
    assert bot.office.count("browsers") == 1


async def test_too_old_used_and_unknown_look_the_same(bot: Bot, talk: ConversationId) -> None:
    old, used = link(bot, talk), link(bot, talk)
    await press(stranger(bot), used)
    bot.pass_time(seconds=LASTS.total_seconds() + 1)
    shown = [
        await (await stranger(bot).call("GET", path)).text()
        for path in (old, used, "/chat/return/guess")
    ]
    assert len(set(shown)) == 1
    assert (await press(stranger(bot), old)).status == 404


async def test_following_it_proves_the_address(bot: Bot, talk: ConversationId) -> None:
    await press(stranger(bot), link(bot, talk))
    [visitor] = bot.office.rows("visitors")
    assert visitor["contact_assurance"] == "verified"
    assert [row["assurance"] for row in bot.office.rows("claims")][-1] == "verified"
    assert bot.office.count("audit", action="address.proved") == 1


async def test_a_link_ends_where_the_address_has_become_another(
    bot: Bot, ann: Browser, talk: ConversationId
) -> None:
    path = link(bot, talk)
    await ann.give("bob@example.org")
    assert (await stranger(bot).call("GET", path)).status == 404
    assert (await press(stranger(bot), path)).status == 404


async def test_a_browser_that_talks_already_gets_another_id_and_nothing_is_mixed(
    bot: Bot, ben: Browser, talk: ConversationId
) -> None:
    await ben.write("I am Ben")
    before = ben.cookie
    await press(ben, link(bot, talk))
    assert ben.cookie != before
    await ben.open_frame()
    assert await texts(ben) == ["Here I am"]
    assert bot.office.count("visitors") == 2


async def test_the_conversations_own_browser_stays_who_it_is(
    bot: Bot, ann: Browser, talk: ConversationId
) -> None:
    who = bot.office.rows("visitors")
    await press(ann, link(bot, talk))
    assert bot.office.count("browsers") == 0
    await ann.open_frame()
    await ann.write("Still me", "c2")
    assert [one["external_id"] for one in bot.office.rows("visitors")] == [who[0]["external_id"]]


async def test_a_second_link_in_the_same_browser_changes_nothing(
    bot: Bot, talk: ConversationId
) -> None:
    phone = stranger(bot)
    await press(phone, link(bot, talk))
    await press(phone, link(bot, talk))
    await phone.open_frame()
    assert await texts(phone) == ["Here I am"]
    assert bot.office.count("browsers") == 1


@pytest.mark.parametrize("origin", ["https://evil.example", "null", SHOP])
async def test_no_other_site_presses_the_button(
    bot: Bot, talk: ConversationId, origin: str
) -> None:
    path = link(bot, talk)
    assert (await press(stranger(bot), path, Origin=origin)).status == 403
    assert bot.office.rows("return_links")[0]["used_at"] is None


async def test_the_link_is_good_for_its_own_site_only(bot: Bot, talk: ConversationId) -> None:
    phone = stranger(bot, OTHER_SHOP)
    await press(phone, link(bot, talk))
    await phone.open_frame()
    assert await texts(phone) == []


async def test_the_page_speaks_the_visitors_language(bot: Bot, talk: ConversationId) -> None:
    with bot.database.write() as connection:
        connection.exec_driver_sql("UPDATE conversations SET locale = 'de'")
    response = await stranger(bot).call("GET", link(bot, talk))
    text = await response.text()
    assert '<html lang="de">' in text
    assert "Unterhaltung öffnen" in text
    policy = response.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self'" in policy


async def test_erasing_the_person_ends_it_for_all_browsers(bot: Bot, talk: ConversationId) -> None:
    phone = stranger(bot)
    path = link(bot, talk)
    await press(phone, link(bot, talk))
    await phone.open_frame()
    assert await asyncio.to_thread(erase_person, bot.database, ADA, bot.now, bot.doorbell)
    assert await texts(phone) == []
    assert (await press(stranger(bot), path)).status == 404
    for table in ("browsers", "return_links"):
        assert bot.office.count(table) == 0
