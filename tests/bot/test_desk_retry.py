"""Sending again what has not arrived, or perhaps not, on both engines."""

import pytest

from bot.core.arrivals import EchoSeen
from bot.core.model import ConversationId, Kind
from bot.desk import Desk
from bot.desk.errors import NotFoundError, NotOursToRepeatError, WindowClosedError
from bot.desk.progress import Way
from bot.desk.types import Actor, Words
from bot.ports.errors import Cause, OutcomeUnknownError, UndeliverableError
from bot.storage.conversations.messages import Span
from tests.fakes import QuietDoorbell
from tests.office import Office

GRACE = Actor("grace@shop.example", "Grace")
NO_ANSWER = OutcomeUnknownError("No confirmation came back.")
REFUSED = UndeliverableError("Messenger refused it.", cause=Cause.REJECTED)


def ways(office: Office, desk: Desk, id: ConversationId) -> list[Way]:
    shown = desk.messages(id, Span(50)).messages
    return [one.progress.state for one in shown if one.progress]


def send(office: Office, desk: Desk, id: ConversationId, error: Exception | None) -> None:
    """Let an agent's reply go out, and end like this."""

    def answer(*_: object) -> None:
        if error:
            raise error

    office.set_rules(enabled=False)
    office.channel.answer = answer
    desk.reply(id, Words("Here I am", "c1"), GRACE)
    office.work()
    office.channel.answer = lambda *_: None


@pytest.mark.parametrize("error", [NO_ANSWER, REFUSED])
def test_what_did_not_arrive_is_sent_once_more_however_often_it_is_asked_for(
    office: Office,
    desk: Desk,
    doorbell: QuietDoorbell,
    conversation_id: ConversationId,
    error: Exception,
) -> None:
    send(office, desk, conversation_id, error)
    office.pass_time(121)
    for _ in range(3):
        desk.retry(conversation_id, 2, GRACE)
    assert ways(office, desk, conversation_id) == [Way.PENDING]
    [order] = office.rows("outbox", kind="deliver")
    assert doorbell.rung.count(order["id"]) == 2  # the reply, and one retry
    office.work()
    desk.retry(conversation_id, 2, GRACE)
    office.work()
    assert office.channel.texts == ["Here I am"] * 2
    assert ways(office, desk, conversation_id) == [Way.SENT]
    assert office.count("audit", action="delivery.retried") == 1


def test_what_may_still_be_confirmed_is_left_alone(
    office: Office, desk: Desk, conversation_id: ConversationId
) -> None:
    send(office, desk, conversation_id, NO_ANSWER)
    office.pass_time(119)
    desk.retry(conversation_id, 2, GRACE)
    office.work()
    assert office.channel.texts == ["Here I am"]


def test_a_late_echo_of_the_first_attempt_saves_the_second(
    office: Office, desk: Desk, conversation_id: ConversationId
) -> None:
    send(office, desk, conversation_id, NO_ANSWER)
    office.pass_time(121)
    desk.retry(conversation_id, 2, GRACE)
    [order] = office.rows("outbox", kind="deliver")
    echo = EchoSeen("Here I am", office.now, office.now, outbox_id=order["id"])
    office.receive(echo, key="m_echo")
    office.work()
    assert office.channel.texts == ["Here I am"]
    assert ways(office, desk, conversation_id) == [Way.SENT]


def test_nothing_is_repeated_outside_the_window(
    office: Office, desk: Desk, conversation_id: ConversationId
) -> None:
    send(office, desk, conversation_id, NO_ANSWER)
    office.pass_time(86_400)
    with pytest.raises(WindowClosedError):
        desk.retry(conversation_id, 2, GRACE)
    office.work()
    assert office.channel.texts == ["Here I am"]
    assert ways(office, desk, conversation_id) == [Way.UNCERTAIN]


def test_a_visitors_message_and_a_note_are_not_ours_to_repeat(
    office: Office, desk: Desk, conversation_id: ConversationId
) -> None:
    note = desk.note(conversation_id, Words("Look", "c1"), GRACE)
    assert note.shown.message.kind is Kind.NOTE
    for seq in (1, 2):
        with pytest.raises(NotOursToRepeatError):
            desk.retry(conversation_id, seq, GRACE)
    with pytest.raises(NotFoundError):
        desk.retry(conversation_id, 3, GRACE)


def test_those_who_look_are_told(
    office: Office, desk: Desk, doorbell: QuietDoorbell, conversation_id: ConversationId
) -> None:
    send(office, desk, conversation_id, REFUSED)
    doorbell.hints.clear()
    desk.retry(conversation_id, 2, GRACE)
    assert [hint.conversation_id for hint in doorbell.hints] == [conversation_id]
