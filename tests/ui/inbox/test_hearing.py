"""Choosing how to hear of visitors, and webhooks, in a real browser."""

import asyncio
import json

import pytest

from bot.desk.agent import Agent
from bot.notifications.webhook_signing import new_secret
from bot.storage.outbox.rows import Work
from bot.storage.team.webhook_endpoints import add_endpoint
from tests.orders import order
from tests.ui.axe import violations
from tests.ui.conftest import DESK, DESK_AT_NIGHT, HAND, HAND_AT_NIGHT, Screen, Windows
from tests.ui.fitting import misfits
from tests.ui.inbox.support import Support
from tests.ui.waiting import until

SCREENS = {
    "desk": DESK,
    "desk-at-night": DESK_AT_NIGHT,
    "hand": HAND,
    "hand-at-night": HAND_AT_NIGHT,
}


@pytest.fixture
def program(support: Support) -> int:
    """A program that has been sent something."""
    with support.database.write() as connection:
        now = support.clock()
        url = "https://programs.example.com/a-long-path/that-goes-on-and-on/for-whosthere"
        events = ["message.created", "contact.created"]
        added = add_endpoint(connection, url, new_secret(), events, now)
        payload = {"event": "message.created", "at": now.isoformat(), "contact": None}
        for number in range(3):
            target = f"endpoint:{added}"
            order(connection, Work.WEBHOOK, f"w{number}", now, payload=payload, target=target)
    return added


@pytest.mark.parametrize("name", SCREENS)
async def test_the_pages_can_be_used_by_everybody(
    windows: Windows, support: Support, maya: Agent, program: int, name: str
) -> None:
    screen: Screen = SCREENS[name]
    page = await support.window(windows, maya, screen)
    for path in ("notifications", "webhooks", f"webhooks/{program}"):
        await page.goto(f"{support.origin}/inbox/{path}")
        assert await violations(page) == []
        assert await misfits(page) == []
    assert windows.complaints == []


async def test_quiet_hours_stay_chosen(windows: Windows, support: Support, maya: Agent) -> None:
    page = await support.window(windows, maya)
    await page.goto(f"{support.origin}/inbox/notifications")
    await page.get_by_label("Quiet from").fill("22:00")
    await page.get_by_role("button", name="Save").click()
    await page.get_by_role("alert").get_by_text("a beginning and an end").wait_for()
    await page.get_by_label("Quiet from").fill("22:00")
    await page.get_by_label("Quiet until").fill("07:00")
    await page.get_by_role("button", name="Save").click()
    await page.get_by_role("status").get_by_text("Saved.").wait_for()
    assert await page.get_by_label("Quiet from").input_value() == "22:00"


async def test_a_program_is_added_and_shows_its_secret(
    windows: Windows, support: Support, maya: Agent
) -> None:
    page = await support.window(windows, maya)
    await page.goto(f"{support.origin}/inbox/webhooks")
    await page.get_by_label("URL").fill("https://10.0.0.1/hook")
    await page.get_by_role("button", name="Add").click()
    await page.get_by_role("alert").get_by_text("a private address").wait_for()
    await page.get_by_label("URL").fill("https://programs.example.com/hook")
    await page.get_by_role("button", name="Add").click()
    secret = page.get_by_label("Secret")
    assert (await secret.input_value()).startswith("whsec_")
    await page.get_by_role("button", name="Switch off").click()
    await page.get_by_text("Nothing is sent to it.").wait_for()


_NOTE_WHAT_IS_SHOWN = """() => {
  self.shown = [];
  self.registration.showNotification = async (title, { body, data }) => {
    self.shown.push([title, body, data.url]);
  };
}"""


async def test_a_push_is_shown_by_the_browser(
    windows: Windows, support: Support, maya: Agent
) -> None:
    page = await support.window(windows, maya, permissions=["notifications"])
    await page.goto(f"{support.origin}/inbox/notifications")
    await page.get_by_role("button", name="Allow pushes here").click()
    await until(
        page, "navigator.serviceWorker.getRegistration('/inbox/sw.js').then((one) => !!one?.active)"
    )
    tools = await page.context.new_cdp_session(page)
    registrations: list[str] = []
    tools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: registrations.extend(one["registrationId"] for one in event["registrations"]),
    )
    await tools.send("ServiceWorker.enable")
    while not registrations:
        await page.wait_for_timeout(20)
    [worker] = page.context.service_workers
    await worker.evaluate(_NOTE_WHAT_IS_SHOWN)  # Chromium's shell has nowhere to show it
    told = {"title": "A visitor waits", "body": "4F2K", "url": "https://evil.example", "tag": "t"}
    message = {"registrationId": registrations[0], "data": json.dumps(told)}
    await tools.send("ServiceWorker.deliverPushMessage", {"origin": support.origin, **message})
    async with asyncio.timeout(10):
        while not (shown := await worker.evaluate("self.shown")):  # noqa: ASYNC110 - the page decides
            await asyncio.sleep(0.02)
    assert shown == [["A visitor waits", "4F2K", f"{support.origin}/inbox"]]
