"""What the chat may cost a site's page."""

import pytest
import pytest_asyncio

pytest.importorskip("brotli", reason="brotli is not installed")

from bench.widget import Cost, measure, table
from tests.ui.conftest import Windows
from tests.ui.widget.chat import Chat


@pytest_asyncio.fixture(loop_scope="session")
async def costs(windows: Windows, site: str, chat: Chat) -> dict[str, Cost]:
    measured = await measure(await windows.context(), f"{site}/")
    print(table(measured))  # noqa: T201 (shown where a budget is exceeded)
    return {cost.step: cost for cost in measured}


async def test_the_chat_stays_within_its_budget(costs: dict[str, Cost]) -> None:
    unopened = costs["a page that never opens the chat"]
    assert unopened.requests == 1
    assert unopened.sizes.br <= 3_072
    opening = costs["opening it"]
    assert opening.requests <= 7
    assert opening.sizes.br <= 12_288
