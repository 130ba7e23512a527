from collections.abc import Mapping
from datetime import timedelta

import pytest

from bot.core.model import VisitorKey
from bot.ports.channels import Profile
from bot.ports.errors import SendError, Trouble
from channels.messenger.profile import MessengerProfiles
from channels.meta.graph import PageGraph
from tests.channels.messenger.conftest import PAGE, TOKEN
from tests.fake_graph import FakeGraph
from tests.graph_behaviours import answer, refuse

Pages = Mapping[str, PageGraph]
GUEST, NAMELESS = Profile(guest=True), Profile()


def read(pages: Pages, who: str, page: str = PAGE) -> Profile:
    return MessengerProfiles(pages).read_profile(VisitorKey("messenger", page, who))


def test_a_person_has_a_name(pages: Pages, fake_graph: FakeGraph) -> None:
    assert read(pages, "42") == Profile("Peter", "Chang")
    [call] = fake_graph.requests
    assert call.path == "/v25.0/42"
    assert call.query["fields"] == "first_name,last_name"


@pytest.mark.parametrize("who", ["EMPTY", "ONLYID", "NOPROFILE", "GONE33"])
def test_nothing_to_tell_for_good_makes_a_guest(pages: Pages, who: str) -> None:
    assert read(pages, who) == GUEST


@pytest.mark.parametrize("who", [".", "..", "...", ""])
def test_an_id_that_would_be_another_path_is_not_asked_about(
    pages: Pages, fake_graph: FakeGraph, who: str
) -> None:
    assert read(pages, who) == NAMELESS
    assert fake_graph.requests == []


def test_a_reference_is_a_guest_whom_nobody_can_look_up(
    pages: Pages, fake_graph: FakeGraph
) -> None:
    assert read(pages, "user_ref:77") == GUEST
    assert fake_graph.requests == []


@pytest.mark.parametrize(("code", "subcode"), [(100, 2018247), (3, None), (200, None), (231, 1)])
def test_a_closed_door_leaves_people_nameless_and_tells_the_operator(
    pages: Pages, fake_graph: FakeGraph, code: int, subcode: int | None
) -> None:
    fake_graph.answers["42"] = refuse(code, subcode)
    profile = read(pages, "42")
    assert profile.alert is not None
    assert profile == Profile(alert=profile.alert)


@pytest.mark.parametrize(
    ("code", "subcode"),
    [(10, None), (10, 2018278), (100, None), (100, 2018001), (551, None), (230, None)],
)
def test_other_refusals_leave_people_nameless(
    pages: Pages, fake_graph: FakeGraph, code: int, subcode: int | None
) -> None:
    fake_graph.answers["42"] = refuse(code, subcode)
    assert read(pages, "42") == NAMELESS


@pytest.mark.parametrize("code", [190, 102])
def test_a_dead_token_says_nothing_about_the_visitor(
    pages: Pages, fake_graph: FakeGraph, code: int
) -> None:
    fake_graph.answers["42"] = refuse(code)
    with pytest.raises(SendError) as caught:
        read(pages, "42")
    assert caught.value.trouble is Trouble.CREDENTIALS


@pytest.mark.parametrize("code", [1, 2, 4, 17, 32, 341, 613, 80006, 368])
def test_what_will_pass_is_asked_again(pages: Pages, fake_graph: FakeGraph, code: int) -> None:
    fake_graph.answers["42"] = refuse(code)
    with pytest.raises(SendError):
        read(pages, "42")


@pytest.mark.parametrize("who", ["TRANSIENT", "HTML502", "DROP"])
def test_an_answer_that_fails_is_asked_for_again(pages: Pages, who: str) -> None:
    with pytest.raises(SendError):
        read(pages, who)


def test_throttling_names_the_wait(pages: Pages) -> None:
    with pytest.raises(SendError) as caught:
        read(pages, "RATE")
    assert caught.value.retry_after == timedelta(minutes=19)


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b"<html>"])
def test_an_unreadable_answer_is_asked_for_again(
    pages: Pages, fake_graph: FakeGraph, body: bytes
) -> None:
    fake_graph.answers["42"] = answer(body)
    with pytest.raises(SendError) as caught:
        read(pages, "42")
    assert caught.value.trouble is Trouble.UNREACHABLE


def test_an_unknown_page_has_no_token(pages: Pages) -> None:
    with pytest.raises(SendError) as caught:
        read(pages, "42", page="999")
    assert caught.value.trouble is Trouble.CREDENTIALS


NAMES = [
    ("x" * 10_000, "x" * 100),
    ("<b>Ada</b>", "<b>Ada</b>"),
    ("Ada\u202eecalevoL\x00\x07\x85", "AdaecalevoL"),
    ("\u2067Ada\u2069 \ud800", "Ada"),
    ("\u0646\u0645\u06cc\u200c\u062e\u0648", "\u0646\u0645\u06cc\u200c\u062e\u0648"),
    (7, ""),
    (None, ""),
]


@pytest.mark.parametrize(("told", "kept"), NAMES, ids=[f"W46-{n}" for n in range(len(NAMES))])
def test_a_name_is_cut_and_kept_without_controls(
    pages: Pages, fake_graph: FakeGraph, told: object, kept: str
) -> None:
    fake_graph.answers["42"] = answer({"id": "42", "first_name": told, "last_name": "Byron"})
    assert read(pages, "42") == Profile(kept, "Byron")


def test_the_token_never_reaches_the_path(pages: Pages, fake_graph: FakeGraph) -> None:
    read(pages, "../me?x=1")
    [call] = fake_graph.requests
    assert call.node == "../me?x=1"
    assert TOKEN not in call.path
