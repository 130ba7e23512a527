import logging
import socket
import traceback
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import facebook
import pytest

from bot.core.model import VisitorKey
from bot.ports.channels import Outgoing
from bot.ports.errors import SendError
from channels.messenger.profile import MessengerProfiles
from channels.messenger.sender import MessengerSender
from channels.meta.connections import Connections
from channels.meta.graph import GraphAddress, GraphRefusedError, PageGraph, open_pages
from tests.channels.messenger.conftest import PAGE, SECRET, TOKEN
from tests.fake_graph import FakeGraph
from tests.graph_behaviours import PROFILES, SENDS, refuse

Pages = Mapping[str, PageGraph]
WORDS = "words of the visitor"


def open_page(fake: FakeGraph, version: str = "v25.0", lifetime: float = 30) -> PageGraph:
    return PageGraph(
        TOKEN,
        address=GraphAddress(fake.url + "/", version),
        app_secret=SECRET,
        connections=Connections(timedelta(seconds=lifetime)),
    )


def test_it_is_facebook_sdk(pages: Pages) -> None:
    assert isinstance(pages[PAGE], facebook.GraphAPI)


@pytest.mark.parametrize("version", ["v19.0", "v25.0", "v26.0"])
def test_any_version_will_do(fake_graph: FakeGraph, version: str) -> None:
    open_page(fake_graph, version).get_object("me")
    assert fake_graph.requests[0].path == f"/{version}/me"


def test_nested_fields_are_written_as_json(fake_graph: FakeGraph) -> None:
    page = open_page(fake_graph)
    page.put_object(PAGE, "messages", recipient={"id": "42"}, message={"text": "é @"}, n=1)
    form = fake_graph.requests[0].form
    assert form["message"] == '{"text": "\\u00e9 @"}'
    assert form["n"] == "1"


def test_the_callers_own_arguments_stay_as_they_are(fake_graph: FakeGraph) -> None:
    given = {"recipient": {"id": "42"}, "message": {"text": "Hello"}}
    open_page(fake_graph).request(f"v25.0/{PAGE}/messages", post_args=given)
    assert given == {"recipient": {"id": "42"}, "message": {"text": "Hello"}}


def test_every_call_carries_the_proof(fake_graph: FakeGraph) -> None:
    fake_graph.app_secret = SECRET
    page = open_page(fake_graph)
    page.get_object("me")
    page.put_object(PAGE, "messages", recipient={"id": "42"}, message={"text": "Hello"})
    assert len(fake_graph.accepted) == 1


def test_a_refusal_is_facebook_sdks_error_with_what_it_leaves_out(fake_graph: FakeGraph) -> None:
    with pytest.raises(facebook.GraphAPIError) as caught:
        open_page(fake_graph).get_object("NOPROFILE")
    error = caught.value
    assert isinstance(error, GraphRefusedError)
    assert (error.code, error.refusal.subcode, error.refusal.status) == (100, 2018218, 400)


def test_a_connection_is_used_again(fake_graph: FakeGraph) -> None:
    page = open_page(fake_graph)
    for _ in range(3):
        page.get_object("me")
    assert len({call.peer for call in fake_graph.requests}) == 1


def test_a_connection_is_not_kept_until_it_is_stale(fake_graph: FakeGraph) -> None:
    page = open_page(fake_graph, lifetime=0)
    for _ in range(3):
        page.get_object("me")
    assert len({call.peer for call in fake_graph.requests}) == 3


def test_no_proxy_is_taken_from_the_environment(
    fake_graph: FakeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert open_page(fake_graph).get_object("me")["id"] == "1234"


def test_no_redirect_is_followed(fake_graph: FakeGraph) -> None:
    with pytest.raises(GraphRefusedError):
        open_page(fake_graph).put_object(PAGE, "messages", recipient={"id": "REDIR"})
    assert len(fake_graph.requests) == 1


def test_threads_share_a_page_and_not_a_connection(fake_graph: FakeGraph) -> None:
    sender = MessengerSender({PAGE: open_page(fake_graph)})

    def send(number: int) -> None:
        sender.send(VisitorKey("messenger", PAGE, str(number)), Outgoing("Hello", f"ob:{number}"))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(send, range(80)))
    assert [fake_graph.times(f"ob:{number}") for number in range(80)] == [1] * 80
    assert {call.metadata: call.recipient for call in fake_graph.accepted} == {
        f"ob:{number}": str(number) for number in range(80)
    }
    assert len({call.peer for call in fake_graph.requests}) <= 8


def everything_said(error: BaseException | None, logs: pytest.LogCaptureFixture) -> Iterator[str]:
    for record in logs.records:
        yield record.getMessage()
        yield str(vars(record))
    while error is not None:
        yield repr(error) + str(error) + str(vars(error))
        yield "".join(traceback.format_exception(error))
        error = error.__context__


@pytest.mark.parametrize("to", [*SENDS, "42", "LEAKY", "DEAD"])
def test_no_send_says_the_token_or_the_words(
    hurried_pages: Pages, fake_graph: FakeGraph, caplog: pytest.LogCaptureFixture, to: str
) -> None:
    leak = f"access_token={TOKEN} appsecret_proof {WORDS}"
    fake_graph.answers["LEAKY"] = refuse(100, message=leak, error_user_msg=leak)
    if to == "DEAD":
        fake_graph.dead_tokens.add(TOKEN)
    caplog.set_level(logging.DEBUG)
    error = None
    try:
        MessengerSender(hurried_pages).send(
            VisitorKey("messenger", PAGE, to), Outgoing(WORDS, "ob:1")
        )
    except Exception as failure:  # noqa: BLE001 (whatever it is)
        error = failure
    said = " ".join(everything_said(error, caplog))
    assert TOKEN not in said
    assert SECRET not in said
    assert WORDS not in said


def test_a_connection_that_fails_does_not_say_the_token(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = GraphAddress(f"http://127.0.0.1:{closed.getsockname()[1]}")
        profiles = MessengerProfiles(open_pages({PAGE: TOKEN}, address, SECRET))
        with pytest.raises(SendError) as caught:
            profiles.read_profile(VisitorKey("messenger", PAGE, "42"))
    assert TOKEN not in " ".join(everything_said(caught.value, caplog))


@pytest.mark.parametrize("who", [*PROFILES, "42", "REFUSED"])
def test_no_look_up_says_the_token(
    hurried_pages: Pages, fake_graph: FakeGraph, caplog: pytest.LogCaptureFixture, who: str
) -> None:
    caplog.set_level(logging.DEBUG)
    if who == "REFUSED":
        fake_graph.answers["REFUSED"] = refuse(190, message=f"access_token={TOKEN}")
    error = None
    try:
        MessengerProfiles(hurried_pages).read_profile(VisitorKey("messenger", PAGE, who))
    except Exception as failure:  # noqa: BLE001 (whatever it is)
        error = failure
    said = " ".join(everything_said(error, caplog))
    assert TOKEN not in said
    assert SECRET not in said
    assert len(fake_graph.requests) == 1
