"""The launcher, and what the chat looks like before anything was said."""

import pytest
from playwright.async_api import expect

from tests.ui.conftest import DESK, HAND, Screen, Windows
from tests.ui.waiting import until
from tests.ui.widget.chat import Chat
from tests.ui.widget.conftest import Arrive
from tests.ui.widget.shop import Visitor
from tests.ui.widget.stage import Stage


async def test_the_launcher_opens_and_closes_the_chat(visitor: Visitor) -> None:
    await expect(visitor.launcher).to_have_accessible_name("Open chat")
    await expect(visitor.launcher).to_have_attribute("aria-expanded", "false")
    await visitor.open()
    await expect(visitor.launcher).to_have_accessible_name("Close chat")
    await expect(visitor.launcher).to_have_attribute("aria-expanded", "true")
    await visitor.launcher.click()
    await expect(visitor.dialog).to_be_hidden()
    await expect(visitor.launcher).to_be_focused()


async def test_the_chat_waits_for_the_visitor(visitor: Visitor, chat: Chat) -> None:
    await visitor.launcher.wait_for()
    assert chat.asked_for == ["/widget.js"]
    await visitor.open()
    assert "/chat/frame" in chat.asked_for


async def test_a_team_that_is_there_greets(visitor: Visitor) -> None:
    await visitor.open()
    await expect(visitor.frame.locator("#presence")).to_have_text("Online now")
    await expect(visitor.messages).to_have_text(["Hello 👋 How can we help?"])
    await expect(visitor.field).to_be_focused()
    await expect(visitor.frame.locator(".msg .vh")).to_have_text("Northwind Outfitters:")


async def test_a_team_that_is_away_says_so_and_takes_messages(visitor: Visitor, chat: Chat) -> None:
    chat.go_away("We are out until Monday.")
    await visitor.open()
    await expect(visitor.frame.locator("#presence")).to_have_text("Away at the moment")
    await expect(visitor.messages).to_have_text(["We are out until Monday."])
    await visitor.write("Hello?")
    await visitor.sent()
    await expect(visitor.messages).to_have_text(["Hello?", "We are out until Monday."])


async def test_a_team_that_leaves_is_shown_as_away(visitor: Visitor, chat: Chat) -> None:
    await visitor.chat("Hello?")
    chat.go_away("We have just left.")
    await visitor.write("Anybody?")
    await visitor.said("We have just left.").wait_for()
    await expect(visitor.frame.locator("#presence")).to_have_text("Away at the moment")


@pytest.mark.parametrize("screen", [DESK, HAND])
async def test_a_closed_team_says_when_it_is_back_by_the_visitors_clock(
    windows: Windows, site: str, chat: Chat, screen: Screen
) -> None:
    chat.set_clock("2026-01-10T12:00:00+00:00")
    chat.close_until_monday()
    context = await windows.context(screen, timezone_id="America/New_York", locale="de")
    visitor = await Visitor.arrive(context, site, lang="de")
    await visitor.open()
    back = "Wir sind am Montag um 3:00 Uhr wieder da."
    await expect(visitor.frame.locator("#presence")).to_have_text(back)
    await visitor.write("Hallo?")
    await expect(visitor.messages.last).to_contain_text(back)


async def test_a_phone_shows_nothing_but_the_chat(arrive: Arrive) -> None:
    visitor = await arrive(HAND)
    await visitor.open()
    assert await visitor.dialog.evaluate("dialog => dialog.matches(':modal')")
    box = {"x": 0, "y": 0, "width": HAND.width, "height": HAND.height}
    assert await visitor.dialog.bounding_box() == box
    await expect(visitor.field).not_to_be_focused()  # no keyboard that nobody asked for
    await visitor.frame.locator("#close").click()
    await expect(visitor.dialog).to_be_hidden()


async def test_a_desk_keeps_the_page_in_reach(visitor: Visitor) -> None:
    await visitor.open()
    assert not await visitor.dialog.evaluate("dialog => dialog.matches(':modal')")
    await visitor.page.get_by_role("button", name="Add to basket").click()
    await expect(visitor.page.locator("#basket")).to_contain_text("1")


@pytest.mark.parametrize(
    ("attributes", "words"),
    [
        ({"lang": "de-AT"}, "Chat öffnen"),
        ({"lang": "de", "data-lang": "it"}, "Apri la chat"),
        ({"lang": "fi"}, "Open chat"),
        ({"lang": ""}, "Open chat"),
    ],
    ids=["the page's", "the site's wish", "one that we do not speak", "none"],
)
async def test_the_launcher_speaks_a_language(
    arrive: Arrive, attributes: dict[str, str], words: str
) -> None:
    visitor = await arrive(**attributes)
    await expect(visitor.launcher).to_have_accessible_name(words)


@pytest.mark.parametrize(
    ("language", "label", "sent"),
    [
        ("it", "Scriva un messaggio…", "Inviato"),
        ("de", "Nachricht schreiben…", "Gesendet"),
        ("fr", "Écrivez un message…", "Envoyé"),
        ("es", "Escriba un mensaje…", "Enviado"),
        ("pt", "Escreva uma mensagem…", "Enviada"),
        ("nl", "Schrijf een bericht…", "Verzonden"),
    ],
)
async def test_the_chat_speaks_the_same_language(
    arrive: Arrive, language: str, label: str, sent: str
) -> None:
    visitor = await arrive(lang=language)
    await visitor.open()
    await expect(visitor.field).to_have_attribute("placeholder", label)
    await visitor.write("…")
    await visitor.sent(sent)


async def test_a_page_from_right_to_left_turns_everything_around(arrive: Arrive) -> None:
    visitor = await arrive(dir="rtl")
    await visitor.open()
    launcher = await visitor.launcher.bounding_box()
    assert launcher
    assert launcher["x"] < DESK.width / 4
    assert await visitor.frame.locator("html").get_attribute("dir") == "rtl"
    await visitor.write("مرحبا", "hello")
    directions = await visitor.own.evaluate_all(
        "all => all.map(p => getComputedStyle(p).direction)"
    )
    assert directions == ["rtl", "ltr"]


@pytest.mark.parametrize(
    ("wish", "is_dark", "theme"),
    [
        ("auto", True, "dark"),
        ("auto", False, "light"),
        ("dark", False, "dark"),
        (None, True, "light"),
    ],
)
async def test_the_site_chooses_the_theme(
    windows: Windows, site: str, wish: str | None, *, is_dark: bool, theme: str
) -> None:
    context = await windows.context(DESK, color_scheme="dark" if is_dark else "light")
    attributes = {"data-theme": wish} if wish else {}
    visitor = await Visitor.arrive(context, site, **attributes)
    await visitor.open()
    await expect(visitor.frame.locator("html")).to_have_attribute("data-theme", theme)


async def test_a_theme_by_the_hour_changes_with_it(arrive: Arrive) -> None:
    visitor = await arrive(data_theme="auto")
    await visitor.open()
    await visitor.page.emulate_media(color_scheme="dark")
    await expect(visitor.frame.locator("html")).to_have_attribute("data-theme", "dark")
    face = visitor.frame.locator(".face")
    await expect(face).to_have_css("background-color", "rgb(70, 191, 160)")


async def test_a_line_that_is_there_twice_counts_once(visitor: Visitor, chat: Chat) -> None:
    await visitor.launcher.wait_for()
    await visitor.page.add_script_tag(url=f"{chat.origin}/widget.js")
    await expect(visitor.launcher).to_have_count(1)


async def test_the_site_can_open_the_chat_itself(visitor: Visitor) -> None:
    await visitor.page.get_by_role("button", name="Ask us about it").click()
    await visitor.field.wait_for()


async def test_a_page_of_this_machine_may_embed_a_chat_of_this_machine(
    windows: Windows, stage: Stage, chat: Chat
) -> None:
    await chat.change(public_url=f"http://localhost:{chat.wishes['port']}")
    port = stage.origin.rpartition(":")[2]
    for name in ("localhost", "127.0.0.1", "[::1]", "shop.localhost"):
        stage.widget = f"http://localhost:{chat.wishes['port']}/widget.js"
        address = stage.put("page").replace(stage.origin, f"http://{name}:{port}")
        visitor = Visitor(await windows.page(), address)
        await visitor.page.goto(address)
        await visitor.chat("Hello")
    assert windows.complaints == []


_TURNING = (
    "place => [document, ...[...document.querySelectorAll('*')].flatMap(e => e.shadowRoot ?? [])]"
    ".flatMap(root => root.getAnimations()).length === 0"
)


@pytest.mark.parametrize("screen", [DESK, HAND], ids=["desk", "hand"])
async def test_nothing_turns_behind_the_open_chat(
    windows: Windows, site: str, screen: Screen
) -> None:
    context = await windows.context(screen, reduced_motion="no-preference")
    visitor = await Visitor.arrive(context, site)
    await visitor.launcher.click()
    spinner = visitor.page.locator("dialog i")
    await spinner.wait_for()
    assert not await visitor.page.evaluate(_TURNING)
    await visitor.field.wait_for()
    await until(visitor.page, _TURNING)  # the opening itself takes a moment
    await until(visitor.inside, _TURNING)
    await expect(spinner).to_have_count(0)
    await visitor.write("Hello")
    await visitor.sent()
    await until(visitor.inside, _TURNING)
    await visitor.leave()
    await until(visitor.page, _TURNING)


async def test_nothing_complains(visitor: Visitor, windows: Windows) -> None:
    await visitor.chat("Hello")
    assert windows.complaints == []
