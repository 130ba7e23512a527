"""What an agent hears who has chosen to, and what is loaded for nobody else."""

from typing import TYPE_CHECKING

import pytest

from bot.desk.agent import Agent, Preferences
from tests.ui.conftest import Windows
from tests.ui.inbox.conftest import Open
from tests.ui.inbox.support import Support, on_site
from tests.ui.waiting import until

if TYPE_CHECKING:
    from playwright.async_api import Page

HEARD = "performance.getEntriesByType('resource').some(one => one.name.endsWith('/alarms.js'))"


@pytest.mark.parametrize("sound", [False, True])
async def test_a_new_message_is_heard_by_who_wants_to(
    windows: Windows, support: Support, maya: Agent, open_inbox: Open, *, sound: bool
) -> None:
    support.staff.prefer(maya.id, Preferences(sound=sound))
    support.write("Hello", on_site("ann"))
    page: Page = await open_inbox(maya)
    await page.evaluate("""() => {
        const open = AudioContext.prototype.createOscillator;
        AudioContext.prototype.createOscillator = function () {
          document.body.dataset.tones = 1 + Number(document.body.dataset.tones ?? 0);
          return open.call(this);
        };
    }""")
    await page.mouse.click(2, 2)
    support.write("Anybody?", on_site("ann"))
    await page.locator("#announcer").get_by_text("New message from").wait_for()
    if sound:
        await until(page, "document.body.dataset.tones == 2")
    assert await page.evaluate(HEARD) is sound
    assert windows.complaints == []
