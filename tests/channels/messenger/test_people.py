from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.model import VisitorKey
from bot.ports.errors import SendError
from channels.messenger.people import MessengerPeople, find_places
from channels.meta.app import MetaApp
from channels.meta.graph import GraphAddress, PageGraph, open_app
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
        VisitorKey("messenger", "1", "psid1"),
        VisitorKey("messenger", "3", "psid3"),
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


def one_app(app_id: str | None, fake: FakeGraph, page: str = "1") -> MetaApp:
    return MetaApp((SECRET,), app_id, {page: "token"}, GraphAddress(fake.url))


def test_the_app_that_knows_a_person_is_asked_about_its_own_pages(fake_graph: FakeGraph) -> None:
    fake_graph.page_scoped = {("asid", "1"): "wrong", ("asid", "2"): "psid"}
    people = MessengerPeople([one_app("777", fake_graph), one_app("888", fake_graph, "2")])
    found = people.find_places(VisitorKey("messenger", "888", "asid"))
    assert found == [VisitorKey("messenger", "2", "psid")]


def test_without_an_app_id_only_later_can_tell(fake_graph: FakeGraph) -> None:
    demo = one_app("888", fake_graph, "2")
    with pytest.raises(SendError):
        MessengerPeople([one_app(None, fake_graph), demo]).find_places(
            VisitorKey("messenger", "", "asid")
        )
    assert not fake_graph.requests


def test_the_first_app_answers_for_requests_from_before_its_id_was_set(
    fake_graph: FakeGraph,
) -> None:
    people = MessengerPeople([one_app("777", fake_graph), one_app("888", fake_graph, "2")])
    people.find_places(VisitorKey("messenger", "", "asid"))
    assert [call.query["page"] for call in fake_graph.requests] == ["1"]


@pytest.mark.parametrize("app_id", ["", "999"])
def test_an_app_that_is_gone_says_so_by_an_error(app_id: str, fake_graph: FakeGraph) -> None:
    apps = [one_app("777", fake_graph)] if app_id else []
    with pytest.raises(SendError):
        MessengerPeople(apps).find_places(VisitorKey("messenger", app_id, "asid"))


def test_another_secret_is_another_credential(fake_graph: FakeGraph) -> None:
    [one], [other] = (
        MessengerPeople(
            [replace(one_app("777", fake_graph), secrets=(secret,))]
        ).fingerprints.items()
        for secret in ("old", "new")
    )
    assert one[0] == other[0] == "777"
    assert one[1] != other[1]
