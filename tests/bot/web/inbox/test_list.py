"""The list of conversations: views, rows, search, pages, with and without scripts."""

import re
import time
from html import unescape
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from redis.asyncio import Redis

from bot.core.events import Attachment, VisitorUnsent, VisitorWrote
from bot.core.model import ConversationId, Status, VisitorKey
from bot.desk.types import Actor, ConversationChanges, Person, Words
from bot.live.presence import PRESENT
from bot.ports.signals import room_of
from bot.storage.conversations.search_blocks import MOST_FOUND
from bot.storage.tables import messages
from tests.bot.agents import MAYA, join
from tests.bot.web.inbox.browsers import Browser
from tests.bot.web.inbox.pages import as_htmx, names, read, read_refusal, words
from tests.office import ANN, Office

JO = Actor("jo@shop.example", "Jo")
SITE = VisitorKey("webchat", "https://shop.example", "cid")


def latest(office: Office) -> ConversationId:
    return ConversationId(office.rows("conversations")[-1]["id"])


def person(browser: Browser, id: ConversationId, first: str) -> None:
    """Say who the visitor is."""
    named = Person(f"{first}@example.com".lower(), first)
    browser.parts.desk.associate_person(id, named, JO)


def visit(office: Office, browser: Browser, first: str) -> ConversationId:
    """Let somebody write whose name is known."""
    office.write(f"It is {first}", VisitorKey("webchat", "https://shop.example", first))
    person(browser, latest(office), first)
    office.pass_time(1)
    return latest(office)


async def test_a_row_says_who_wrote_what_and_how_long_it_waits(
    office: Office, maya: Browser
) -> None:
    office.write("Do you ship to Iceland?", SITE)
    office.write("Hello?", SITE)
    office.pass_time(9 * 60)
    page = await read(maya, "/inbox")
    assert re.search(
        # the style sheet hides who is here, and who types, until a signal tells of it
        r"Unknown visitor \w{4} , in the chat now 12:00 Web chat: Hello\? typing… "
        r"waits for 9 min 2 unread",
        words(page),
    )


@pytest.mark.parametrize(
    ("view", "shown"), [("", "AdaBobCyd"), ("?v=mine", "Ada"), ("?v=unassigned", "Cyd")]
)
async def test_each_view_shows_its_own_and_all_are_counted(
    office: Office, maya: Browser, view: str, shown: str
) -> None:
    join(office, JO.key)
    for first, assignee in (("Ada", MAYA), ("Bob", JO.key), ("Cyd", None)):
        talk = visit(office, maya, first)
        maya.parts.desk.change(talk, 1, ConversationChanges(assignee=assignee), JO)
    page = await read(maya, f"/inbox{view}")
    assert "".join(sorted(names(page))) == shown
    assert "Mine 1 Unassigned 1 All 3" in words(page)


async def test_closed_ones_are_apart(office: Office, maya: Browser) -> None:
    talk = visit(office, maya, "Ada")
    maya.parts.desk.change(talk, 1, ConversationChanges(status=Status.CLOSED), JO)
    assert names(await read(maya, "/inbox")) == []
    assert names(await read(maya, "/inbox?status=closed")) == ["Ada"]


async def test_who_waits_longest_can_come_first(office: Office, maya: Browser) -> None:
    for first in ("Ada", "Bob"):
        visit(office, maya, first)
    assert names(await read(maya, "/inbox")) == ["Bob", "Ada"]
    assert names(await read(maya, "/inbox?order=waiting")) == ["Ada", "Bob"]


async def test_unknown_visitors_can_be_looked_at_alone(office: Office, maya: Browser) -> None:
    visit(office, maya, "Ada")
    office.write("And me", SITE)
    assert [name[:-5] for name in names(await read(maya, "/inbox?unknown=1"))] == [
        "Unknown visitor"
    ]


async def test_the_last_line_says_whose_it_is(office: Office, maya: Browser) -> None:
    talk = visit(office, maya, "Ada")
    desk = maya.parts.desk
    assert maya.agent
    for number, (write, actor, said) in enumerate(
        [
            (desk.reply, JO, "Jo: Hi"),
            (desk.reply, maya.agent.actor, "You: Hi"),
            (desk.note, JO, "Note: Hi"),
        ]
    ):
        write(talk, Words("Hi", f"c{number}"), actor)
        assert said in words(await read(maya, "/inbox"))


async def test_what_came_without_words_or_was_taken_back_has_a_name(
    office: Office, maya: Browser
) -> None:
    photo = Attachment("image", None, "https://evil.example/a.jpg")
    office.receive(VisitorWrote("", office.now, office.now, attachments=(photo,)), key="m1")
    page = await read(maya, "/inbox")
    assert "Messenger: Picture" in words(page)
    assert "evil.example" not in page
    office.receive(VisitorUnsent("m1", office.now), key="m1")
    assert "Message deleted" in words(await read(maya, "/inbox"))


async def test_a_page_further_is_a_link_and_a_fragment(office: Office, maya: Browser) -> None:
    for number in range(51):
        office.write("Hello", VisitorKey("webchat", "https://shop.example", f"v{number}"))
        office.pass_time(1)
    page = await read(maya, "/inbox?status=open")
    assert len(names(page)) == 50
    [link] = re.findall(r'class="btn bare" href="([^"]+)"', page)
    assert len(names(await read(maya, unescape(link)))) == 1
    [further] = re.findall(r'data-after="([^"]+)"', page)
    fragment = await read(maya, f"/inbox/rows?after={further}", **as_htmx("/inbox"))
    assert len(names(fragment)) == 1
    assert "data-after" not in fragment
    both = await read(maya, "/inbox/rows?rows=51", **as_htmx("/inbox"))
    assert len(names(both)) == 51


@pytest.mark.parametrize("text", ["%", "_", "' OR 1=1--", "[a-z]*", "<b>"])
async def test_a_search_means_what_is_typed(office: Office, maya: Browser, text: str) -> None:
    visit(office, maya, "Ada")
    query = urlencode({"q": text})
    assert names(await read(maya, f"/inbox?{query}")) == []
    fragment = await read(maya, f"/inbox/list?{query}", **as_htmx("/inbox"))
    assert names(fragment) == []
    assert "<b>" not in fragment


@pytest.mark.parametrize("migrated_url", ["postgresql"], indirect=True)
async def test_a_search_that_finds_too_much_says_so_below_all_rows(
    office: Office, maya: Browser
) -> None:
    places = [VisitorKey("webchat", "https://shop.example", f"v{n}") for n in range(51)]
    office.receive_all([office.arrival("Hello", places[n % 51]) for n in range(MOST_FOUND)])
    told = "Only the newest finds were looked through. Add a word to narrow the search."
    page = await read(maya, "/inbox?q=hello")
    assert told not in words(page)
    [further] = re.findall(r'data-after="([^"]+)"', page)
    rest = f"/inbox/rows?q=hello&after={further}"
    assert told in words(await read(maya, rest, **as_htmx("/inbox?q=hello")))
    nothing = words(await read(maya, "/inbox?q=hello&status=closed"))
    assert told in nothing
    assert "Nothing here holds" not in nothing


@pytest.mark.parametrize("text", ["a\0b", "x" * 1_001])
async def test_what_cannot_be_looked_for_is_422(maya: Browser, text: str) -> None:
    query = urlencode({"q": text})
    page = await read_refusal(maya, f"/inbox?{query}", 422)
    assert "q: " in words(page)
    fragment = await read_refusal(maya, f"/inbox/list?{query}", 422, **as_htmx("/inbox"))
    assert "q: " in words(fragment)
    assert 'id="list"' in fragment


async def test_another_view_becomes_the_pages_address(office: Office, maya: Browser) -> None:
    visit(office, maya, "Ada")

    async def ask(query: str, shown: str) -> dict[str, str]:
        response = await maya.get(f"/inbox/list{query}", **as_htmx(shown))
        return {name: value for name, value in response.headers.items() if name.startswith("HX-")}

    assert await ask("?v=mine", "/inbox/7?q=zip") == {"HX-Push-Url": "/inbox/7?v=mine"}
    assert await ask("?v=mine&q=zi", "/inbox?v=mine&q=z") == {
        "HX-Replace-Url": "/inbox?v=mine&q=zi"
    }
    assert await ask("?v=mine", "/inbox?v=mine") == {}


async def test_a_search_finds_open_and_closed_counts_them_and_marks_the_line(
    office: Office, maya: Browser
) -> None:
    talks = [visit(office, maya, name) for name in ("Ada", "Bob", "Cyd")]
    for name in ("Ada", "Bob"):
        place = VisitorKey("webchat", "https://shop.example", name)
        office.write("Some zelt that is blue", place)
        office.write(f"{'So ' * 100}the blue ZÉLT & co", place)
        office.receive_all([office.arrival("And more", place) for _ in range(60)])
    close = ConversationChanges(status=Status.CLOSED)
    maya.parts.desk.change(talks[1], office.rows("conversations")[1]["version"], close, JO)
    page = await read(maya, "/inbox?q=zelt blue")
    assert sorted(names(page)) == ["Ada", "Bob"]
    assert "the <mark>blue</mark> <mark>ZÉLT</mark> &amp; co" in page
    assert "Open and closed 2 Open 1 Closed 1" in words(page)
    assert "Mine 0 Unassigned 2 All 2" in words(page)
    assert names(await read(maya, "/inbox?q=zelt&status=closed")) == ["Bob"]
    assert names(await read(maya, "/inbox?q=zelt&status=open")) == ["Ada"]
    [where] = re.findall(r'href="([^"]+)#m3"', await read(maya, "/inbox?q=zelt&status=open"))
    thread = await read(maya, unescape(where), **as_htmx("/inbox?q=zelt&status=open"))
    assert re.search(r'<li class="msg in[^"]* found" id="m3"', thread)
    assert 'id="m1"' in thread
    assert 'data-to="22"' in thread
    assert "<mark>ada@ex</mark>ample.com" in await read(maya, "/inbox?q=ada@ex")


async def test_a_search_says_until_when_older_messages_are_not_found(
    office: Office, maya: Browser
) -> None:
    visit(office, maya, "Ada")
    told = f"messages up to {office.now.day} {office.now:%B %Y}."
    assert told not in words(await read(maya, "/inbox?q=ada"))
    with office.database.write() as connection:
        connection.execute(sa.update(messages).values(search_line=None))
    assert told in words(await read(maya, "/inbox?q=ada"))


async def test_a_fragment_without_scripts_is_the_page(maya: Browser) -> None:
    response = await maya.get("/inbox/list?v=mine")
    assert (response.status, response.headers["Location"]) == (303, "/inbox?v=mine")


async def test_a_query_of_somebody_elses_is_as_none(office: Office, maya: Browser) -> None:
    visit(office, maya, "Ada")
    page = await read(maya, "/inbox?v=x&status=x&order=x&unknown=x&after=")
    assert names(page) == ["Ada"]


async def test_times_are_those_of_the_browser(office: Office, maya: Browser) -> None:
    visit(office, maya, "Ada")
    assert "12:00" in words(await read(maya, "/inbox"))
    for zone, shown in {"Asia/Tokyo": "21:00", "../etc/passwd": "12:00", "": "12:00"}.items():
        maya.client.session.cookie_jar.clear()
        own = f"__Host-inbox={maya.session}; tz={zone}"
        assert shown in words(await read(maya, "/inbox", Cookie=own))


async def test_the_newest_line_of_the_visitor_is_not_hidden_by_the_bots(
    office: Office, maya: Browser
) -> None:
    office.write("Is anybody there?", ANN)
    office.pass_time(61)
    office.work()
    assert office.channel.texts
    assert "Is anybody there?" in words(await read(maya, "/inbox"))


async def test_who_is_in_the_chat_now_has_a_dot(
    office: Office, maya: Browser, redis_url: str
) -> None:
    office.write("Hello", SITE)
    path = f"/inbox/{latest(office)}"
    assert "data-on" not in await read(maya, path)
    async with Redis.from_url(redis_url) as redis:
        await redis.zadd(PRESENT, {str(room_of(SITE)): time.time()})
    page = await read(maya, path)
    assert f'data-on data-room="{room_of(SITE)}"' in page
    assert "Online · on shop.example" in words(page)
