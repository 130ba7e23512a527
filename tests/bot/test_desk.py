"""Replies, notes, closing, assigning and asking, on both engines."""

from dataclasses import replace

import pytest

from bot.core.events import ThreadTaken, VisitorWrote, WindowOpened
from bot.core.model import CaptureState, ConversationId, Kind, Status, VisitorKey
from bot.desk import Desk
from bot.desk.errors import (
    ClientIdUsedError,
    InvalidError,
    NoSuchAgentError,
    NotAskedError,
    NotFoundError,
    OwnedElsewhereError,
    StaleVersionError,
    WindowClosedError,
)
from bot.desk.progress import Way
from bot.desk.types import Actor, ConversationChanges, Words
from bot.storage.conversations.messages import Span
from tests.fakes import QuietDoorbell
from tests.office import Office

GRACE = Actor("grace@shop.example", "Grace")
SITE = VisitorKey("webchat", "https://shop.example", "visitor-1")
HELLO = Words("Here I am", "c1")


def latest(office: Office) -> ConversationId:
    return ConversationId(office.rows("conversations")[-1]["id"])


def test_a_reply_on_messenger_is_ordered_and_a_worker_is_woken(
    office: Office, desk: Desk, doorbell: QuietDoorbell, conversation_id: ConversationId
) -> None:
    written = desk.reply(conversation_id, HELLO, GRACE)
    [order] = office.rows("outbox", kind="deliver")
    assert (written.fresh, written.shown.message.name) == (True, "Grace")
    assert written.shown.progress
    assert written.shown.progress.state is Way.PENDING
    assert order["id"] in doorbell.rung
    office.work()
    assert office.channel.texts == ["Here I am"]


def test_a_reply_on_the_site_is_its_own_delivery(
    office: Office, desk: Desk, doorbell: QuietDoorbell
) -> None:
    office.write("Hello", SITE)
    written = desk.reply(latest(office), HELLO, GRACE)
    assert written.shown.progress
    assert written.shown.progress.state is Way.SENT
    assert office.count("outbox", kind="deliver") == 0
    assert not doorbell.rung


def test_a_reply_silences_the_prompt_and_answers_everything(
    office: Office, desk: Desk, conversation_id: ConversationId
) -> None:
    office.write("Is somebody there?")
    desk.reply(conversation_id, HELLO, GRACE)
    view = desk.conversation(conversation_id)
    [row] = office.rows("conversations")
    assert (view.capture_state, view.waiting_since) == (CaptureState.IDLE, None)
    assert view.capture_reason == "An agent replied 60 s before the prompt was due."
    assert row["answered_seq"] == view.last_seq == 3


def test_a_note_answers_nobody_and_goes_nowhere(
    office: Office, desk: Desk, doorbell: QuietDoorbell, conversation_id: ConversationId
) -> None:
    before = desk.conversation(conversation_id)
    desk.note(conversation_id, HELLO, GRACE)
    after = desk.conversation(conversation_id)
    assert (after.capture_state, after.waiting_since) == (
        CaptureState.SCHEDULED,
        before.waiting_since,
    )
    assert office.rows("conversations")[0]["answered_seq"] == 0
    assert office.count("outbox", kind="deliver") == 0
    assert not doorbell.rung
    assert office.rows("messages")[-1]["kind"] == Kind.NOTE


def test_the_same_words_again_are_the_same_message(
    office: Office, desk: Desk, conversation_id: ConversationId
) -> None:
    first = desk.reply(conversation_id, HELLO, GRACE)
    office.pass_time(25 * 3600)  # a retry is answered even when the window has closed meanwhile
    again = desk.reply(conversation_id, HELLO, GRACE)
    assert (first.fresh, again.fresh) == (True, False)
    assert again.shown.message.seq == first.shown.message.seq
    assert office.count("messages", author="agent") == 1


def test_other_words_under_the_same_client_id_are_refused(
    office: Office, desk: Desk, conversation_id: ConversationId
) -> None:
    desk.reply(conversation_id, HELLO, GRACE)
    with pytest.raises(ClientIdUsedError):
        desk.reply(conversation_id, replace(HELLO, text="Something else"), GRACE)
    with pytest.raises(ClientIdUsedError):
        desk.note(conversation_id, HELLO, GRACE)
    assert office.count("messages", author="agent") == 1


def test_nothing_is_written_once_the_window_has_closed(
    office: Office, desk: Desk, conversation_id: ConversationId
) -> None:
    office.pass_time(24 * 3600)
    with pytest.raises(WindowClosedError):
        desk.reply(conversation_id, HELLO, GRACE)
    assert office.count("messages", author="agent") == 0
    assert office.count("outbox", kind="deliver") == 0
    desk.note(conversation_id, HELLO, GRACE)  # a note is for ourselves


def test_a_sign_of_life_opens_the_window_again(
    office: Office, desk: Desk, conversation_id: ConversationId
) -> None:
    office.pass_time(24 * 3600)
    office.receive(WindowOpened(office.now))
    assert desk.reply(conversation_id, HELLO, GRACE).fresh


def test_nothing_is_written_while_another_app_has_the_conversation(
    office: Office, desk: Desk, conversation_id: ConversationId
) -> None:
    office.receive(ThreadTaken(office.now))
    with pytest.raises(OwnedElsewhereError):
        desk.reply(conversation_id, HELLO, GRACE)


@pytest.mark.parametrize("text", ["", "  \n", "a" * 4_001, "nul\0", "half\ud83d"])
def test_what_can_not_be_sent_is_refused_before(
    office: Office, desk: Desk, conversation_id: ConversationId, text: str
) -> None:
    with pytest.raises(InvalidError):
        desk.reply(conversation_id, replace(HELLO, text=text), GRACE)
    assert office.count("messages", author="agent") == 0


def test_a_text_that_goes_out_in_parts_is_taken(
    desk: Desk, conversation_id: ConversationId
) -> None:
    assert desk.reply(conversation_id, replace(HELLO, text="a" * 4_000), GRACE).fresh


def test_closing_answers_everything_and_cancels_the_prompt(
    office: Office, desk: Desk, conversation_id: ConversationId
) -> None:
    version = desk.conversation(conversation_id).version
    view = desk.change(conversation_id, version, {"status": Status.CLOSED}, GRACE)
    [row] = office.rows("conversations")
    assert (view.status, view.capture_state) == (Status.CLOSED, CaptureState.IDLE)
    assert row["answered_seq"] == row["last_seq"]
    assert [entry["action"] for entry in office.rows("audit")] == ["conversation.closed"]
    office.pass_time(120)
    office.work()
    assert office.channel.texts == []


def test_reopening_arms_nothing(desk: Desk, conversation_id: ConversationId) -> None:
    view = desk.conversation(conversation_id)
    for status in (Status.CLOSED, Status.OPEN):
        view = desk.change(conversation_id, view.version, {"status": status}, GRACE)
    assert (view.status, view.capture_state) == (Status.OPEN, CaptureState.IDLE)


@pytest.mark.parametrize(
    "changes",
    [
        ConversationChanges(status=Status.CLOSED),
        ConversationChanges(assignee="grace@shop.example"),
        ConversationChanges(),
    ],
    ids=["close", "assign", "nothing"],
)
def test_the_second_of_two_who_saw_the_same_gets_the_fresh_state(
    desk: Desk, conversation_id: ConversationId, changes: ConversationChanges
) -> None:
    seen = desk.conversation(conversation_id)
    first = desk.change(conversation_id, seen.version, {"assignee": "ida@shop.example"}, GRACE)
    with pytest.raises(StaleVersionError) as refused:
        desk.change(conversation_id, seen.version, changes, GRACE)
    assert refused.value.conversation == first == desk.conversation(conversation_id)


def test_assigning_ignores_how_the_email_is_written(
    desk: Desk, conversation_id: ConversationId
) -> None:
    version = desk.conversation(conversation_id).version
    view = desk.change(conversation_id, version, {"assignee": "Ida@Shop.Example"}, GRACE)
    assert view.assignee == "ida@shop.example"
    assert desk.change(conversation_id, view.version, {"assignee": None}, GRACE).assignee is None


@pytest.mark.parametrize("email", ["eve@elsewhere.example", "nobody", ""])
def test_nobody_but_agents_is_given_a_conversation(
    desk: Desk, conversation_id: ConversationId, email: str
) -> None:
    version = desk.conversation(conversation_id).version
    with pytest.raises(NoSuchAgentError):
        desk.change(conversation_id, version, {"assignee": email}, GRACE)


def test_an_agent_may_ask_by_hand_once(
    office: Office, desk: Desk, doorbell: QuietDoorbell, conversation_id: ConversationId
) -> None:
    desk.reply(conversation_id, HELLO, GRACE)
    doorbell.rung.clear()
    view = desk.ask(conversation_id, GRACE)
    assert (view.capture_state, view.capture_due_at) == (CaptureState.SCHEDULED, office.now)
    assert doorbell.rung
    office.work()
    assert desk.conversation(conversation_id).capture_state is CaptureState.ASKED
    with pytest.raises(NotAskedError, match="has been asked once"):
        desk.ask(conversation_id, GRACE)
    assert office.count("messages", kind="capture_prompt") == 1


def test_a_refused_wish_to_ask_changes_nothing(
    office: Office, desk: Desk, conversation_id: ConversationId
) -> None:
    office.receive(ThreadTaken(office.now))
    before = desk.conversation(conversation_id)
    with pytest.raises(NotAskedError, match="Another app"):
        desk.ask(conversation_id, GRACE)
    assert desk.conversation(conversation_id) == before
    assert office.count("audit", action="capture.requested") == 0


def test_what_is_not_there_is_not_found(desk: Desk, office: Office) -> None:
    nowhere = ConversationId(2**40)
    with pytest.raises(NotFoundError):
        desk.conversation(nowhere)
    with pytest.raises(NotFoundError):
        desk.messages(nowhere, Span(10))
    with pytest.raises(NotFoundError):
        desk.reply(nowhere, HELLO, GRACE)
    assert office.count("messages") == 0


def test_every_act_is_in_the_audit(
    office: Office, desk: Desk, conversation_id: ConversationId
) -> None:
    desk.reply(conversation_id, HELLO, GRACE)
    desk.note(conversation_id, replace(HELLO, client_id="c2"), GRACE)
    desk.ask(conversation_id, GRACE)
    view = desk.conversation(conversation_id)
    desk.change(
        conversation_id,
        view.version,
        {"assignee": "ida@shop.example", "status": Status.CLOSED},
        GRACE,
    )
    entries = office.rows("audit")
    assert [entry["action"] for entry in entries] == [
        "reply.written",
        "note.written",
        "capture.requested",
        "conversation.assigned",
        "conversation.closed",
    ]
    assert {entry["actor"] for entry in entries} == {"grace@shop.example"}
    assert {entry["conversation_id"] for entry in entries} == {conversation_id}


def test_messages_show_how_far_they_have_come(
    office: Office, desk: Desk, conversation_id: ConversationId
) -> None:
    desk.reply(conversation_id, HELLO, GRACE)
    office.work()
    office.receive(VisitorWrote("Thanks", office.now, office.now), key="m_9")
    shown = desk.messages(conversation_id, Span(10)).messages
    assert [one.progress and one.progress.state for one in shown] == [None, Way.SENT, None]
