"""The operators' page in a real browser: as it looks, and that nobody is kept out."""

from datetime import timedelta

import pytest

from bot.core.arrivals import Fault
from bot.desk.agent import Agent
from bot.storage.operations.checkup import KeptFinding, save_checkup
from bot.storage.operations.sightings import Sighting, SightingKind, save_sighting
from bot.storage.visitors.batch import Batch
from tests.office import Office
from tests.ui.axe import violations
from tests.ui.conftest import DESK, DESK_AT_NIGHT, HAND, HAND_AT_NIGHT, Screen, Windows
from tests.ui.fitting import misfits
from tests.ui.inbox.support import PAGE, Support, on_messenger, on_site
from tests.ui.pictures import assert_looks_the_same, skip_unless_comparable

SCREENS = {
    "desk": DESK,
    "desk-at-night": DESK_AT_NIGHT,
    "hand": HAND,
    "hand-at-night": HAND_AT_NIGHT,
}


FINDINGS = [
    KeptFinding("ok", "database", "It is reachable, up to date and writable.", ""),
    KeptFinding("ok", "redis", "It answers.", ""),
    KeptFinding("broken", "page 1001", "The token is not valid.", "Generate another one."),
    KeptFinding("needs attention", "mails", "None leave: no mail server is set.", "Set SMTP_URL."),
]


@pytest.fixture
def office(support: Support) -> Office:
    """A month in which some were asked, and one letter that nobody could read."""
    office = support.office
    office.now = support.now
    places = [on_site(f"v{n}") for n in range(9)] + [on_messenger(f"m{n}") for n in range(5)]
    for number, place in enumerate(places):
        office.pass_time(-3600 * (number % 4))
        office.write("Do you ship to Iceland?", place)
        office.pass_time(61)
        office.work()
        office.pass_time(30)
        if number % 3:
            office.write(f"ann{number}@example.com" if number % 3 == 1 else "Tomorrow?", place)
        office.now = support.now
    with office.database.write() as connection:
        batch = Batch(connection, support.now)
        batch.add_fault("messenger", Fault(b"<xml/>", "not_an_envelope", PAGE))
        batch.save()
        save_checkup(connection, FINDINGS, support.now - timedelta(minutes=4))
    return office


@pytest.mark.parametrize("name", SCREENS)
async def test_what_the_world_reaches_is_said_first(
    windows: Windows, support: Support, maya: Agent, office: Office, name: str
) -> None:
    host = f"{'a-name-without-an-end' * 3}.example"
    with office.database.write() as connection:
        for what, detail in (
            (SightingKind.MISDIRECTED, {"host": host}),
            (SightingKind.UNTRUSTED_PROXY, {"sender": "fd00:1234:5678:9abc:def0:1234:5678:9abc"}),
        ):
            save_sighting(connection, Sighting(what, support.now, detail))
    page = await support.window(windows, maya, SCREENS[name])
    await page.goto(f"{support.origin}/inbox/operations")
    card = page.get_by_role("region", name="How the world reaches this server")
    assert await card.get_by_role("listitem").count() == 2
    assert await violations(page) == []
    assert await misfits(page) == []


@pytest.mark.parametrize("name", SCREENS)
async def test_it_shows_how_everything_goes(
    windows: Windows, support: Support, maya: Agent, office: Office, name: str
) -> None:
    screen: Screen = SCREENS[name]
    page = await support.window(windows, maya, screen)
    await page.goto(f"{support.origin}/inbox/operations")
    assert await violations(page) == []
    assert await misfits(page) == []
    skip_unless_comparable(windows.browser)
    await page.set_viewport_size({"width": screen.width, "height": 1180})
    await assert_looks_the_same(page, f"operations-{name}")
    assert windows.complaints == []


async def test_a_letter_is_discarded_by_its_button(
    windows: Windows, support: Support, maya: Agent, office: Office
) -> None:
    page = await support.window(windows, maya)
    await page.goto(f"{support.origin}/inbox/operations")
    await page.get_by_role("button", name="Discard letter 1").click()
    await page.get_by_text("There are none.").wait_for()
    assert await page.get_by_role("status").inner_text() == "Dead letter 1: discarded."
