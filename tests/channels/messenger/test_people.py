from datetime import timedelta

import pytest

from bot.core.model import Place
from bot.ports import SendError
from channels.messenger.graph import GraphAddress, PageGraph, open_app
from channels.messenger.people import find_places
from tests.channels.messenger.conftest import SECRET
from tests.fake_graph import FakeGraph
from tests.graph_behaviours import answer, refuse


@pytest.fixture
def app(fake_graph: FakeGraph) -> PageGraph:
    address = GraphAddress(fake_graph.url, in_all=timedelta(seconds=10))
    return open_app("777", SECRET, address)


def test_a_person_is_found_on_every_page_that_knows_them(
    app: PageGraph, fake_graph: FakeGraph
) -> None:
    fake_graph.page_scoped = {("asid", "1"): "psid1", ("asid", "3"): "psid3"}
    assert find_places(app, "asid", ["1", "2", "3"]) == [
        Place("messenger", "1", "psid1"),
        Place("messenger", "3", "psid3"),
    ]


def test_the_app_asks_with_its_own_token_and_proof(app: PageGraph, fake_graph: FakeGraph) -> None:
    fake_graph.app_secret = SECRET
    find_places(app, "asid", ["1"])
    [call] = fake_graph.requests
    assert call.path == "/v25.0/asid/ids_for_pages"
    assert call.token == f"777|{SECRET}"


def test_somebody_whom_graph_does_not_know_is_nowhere(
    app: PageGraph, fake_graph: FakeGraph
) -> None:
    fake_graph.answers["asid"] = refuse(100, 33)
    assert find_places(app, "asid", ["1"]) == []


@pytest.mark.parametrize("body", [{}, {"data": None}, {"data": ["x", {"id": ""}, {}]}])
def test_an_odd_answer_finds_nobody(app: PageGraph, fake_graph: FakeGraph, body: object) -> None:
    fake_graph.answers["asid"] = answer(body)
    assert find_places(app, "asid", ["1"]) == []


def test_a_failure_is_not_taken_for_nobody(app: PageGraph, fake_graph: FakeGraph) -> None:
    fake_graph.answers["asid"] = refuse(2, status=500)
    with pytest.raises(SendError):
        find_places(app, "asid", ["1"])
