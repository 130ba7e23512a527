"""Visitors who write from right to left, beside those who do not."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.core.model import ConversationId
from bot.desk.agent import Agent
from bot.desk.types import Person, Words
from tests.ui.axe import violations
from tests.ui.conftest import Screen, Windows
from tests.ui.inbox.conftest import Open
from tests.ui.inbox.support import AFTERNOON, Support, on_messenger, on_site
from tests.ui.pictures import assert_looks_the_same, skip_unless_comparable

if TYPE_CHECKING:
    from playwright.async_api import Page

WIDE = Screen(1440, 900)
WAYS = "all => all.map(part => getComputedStyle(part).direction)"


@pytest.fixture
def talk(support: Support, maya: Agent) -> ConversationId:
    """Layla writes in Arabic, and quotes an address; Noa has written in Hebrew."""
    support.now = AFTERNOON - timedelta(minutes=9)
    support.write("היי, עוד לא קיבלתי את ההזמנה 4711!", on_messenger("noa"))
    place = on_site("layla")
    support.now = AFTERNOON - timedelta(minutes=4)
    talk = support.write("مرحبا! هل الخيمة Fjord 2 متوفرة باللون الأخضر؟", place)
    person = Person("layla@example.com", "ليلى", "حداد")
    support.desk.associate_person(talk, person, maya.actor)
    support.now = AFTERNOON - timedelta(minutes=2)
    said = "Yes, in green and sand: https://northwind.example/tents/fjord-2"
    support.desk.reply(talk, Words(said, "c1"), maya.actor)
    support.now = AFTERNOON - timedelta(minutes=1)
    support.write("شكرا!\nOK, I take the green one.\nhttps://northwind.example/سلة (2)؟", place)
    support.now = AFTERNOON
    return talk


async def test_each_text_runs_in_its_own_direction(
    windows: Windows, maya: Agent, talk: ConversationId, open_inbox: Open
) -> None:
    skip_unless_comparable(windows.browser)
    page: Page = await open_inbox(maya, f"/{talk}", WIDE)
    await page.locator(f"#c{talk}[data-unread='0']").wait_for(state="attached")
    assert await page.locator("#log .said").evaluate_all(WAYS) == ["rtl", "ltr", "rtl"]
    assert await page.locator("#log .said a").evaluate_all(WAYS) == ["ltr", "ltr"]
    assert await page.locator("#thread h2").evaluate_all(WAYS) == ["rtl"]
    assert await page.locator("#rows .who").evaluate_all(WAYS) == ["rtl", "ltr"]
    assert await page.locator("#rows .cut:not(.typing)").evaluate_all(WAYS) == ["rtl", "rtl"]
    assert await violations(page) == []
    await page.mouse.move(2, 2)
    await assert_looks_the_same(page, "right-to-left")
    assert windows.complaints == []
