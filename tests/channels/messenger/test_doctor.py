from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from bot.ports.errors import SendError, Trouble
from channels.meta.doctor import (
    NEEDED_FIELDS,
    Subscription,
    TokenFacts,
    TokenOwner,
    read_identity,
    read_subscriptions,
    read_token,
)
from channels.meta.graph import GraphAddress, PageGraph, open_app
from tests.channels.messenger.conftest import PAGE, TOKEN
from tests.fake_graph import FakeGraph
from tests.graph_behaviours import PROFILES, answer, refuse

Pages = Mapping[str, PageGraph]


@pytest.fixture
def app(fake_graph: FakeGraph) -> PageGraph:
    return open_app("777", "secret", GraphAddress(fake_graph.url))


def test_a_token_tells_whose_it_is(pages: Pages) -> None:
    assert read_identity(pages[PAGE]) == TokenOwner("1234", "A page")


def test_a_dead_token_is_told_from_an_unreachable_graph(
    pages: Pages, fake_graph: FakeGraph
) -> None:
    fake_graph.dead_tokens.add(TOKEN)
    with pytest.raises(SendError) as caught:
        read_identity(pages[PAGE])
    assert caught.value.trouble is Trouble.CREDENTIALS


def test_a_page_tells_which_apps_hear_of_its_events(pages: Pages, fake_graph: FakeGraph) -> None:
    fake_graph.subscriptions = [{"id": "777", "subscribed_fields": ["messages", "standby"]}]
    [subscription] = read_subscriptions(pages[PAGE], PAGE)
    assert subscription == Subscription("777", frozenset({"messages", "standby"}))
    assert subscription.missing_fields == NEEDED_FIELDS - {"messages", "standby"}


def test_a_page_without_subscriptions_says_so(pages: Pages) -> None:
    assert read_subscriptions(pages[PAGE], PAGE) == []


def test_the_app_tells_what_a_token_may_do(app: PageGraph, fake_graph: FakeGraph) -> None:
    fake_graph.scopes = ["pages_messaging"]
    facts = read_token(app, TOKEN)
    assert facts == TokenFacts(
        valid=True,
        kind="PAGE",
        app_id="777",
        page_id="1234",
        scopes=frozenset({"pages_messaging"}),
        expires_at=None,
    )
    assert facts.missing_scopes == {"pages_manage_metadata"}


def test_a_token_that_has_died_is_not_valid(app: PageGraph, fake_graph: FakeGraph) -> None:
    fake_graph.dead_tokens.add(TOKEN)
    assert not read_token(app, TOKEN).valid


@pytest.mark.parametrize(
    ("told", "expires_at"),
    [(1893456000, datetime(2030, 1, 1, tzinfo=UTC)), (0, None), (10**20, None), ("x", None)],
)
def test_the_end_of_a_token_is_read(
    app: PageGraph, fake_graph: FakeGraph, told: object, expires_at: datetime | None
) -> None:
    fake_graph.answers["debug_token"] = answer({"data": {"expires_at": told}})
    assert read_token(app, TOKEN).expires_at == expires_at


@pytest.mark.parametrize("body", [{}, {"data": []}, {"data": {"scopes": "x", "app_id": None}}])
def test_an_odd_answer_is_no_valid_token(
    app: PageGraph, fake_graph: FakeGraph, body: object
) -> None:
    fake_graph.answers["debug_token"] = answer(body)
    assert not read_token(app, TOKEN).valid


def test_an_answer_that_is_lost_is_no_answer(app: PageGraph, fake_graph: FakeGraph) -> None:
    fake_graph.answers["debug_token"] = PROFILES["DROP"]
    with pytest.raises(SendError) as caught:
        read_token(app, TOKEN)
    assert caught.value.trouble is Trouble.UNREACHABLE


def test_a_refusal_for_good_is_nothing_told(app: PageGraph, fake_graph: FakeGraph) -> None:
    fake_graph.answers["debug_token"] = refuse(100)
    assert not read_token(app, TOKEN).valid
