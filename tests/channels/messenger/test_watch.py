"""What is noticed of a page that Meta has switched off, or whose token is dead."""

from collections.abc import Mapping

import pytest

from bot.ports.errors import SendError, Trouble
from channels.messenger.watch import PageWatch
from channels.meta.graph import PageGraph
from tests.channels.messenger.conftest import PAGE, TOKEN
from tests.fake_graph import FakeGraph
from tests.graph_behaviours import refuse

HEARD: dict[str, object] = {"id": "777", "subscribed_fields": ["messages", "messaging_postbacks"]}


@pytest.fixture
def watch(pages: Mapping[str, PageGraph]) -> PageWatch:
    return PageWatch(PAGE, pages[PAGE], "777")


def test_a_page_that_is_well_gives_its_name(watch: PageWatch, fake_graph: FakeGraph) -> None:
    fake_graph.subscriptions = [HEARD]
    assert watch.knock()
    assert watch.listen() is None


@pytest.mark.parametrize(
    "subscriptions",
    [[], [{"id": "778", "subscribed_fields": ["messages"]}], [{**HEARD, "subscribed_fields": []}]],
)
def test_a_page_that_was_switched_off_is_noticed(
    watch: PageWatch, fake_graph: FakeGraph, subscriptions: list[dict[str, object]]
) -> None:
    fake_graph.subscriptions = subscriptions
    assert "switched off" in (watch.listen() or "")


def test_a_dead_token_is_noticed(watch: PageWatch, fake_graph: FakeGraph) -> None:
    fake_graph.dead_tokens.add(TOKEN)
    with pytest.raises(SendError) as refused:
        watch.knock()
    assert refused.value.trouble is Trouble.CREDENTIALS
    assert TOKEN not in refused.value.reason


def test_what_may_pass_by_itself_is_no_trouble_of_the_page(
    watch: PageWatch, fake_graph: FakeGraph
) -> None:
    fake_graph.answers["me"] = refuse(2, status=500)
    with pytest.raises(SendError) as refused:
        watch.knock()
    assert refused.value.trouble is None
