"""The simulator in a real browser, as a newcomer meets it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
import pytest_asyncio

from tests.bot.web.demo.stand_in_bot import StandInBot
from tests.ui.axe import violations
from tests.ui.composing import DROP, confirm_a_word, type_by_input_method
from tests.ui.conftest import DESK, DESK_AT_NIGHT, HAND, HAND_AT_NIGHT, Screen, Windows
from tests.ui.fitting import misfits_at
from tests.ui.unbroken import SCRIPTS, email, word

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page

GUEST, MEMBER, WITH_EMAIL = "guest", "member", "member_with_email"
HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>"


@dataclass(frozen=True, slots=True)
class Simulator:
    """The page, as somebody uses it."""

    page: "Page"
    bot: StandInBot

    @property
    def psid(self) -> str:
        return parse_qs(urlsplit(self.page.url).query)["person"][0]

    @property
    def field(self) -> "Locator":
        return self.page.get_by_role("textbox", name="Message")

    async def open(self, person: str = "") -> None:
        await self.page.goto(f"{self.bot.url}/demo/messenger{person and f'?person={person}'}")

    async def become(self, kind: str) -> None:
        await self.page.locator(f"[data-kind={kind}][aria-pressed]").click()
        await self.page.locator(f"[data-kind={kind}][aria-pressed=true]").wait_for()

    async def write(self, text: str) -> None:
        await self.field.fill(text)
        await self.field.press("Enter")
        await self.shows(text)

    async def shows(self, text: str) -> None:
        await self.page.locator(".msg .body").get_by_text(text, exact=True).first.wait_for()

    async def knows(self, text: str) -> None:
        await self.page.locator(".knows h3").get_by_text(text, exact=True).first.wait_for()

    async def announces(self, text: str) -> None:
        await self.page.locator("#announcer").get_by_text(text).first.wait_for(state="attached")

    async def be_asked(self) -> None:
        await self.write("Hi, is anybody there?")
        await self.bot.look_up(self.psid)
        await self.bot.ask(self.psid)
        await self.page.get_by_role("button", name="No thanks").wait_for()


@pytest_asyncio.fixture(loop_scope="session")
async def bot() -> AsyncIterator[StandInBot]:
    bot = StandInBot()
    server = await bot.start()
    yield bot
    await server.close()


@pytest_asyncio.fixture(loop_scope="session")
async def simulator(windows: Windows, bot: StandInBot) -> AsyncIterator[Simulator]:
    """The simulator on a desk; its console names nothing but answers that were no."""
    simulator = Simulator(await windows.page(), bot)
    await simulator.open()
    await simulator.page.get_by_text("You are a guest").wait_for()
    yield simulator
    assert [text for text in windows.complaints if not text.startswith("Failed to load")] == []


async def test_a_guest_becomes_a_contact(simulator: Simulator) -> None:
    await simulator.write("Hi, is anybody there?")
    await simulator.knows("About to ask for an email")
    await simulator.page.locator("#count", has_text="0:5").wait_for()
    await simulator.bot.ask(simulator.psid)
    await simulator.knows("Asked for an email")
    await simulator.announces("What is your email address?")
    await simulator.write("ada@example.org")
    await simulator.knows("ada@example.org")
    await simulator.announces("Contact created: ada@example.org")
    assert await simulator.page.locator(".path .done").count() == 4


async def test_an_email_in_the_profile_is_there_to_tap(simulator: Simulator) -> None:
    await simulator.become(WITH_EMAIL)
    await simulator.be_asked()
    await simulator.page.get_by_role("button", name="nora.lindqvist").click()
    await simulator.knows("Email captured")
    assert await simulator.page.locator(".chip:visible").count() == 0


@pytest.mark.parametrize("kind", [GUEST, MEMBER])
async def test_without_one_only_no_thanks_is(simulator: Simulator, kind: str) -> None:
    await simulator.become(kind)
    await simulator.be_asked()
    assert await simulator.page.locator("#chips .chip").all_inner_texts() == ["No thanks"]
    await simulator.page.get_by_role("button", name="No thanks").click()
    await simulator.knows("Said no, thanks")


async def test_an_answer_of_the_team_stops_the_clock(simulator: Simulator) -> None:
    await simulator.page.get_by_role("button", name="Do you ship to Iceland?").click()
    await simulator.knows("About to ask for an email")
    await simulator.page.get_by_label("Answer as the team").fill("Yes, we do.")
    await simulator.page.get_by_role("button", name="Reply").click()
    await simulator.knows("Not asking")
    await simulator.shows("Yes, we do.")
    await simulator.page.get_by_text("Webhook: a read receipt").wait_for()


async def test_an_answer_that_is_refused_says_why_and_stays(simulator: Simulator) -> None:
    await simulator.write("Hello")
    reply = simulator.page.get_by_label("Answer as the team")
    await reply.fill("too late")
    await reply.press("Enter")
    await simulator.page.get_by_text("more than a day old").wait_for()
    assert await reply.input_value() == "too late"


async def test_a_message_can_be_changed_and_taken_back(simulator: Simulator) -> None:
    await simulator.write("Helo")
    await simulator.page.get_by_role("button", name="Change this message").click()
    await simulator.page.get_by_role("button", name="Edit").click()
    assert await simulator.field.input_value() == "Helo"
    await simulator.write("Hello")
    assert simulator.bot.events[-1]["message_edit"]["text"] == "Hello"
    await simulator.page.get_by_role("button", name="Change this message").click()
    await simulator.page.get_by_role("button", name="Unsend").click()
    await simulator.shows("You unsent a message")
    assert simulator.bot.events[-1]["message"]["is_deleted"]


async def test_keys_of_an_input_method_send_and_drop_nothing(simulator: Simulator) -> None:
    await simulator.write("Hello")
    for field in (simulator.field, simulator.page.get_by_label("Answer as the team")):
        await field.focus()
        await confirm_a_word(simulator.page)
        assert await field.input_value() == "日本"
    await simulator.page.get_by_role("button", name="Change this message").click()
    await simulator.page.get_by_role("button", name="Edit").click()
    await type_by_input_method(simulator.field, DROP)
    assert await simulator.field.input_value() == "Hello"


async def test_what_people_write_is_only_ever_text(simulator: Simulator) -> None:
    await simulator.write(HOSTILE)
    await simulator.bot.send(simulator.psid, HOSTILE)
    simulator.bot.conversations[simulator.psid]["visitor"]["name"] = HOSTILE
    await simulator.knows(HOSTILE)
    assert await simulator.page.locator("main img, main script").count() == 0


async def test_whoever_comes_back_finds_the_conversation(simulator: Simulator) -> None:
    await simulator.write("Hello")
    await simulator.page.reload()
    await simulator.shows("Hello")


async def test_a_page_is_kept_waiting_and_goes_on(simulator: Simulator) -> None:
    await simulator.page.context.set_offline(offline=True)
    await simulator.page.get_by_text("No connection to the server").wait_for()
    await simulator.page.context.set_offline(offline=False)
    await simulator.write("Hello")
    await simulator.page.get_by_text("No connection to the server").wait_for(state="detached")


async def test_after_a_restart_one_starts_again(windows: Windows, bot: StandInBot) -> None:
    simulator = Simulator(await windows.page(), bot)
    await simulator.open(person="7999")
    await simulator.page.get_by_role("button", name="Start again").press("Enter")
    await simulator.page.get_by_text("You are a guest").wait_for()
    await simulator.write("Hello")


async def test_hands_never_leave_the_keyboard(simulator: Simulator) -> None:
    await simulator.page.keyboard.press("Tab")
    await simulator.page.keyboard.press("Enter")
    await simulator.page.keyboard.type("Hello")
    await simulator.page.keyboard.press("Enter")
    await simulator.shows("Hello")
    await simulator.bot.ask(simulator.psid)
    chip = simulator.page.get_by_role("button", name="No thanks")
    await chip.focus()
    await chip.press("Enter")
    await simulator.shows("No thanks")
    assert await simulator.field.evaluate("field => field === document.activeElement")
    more = simulator.page.get_by_role("button", name="Change this message").first
    await more.press("Enter")
    await simulator.page.get_by_role("button", name="Edit").press("Escape")
    assert await more.get_attribute("aria-expanded") == "false"
    assert await more.evaluate("button => button === document.activeElement")


@pytest.mark.parametrize("screen", [DESK, DESK_AT_NIGHT, HAND, HAND_AT_NIGHT])
async def test_nothing_stands_in_anybody_s_way(
    windows: Windows, bot: StandInBot, screen: Screen
) -> None:
    simulator = Simulator(await windows.page(screen), bot)
    await simulator.open()
    await simulator.page.get_by_text("You are a guest").wait_for()
    assert await violations(simulator.page) == []
    await simulator.become(WITH_EMAIL)
    await simulator.be_asked()
    assert await violations(simulator.page) == []
    await simulator.page.get_by_role("button", name="nora.lindqvist").click()
    await simulator.knows("Email captured")
    await simulator.page.get_by_role("button", name="Change this message").first.click()
    assert await violations(simulator.page) == []
    await simulator.open(person="7999")
    await simulator.page.get_by_text("This person is gone").wait_for()
    assert await violations(simulator.page) == []


@pytest.mark.parametrize("script", SCRIPTS)
async def test_nothing_sticks_out(windows: Windows, bot: StandInBot, script: str) -> None:
    simulator = Simulator(await windows.page(Screen(1440)), bot)
    await simulator.open()
    await simulator.become(WITH_EMAIL)
    await simulator.write(word(300 if script != "emoji" else 40, script))
    name = word(400 if script != "emoji" else 60, script)
    talk = bot.conversations[simulator.psid]
    talk["visitor"]["name"] = name
    await simulator.knows(name)
    talk["contact"] = {"id": 1, "email": email(254), "created_at": "2026-11-22T14:36:00Z"}
    await simulator.knows(email(254))
    wrong = await misfits_at(simulator.page, (320, 390, 768, 819, 820, 1024, 1159, 1160, 1440))
    assert wrong == {}
