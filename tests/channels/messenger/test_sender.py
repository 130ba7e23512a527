import socket
import time
from collections.abc import Mapping
from datetime import timedelta

import pytest

from bot.core.model import VisitorKey
from bot.ports.channels import Choice, Outgoing, Receipt
from bot.ports.errors import Cause, OutcomeUnknownError, SendError, Trouble, UndeliverableError
from channels.messenger.sender import MessengerSender
from channels.meta.graph import GraphAddress, PageGraph, open_pages
from tests.channels.messenger.conftest import PAGE, SECRET, TOKEN
from tests.fake_graph import FakeGraph
from tests.graph_behaviours import SENDS, accept, answer, in_turn, refuse

Pages = Mapping[str, PageGraph]
FAILURES = (SendError, UndeliverableError, OutcomeUnknownError)


def send(pages: Pages, to: str, message: Outgoing | None = None, page: str = PAGE) -> Receipt:
    outgoing = message or Outgoing("Hello", "ob:12")
    return MessengerSender(pages).send(VisitorKey("messenger", page, to), outgoing)


def failure(pages: Pages, to: str) -> SendError | UndeliverableError | OutcomeUnknownError:
    try:
        send(pages, to)
    except FAILURES as error:
        return error
    pytest.fail("it was sent")


def test_a_message_goes_out_as_meta_wants_it(pages: Pages, fake_graph: FakeGraph) -> None:
    fake_graph.app_secret = SECRET
    assert send(pages, "42") == Receipt("m_1")
    [call] = fake_graph.requests
    assert (call.method, call.path, call.query) == ("POST", "/v25.0/1234/messages", {})
    assert call.form["messaging_type"] == "RESPONSE"
    assert call.form["recipient"] == '{"id": "42"}'
    assert call.message == {"text": "Hello", "metadata": "ob:12"}
    assert call.token == TOKEN


def test_a_plugins_reference_is_a_recipient_too(pages: Pages, fake_graph: FakeGraph) -> None:
    assert send(pages, "user_ref:123") == Receipt("m_1")
    assert fake_graph.requests[0].form["recipient"] == '{"user_ref": "123"}'


def test_the_prompt_offers_the_profiles_email_and_a_way_out(
    pages: Pages, fake_graph: FakeGraph
) -> None:
    prompt = Outgoing("Your email?", "ob:1", asks_for_email=True, decline_label="No thanks")
    send(pages, "42", prompt)
    assert fake_graph.requests[0].message["quick_replies"] == [
        {"content_type": "user_email"},
        {"content_type": "text", "title": "No thanks", "payload": "capture:decline"},
    ]


def test_choices_fit_into_what_meta_allows(pages: Pages, fake_graph: FakeGraph) -> None:
    choices = tuple(Choice(f"{n}: ada.lovelace@example.com", "p" * 2000) for n in range(20))
    send(pages, "42", Outgoing("Which?", "ob:1", choices=choices))
    replies = fake_graph.requests[0].message["quick_replies"]
    assert len(replies) == 13
    assert replies[0]["title"] == "0: ada.lovelace@exa…"
    assert len(replies[0]["payload"]) == 1000


def test_a_long_message_goes_in_parts_and_the_last_one_speaks_for_all(
    pages: Pages, fake_graph: FakeGraph
) -> None:
    text = "x" * 1500 + "\n\n" + "y" * 1500 + "\n\n" + "z"
    receipt = send(pages, "42", Outgoing(text, "ob:1", choices=(Choice("Yes", "yes"),)))
    assert receipt == Receipt("m_2")
    assert fake_graph.sent_to("42") == ["x" * 1500, "y" * 1500 + "\n\n" + "z"]
    assert [call.metadata for call in fake_graph.requests] == ["ob:1/1", "ob:1"]
    assert ["quick_replies" in call.message for call in fake_graph.requests] == [False, True]


@pytest.mark.parametrize("later", [refuse(2), refuse(551), SENDS["DROP"]])
def test_a_message_of_which_only_the_beginning_arrived_is_not_repeated(
    pages: Pages, fake_graph: FakeGraph, later: object
) -> None:
    assert callable(later)
    fake_graph.answers["42"] = in_turn(accept, later)
    with pytest.raises(OutcomeUnknownError, match="Only the beginning"):
        send(pages, "42", Outgoing("x" * 3000, "ob:1"))


def test_a_blank_message_is_our_own_fault(pages: Pages, fake_graph: FakeGraph) -> None:
    with pytest.raises(UndeliverableError) as caught:
        send(pages, "42", Outgoing(" \n", "ob:1"))
    assert caught.value.cause is Cause.REJECTED
    assert fake_graph.requests == []


def test_a_page_without_a_token_waits_for_one(pages: Pages, fake_graph: FakeGraph) -> None:
    with pytest.raises(SendError) as caught:
        send(pages, "42", page="999")
    assert caught.value.trouble is Trouble.CREDENTIALS
    assert fake_graph.requests == []


def test_a_missing_proof_is_a_matter_of_credentials(fake_graph: FakeGraph) -> None:
    fake_graph.app_secret = SECRET
    error = failure(open_pages({PAGE: TOKEN}, GraphAddress(fake_graph.url), None), "42")
    assert isinstance(error, SendError)
    assert error.trouble is Trouble.CREDENTIALS


def test_a_proof_can_be_done_without(fake_graph: FakeGraph) -> None:
    send(open_pages({PAGE: TOKEN}, GraphAddress(fake_graph.url), None), "42")
    assert fake_graph.requests[0].proof is None


def test_a_revoked_token_stops_the_page_until_there_is_a_new_one(
    pages: Pages, fake_graph: FakeGraph
) -> None:
    fake_graph.dead_tokens.add(TOKEN)
    error = failure(pages, "42")
    assert isinstance(error, SendError)
    assert error.trouble is Trouble.CREDENTIALS
    renewed = open_pages({PAGE: "new"}, GraphAddress(fake_graph.url), SECRET)
    assert send(renewed, "42") == Receipt("m_1")


@pytest.mark.parametrize(
    ("to", "trouble"),
    [
        ("TRANSIENT", None),
        ("RATE", Trouble.THROTTLED),
        ("BLOCKED368", Trouble.BLOCKED),
        ("HTML502", Trouble.UNREACHABLE),
        ("NOCT", Trouble.UNREACHABLE),
        ("NOERR500", Trouble.UNREACHABLE),
        ("REDIR", Trouble.UNREACHABLE),
    ],
)
def test_a_refusal_that_passes_is_sent_again(
    pages: Pages, fake_graph: FakeGraph, to: str, trouble: Trouble | None
) -> None:
    error = failure(pages, to)
    assert isinstance(error, SendError)
    assert error.trouble is trouble
    assert len(fake_graph.requests) == 1
    assert fake_graph.accepted == []


def test_throttling_brings_the_time_that_meta_names(pages: Pages) -> None:
    error = failure(pages, "RATE")
    assert isinstance(error, SendError)
    assert error.retry_after == timedelta(minutes=19)


@pytest.mark.parametrize(
    ("to", "cause"),
    [
        ("GONE", Cause.RECIPIENT_GONE),
        ("WINDOW", Cause.WINDOW_CLOSED),
        ("OTHERAPP", Cause.NOT_OWNER),
        ("BUG", Cause.REJECTED),
    ],
)
def test_a_refusal_for_good_is_never_sent_again(pages: Pages, to: str, cause: Cause) -> None:
    error = failure(pages, to)
    assert isinstance(error, UndeliverableError)
    assert error.cause is cause


def test_a_person_who_blocked_the_page_is_gone_and_agents_are_told(
    pages: Pages, fake_graph: FakeGraph
) -> None:
    error = failure(pages, "BLOCKEDUS")
    assert isinstance(error, UndeliverableError)
    assert error.cause is Cause.RECIPIENT_GONE
    assert error.reason == "This person has blocked the page or ended the chat."
    assert len(fake_graph.requests) == 1


@pytest.mark.parametrize("to", ["NOMID", "HTML200", "BADJSON", "DEEP", "DROP", "SENTBUTSAID1"])
def test_an_answer_that_proves_nothing_leaves_the_outcome_unknown(
    pages: Pages, fake_graph: FakeGraph, to: str
) -> None:
    assert isinstance(failure(pages, to), OutcomeUnknownError)
    assert fake_graph.times("ob:12") == 1


@pytest.mark.parametrize("key", [None, "", 7, {}])
def test_an_odd_message_id_is_none(pages: Pages, fake_graph: FakeGraph, key: object) -> None:
    fake_graph.answers["42"] = answer({"recipient_id": "42", "message_id": key})
    assert isinstance(failure(pages, "42"), OutcomeUnknownError)


@pytest.mark.parametrize("to", ["HUGE", "ENDLESS"])
def test_five_gigabytes_are_read_no_further_than_an_answer_can_be(
    pages: Pages, fake_graph: FakeGraph, to: str
) -> None:
    assert isinstance(failure(pages, to), OutcomeUnknownError)
    # The rest of it fits into the buffers of two sockets; nobody has read it.
    assert fake_graph.poured < 16 * 1024 * 1024


@pytest.mark.parametrize("to", ["SLOW", "DRIP", "DRIPBODY"])
def test_an_answer_is_waited_for_no_longer_than_allowed_in_all(
    hurried_pages: Pages, fake_graph: FakeGraph, to: str
) -> None:
    begun = time.monotonic()
    assert isinstance(failure(hurried_pages, to), OutcomeUnknownError)
    assert time.monotonic() - begun < 3
    assert fake_graph.times("ob:12") == 1


def test_an_error_is_one_whatever_its_status(pages: Pages, fake_graph: FakeGraph) -> None:
    fake_graph.answers["42"] = refuse(551, status=200)
    assert isinstance(failure(pages, "42"), UndeliverableError)


def test_json_is_json_whatever_its_type_is_called(pages: Pages) -> None:
    assert send(pages, "TEXTJS") == Receipt("m_1")


def test_a_refused_connection_is_surely_not_sent() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = GraphAddress(f"http://127.0.0.1:{closed.getsockname()[1]}")
        error = failure(open_pages({PAGE: TOKEN}, address, SECRET), "42")
    assert isinstance(error, SendError)
    assert error.trouble is Trouble.UNREACHABLE


def test_a_connection_that_never_stands_is_surely_not_sent() -> None:
    with socket.socket() as deaf, socket.socket() as first, socket.socket() as second:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        for waiting in (first, second):  # they fill the queue that nobody empties
            waiting.settimeout(0)
            waiting.connect_ex(deaf.getsockname())
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        address = GraphAddress(url, connect=timedelta(milliseconds=200))
        error = failure(open_pages({PAGE: TOKEN}, address, SECRET), "42")
    assert isinstance(error, SendError)
    assert error.trouble is Trouble.UNREACHABLE


def test_a_handshake_that_fails_is_surely_not_sent(fake_graph: FakeGraph) -> None:
    address = GraphAddress(fake_graph.url.replace("http:", "https:"))
    error = failure(open_pages({PAGE: TOKEN}, address, SECRET), "42")
    assert isinstance(error, SendError)
    assert error.trouble is Trouble.UNREACHABLE
