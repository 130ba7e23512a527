"""A channel that no file knows goes through everything, under its own title."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from bot.core.events import EmailGiven
from bot.core.model import VisitorKey
from bot.desk.types import Actor, Words
from bot.erasure import erase_person
from bot.notifications.watching import Watchman
from bot.ops.check.examine import examine
from bot.storage.outbox.accounts import Account, AccountState, lock_account, save_account
from bot.wiring.channels import given, open_channels
from bot.wiring.settings import read_settings
from channels import CHANNELS
from config.reference import write_reference
from config.settings import SettingsError
from tests.bot.notifications.bureau import SLACK, Bureau
from tests.bot.web.inbox.pages import as_htmx, read, words
from tests.bot.web.sites import Serve
from tests.factories import ADA
from tests.fakes import QuietDoorbell
from tests.mail_server import PostOffice, post
from tests.mailroom import MailRoom
from tests.office import Office
from tests.pigeon.flights import LOFT, Flights, open_flights, says_nothing_of_others
from tests.pigeon.kind import PigeonKind
from tests.pigeon.variables import NAME, PigeonVariables

__all__ = ["post"]  # for pytest to find

SEVEN = VisitorKey(NAME, LOFT, "ring-7")
LATE = timedelta(days=3, minutes=1)


@pytest.fixture
async def flights(office: Office, redis_url: str, aiohttp_client: Serve) -> Flights:
    office.now = datetime.now(UTC)
    return await open_flights(office, redis_url, aiohttp_client)


async def test_what_comes_is_stored_and_asked_about(flights: Flights) -> None:
    await flights.fly("Is the shop open?")
    flights.work()

    talk = await flights.talk("ring-7")
    assert (talk["channel"], talk["account"]) == (NAME, LOFT)
    assert talk["visitor"]["name"] == "Ring ring-7"
    listed = await flights.ask("/conversations", channel=NAME)
    assert [each["id"] for each in listed["conversations"]] == [talk["id"]]
    [visitor] = flights.office.rows("visitors")
    assert (visitor["external_id"], visitor["answer_to"]) == ("ring-7", "roost-1")


async def test_answers_go_to_where_the_pigeon_lives_now(flights: Flights) -> None:
    await flights.fly("Is the shop open?")
    await flights.answer("ring-7", "Until six.")
    flights.work()
    await flights.fly("Thanks", roost="roost-2")
    await flights.answer("ring-7", "Welcome.")
    flights.work()

    flown = [(roost, message.text) for roost, message in flights.sky.flown]
    assert flown == [("roost-1", "Until six."), ("roost-2", "Welcome.")]
    assert [each["delivery"]["state"] for each in await flights.replies("ring-7")] == [
        "sent",
        "sent",
    ]


async def test_the_prompt_is_captured_as_anywhere(flights: Flights) -> None:
    await flights.fly("Is the shop open?")
    await flights.call("POST", f"/conversations/{flights.find('ring-7')}/capture")
    flights.work()
    [(roost, prompt)] = flights.sky.flown
    assert (roost, prompt.asks_for_email) == ("roost-1", True)

    await flights.fly(ADA)

    talk = await flights.talk("ring-7")
    assert (talk["contact"]["email"], talk["capture"]["state"]) == (ADA, "captured")
    operations = words(await read(flights.agent, "/inbox/operations"))
    assert "Carrier pigeon" in operations
    assert says_nothing_of_others(operations)


async def test_the_inbox_calls_it_by_its_title(flights: Flights) -> None:
    await flights.fly("Is the shop open?")
    number = flights.find("ring-7")

    pages = {
        "list": await read(flights.agent, "/inbox?status=open"),
        "thread": await read(
            flights.agent, f"/inbox/{number}/thread", **as_htmx(f"/inbox/{number}")
        ),
        "details": await read(flights.agent, f"/inbox/{number}"),
    }

    for page in pages.values():
        assert "Carrier pigeon" in words(page)
        assert says_nothing_of_others(words(page))
    assert PigeonVariables.facts.icon in pages["list"]
    assert f"Loft {LOFT}" in words(pages["details"])
    assert 'data-part="120"' in pages["thread"]
    assert 'data-channel="Carrier pigeon"' in pages["thread"]


async def test_the_composer_says_what_the_channel_lets_us_do(flights: Flights) -> None:
    await flights.fly("Is the shop open?")
    path = f"/inbox/{flights.find('ring-7')}"
    flights.grow_old(timedelta(days=2, hours=23))
    soon = words(await read(flights.agent, f"{path}/thread", **as_htmx(path)))
    assert "Carrier pigeon takes answers for" in soon

    flights.grow_old(timedelta(hours=2))
    late = await read(flights.agent, f"{path}/thread", **as_htmx(path))
    assert 'value="reply" disabled' in late
    assert says_nothing_of_others(words(late))


async def test_operators_read_of_it_by_its_title(flights: Flights) -> None:
    await flights.bring(b"<leaf/>")
    stopped = Account(NAME, LOFT, AccountState.STOPPED, reason="The corn is gone.")
    with flights.office.database.write() as connection:
        lock_account(connection, NAME, LOFT, flights.office.now)
        save_account(connection, stopped, flights.office.now)

    page = words(await read(flights.agent, "/inbox/operations"))

    assert f"Carrier pigeon {LOFT}" in page
    assert "not_a_leaf" in page
    assert says_nothing_of_others(page)


async def test_a_letter_is_read_again_by_its_channel(flights: Flights) -> None:
    await flights.bring(b"<leaf/>")
    [letter] = flights.office.rows("dead_letters")
    assert (letter["channel"], letter["reason"]) == (NAME, "not_a_leaf")

    await flights.agent.post(f"/inbox/operations/letters/{letter['id']}/retry")

    assert "is not configured" not in words(await read(flights.agent, "/inbox/operations"))
    assert flights.office.count("dead_letters") == 1


async def test_a_check_lets_it_look_for_itself(flights: Flights) -> None:
    await flights.fly("Is the shop open?")
    found = [each.as_line() for each in examine(flights.settings, flights.office.now)]
    about = [line for line in found if f"loft {LOFT}" in line]
    assert [line.partition(": ")[2] for line in about] == ["The newest pigeon has ring ring-7."]
    assert any("asked on messenger and pigeon and webchat" in line for line in found)


async def test_notices_name_it(flights: Flights) -> None:
    rules = replace(flights.settings.notice_rules, urls=(SLACK,))
    office = flights.office
    watched = [one for channel in open_channels(given(flights.settings)) for one in channel.watched]
    watchman = Watchman(office.database, watched, lambda: office.now, lambda: None)
    office.set_rules(announces=True)
    bureau = Bureau(office, rules, look=watchman.look)

    bureau.write("Is the shop open?", SEVEN)
    bureau.pass_time(1_000)

    told = " ".join([*bureau.recorder.to(SLACK), *bureau.recorder.bodies])
    assert "Nothing is delivered: the loft “Rookery” on carrier pigeon" in told
    assert "The pigeons have flown away." in told
    assert says_nothing_of_others(told)


async def test_mails_name_it(flights: Flights, post: PostOffice) -> None:
    office, titles = flights.office, flights.settings.channel_titles
    room = MailRoom(office, post)
    rules = {NAME: flights.settings.capture_rules.for_channel(NAME)}
    office.set_rules(channel_rules=rules)
    room.stationery = replace(room.stationery, channels=titles)
    talk = room.come(SEVEN)
    office.now += LATE
    room.desk.mail_instead(talk, Words("Until six.", "a1"), Actor("maya@shop.example"))
    room.wait()

    [mail] = post.mails
    body = mail.get_body(("plain",))
    assert body
    said = f"{mail['Subject']} {unescape(body.get_content())}"
    assert "Carrier pigeon" in said
    assert says_nothing_of_others(said)


async def test_who_is_forgotten_leaves_nothing(flights: Flights) -> None:
    await flights.fly("Is the shop open?")
    office = flights.office
    office.receive(EmailGiven(ADA, office.now), place=SEVEN)
    await flights.bring(b'{"loft": "south", "roost": "roost-1", "text": 7}')
    assert office.count("dead_letters") == 1

    erased = erase_person(office.database, ADA, office.now, QuietDoorbell())

    assert erased
    removed = erased.removed
    assert (removed.visitors, removed.conversations, removed.dead_letters) == (1, 1, 1)
    assert not office.rows("visitors")


def test_its_variables_stand_in_the_reference() -> None:
    kinds = (*CHANNELS, PigeonKind())
    written = write_reference([kind.variables for kind in kinds])
    assert "\n## Carrier pigeon\n" in written
    assert "| `PIGEON_LOFTS` |" in written


def test_its_name_may_be_asked_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAPTURE_CHANNELS", NAME)
    monkeypatch.setenv("PIGEON_LOFTS", "north, south")
    settings = read_settings((*CHANNELS, PigeonKind()))
    assert settings.asked_channels == {NAME}
    assert settings.of(PigeonVariables).pigeon_lofts == ("north", "south")
    with pytest.raises(SettingsError, match="it takes `messenger`, `webchat`"):
        read_settings()
