"""The one prompt of a conversation, from its due time to its end."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.core.arrivals import EchoSeen, VisitorIdentified
from bot.core.model import CaptureState, VisitorKey
from bot.ports.channels import Outgoing, Profile
from bot.ports.errors import Cause, OutcomeUnknownError, SendError, UndeliverableError
from bot.ports.signals import room_of
from bot.storage.outbox.due import find_due
from bot.wiring.lanes import visitor_queues
from channels.meta.addresses import USER_REF
from tests.factories import NOON
from tests.fakes import QuietDoorbell
from tests.office import ANN, Office
from tests.races import at_once


def prompt(office: Office) -> str:
    [row] = office.rows("outbox", kind="capture_prompt")
    return str(row["state"])


def raising(error: Exception) -> Callable[[VisitorKey, Outgoing], None]:
    def answer(_to: VisitorKey, _message: Outgoing) -> None:
        raise error

    return answer


def test_a_prompt_leaves_when_it_is_due_and_not_before(office: Office) -> None:
    office.write()
    office.pass_time(59)
    office.work()
    assert not office.channel.sent
    office.pass_time(1)
    office.work()
    [(to, message)] = office.channel.sent
    assert to == ANN
    assert message.asks_for_email
    assert message.decline_label == "No thanks"
    assert prompt(office) == "sent"


def test_the_prompt_stands_in_the_conversation_as_the_bots_message(office: Office) -> None:
    office.write()
    office.pass_time(60)
    office.work()
    told = office.rows("messages")[1]
    assert (told["author"], told["kind"], told["delivery"]) == ("bot", "capture_prompt", "sent")
    assert told["provider_key"] == "messenger/1001/out_1"
    assert office.conversation().capture.state is CaptureState.ASKED


def test_six_workers_send_one_prompt(office: Office) -> None:
    office.write()
    office.pass_time(60)
    at_once([office.worker().work for _ in range(6)])
    assert len(office.channel.sent) == 1


def test_the_unique_key_lets_no_second_prompt_be_written(office: Office) -> None:
    office.write()
    office.pass_time(60)
    office.work()
    twice = sa.text(
        "UPDATE outbox SET state = 'pending', message_id = NULL, attempted_at = NULL"
        " WHERE kind = 'capture_prompt'"
    )
    forget = sa.text(
        "UPDATE conversations SET asked_at = NULL, capture_state = 'scheduled',"
        " capture_due_at = waiting_since"
    )
    with office.database.write() as connection:
        connection.execute(twice)
        connection.execute(forget)
    office.work()
    assert office.count("messages", kind="capture_prompt") == 1
    assert len([one for _, one in office.channel.sent if one.asks_for_email]) == 1


def test_an_agents_reply_a_moment_before_cancels_the_prompt(office: Office) -> None:
    office.write()
    office.pass_time(59.999)
    office.reply()
    office.pass_time(0.001)
    office.work()
    assert office.channel.texts == ["Here I am"]
    assert prompt(office) == "cancelled"


def test_a_later_unanswered_message_arms_it_again(office: Office) -> None:
    office.write()
    office.reply()
    office.write("and now?")
    office.pass_time(60)
    office.work()
    assert [message.asks_for_email for _, message in office.channel.sent] == [False, True]


def test_an_answer_makes_a_contact_and_is_thanked_for(office: Office) -> None:
    office.write()
    office.pass_time(60)
    office.work()
    office.write("it is ann@example.com")
    office.work()
    assert [row["email"] for row in office.rows("contacts")] == ["ann@example.com"]
    assert office.rows("visitors")[0]["contact_id"] == office.rows("contacts")[0]["id"]
    assert "ann@example.com" in office.channel.texts[-1]
    assert office.conversation().capture.state is CaptureState.CAPTURED


def test_a_prompt_whose_request_surely_failed_goes_out_later(office: Office) -> None:
    office.write()
    office.pass_time(60)
    office.channel.answer = raising(SendError("Facebook could not take this just now."))
    office.work()
    assert prompt(office) == "pending"
    office.channel.answer = lambda *_: None
    office.pass_time(10)
    office.work()
    assert prompt(office) == "sent"
    assert office.count("messages") == 2


def test_a_prompt_that_failed_is_not_tried_again_after_a_reply(office: Office) -> None:
    office.write()
    office.pass_time(60)
    office.channel.answer = raising(SendError("Facebook could not take this just now."))
    office.work()
    office.channel.answer = lambda *_: None
    office.reply()
    office.pass_time(10)
    office.work()
    assert prompt(office) == "cancelled"
    assert office.rows("messages")[1]["delivery"] == "failed"


def test_a_lost_answer_ends_unknown_and_is_never_repeated(office: Office) -> None:
    office.write()
    office.pass_time(60)
    office.channel.answer = raising(OutcomeUnknownError("No confirmation came back."))
    office.work()
    office.pass_time(3600)
    office.write("still there?")
    office.pass_time(60)
    office.work()
    assert prompt(office) == "unknown"
    assert len([one for _, one in office.channel.sent if one.asks_for_email]) == 1
    assert office.conversation().capture.state is CaptureState.ASKED


def test_an_echo_settles_a_lost_answer(office: Office) -> None:
    office.write()
    office.pass_time(60)
    office.channel.answer = raising(OutcomeUnknownError("No confirmation came back."))
    office.work()
    [row] = office.rows("outbox", kind="capture_prompt")
    office.receive(EchoSeen("…", NOON, NOON, outbox_id=row["id"]), key="e_1")
    assert prompt(office) == "sent"
    assert office.rows("messages")[1]["delivery"] == "sent"


def test_an_echo_stops_what_the_channel_wrongly_called_not_sent(office: Office) -> None:
    office.write()
    office.pass_time(60)
    office.channel.answer = raising(SendError("Facebook could not take this just now."))
    office.work()
    [row] = office.rows("outbox", kind="capture_prompt")
    office.receive(EchoSeen("…", NOON, NOON, outbox_id=row["id"]), key="e_1")
    office.channel.answer = lambda *_: None
    office.pass_time(10)
    office.work()
    assert prompt(office) == "sent"
    assert len(office.channel.sent) == 1


@pytest.mark.parametrize(
    ("cause", "state"),
    [
        (Cause.RECIPIENT_GONE, "dead"),
        (Cause.WINDOW_CLOSED, "expired"),
        (Cause.NOT_OWNER, "cancelled"),
        (Cause.REJECTED, "dead"),
    ],
)
def test_a_refusal_for_good_is_kept_with_its_reason(
    office: Office, cause: Cause, state: str
) -> None:
    office.write()
    office.pass_time(60)
    office.channel.answer = raising(UndeliverableError("It can't be.", cause))
    office.work()
    capture = office.conversation().capture
    assert prompt(office) == state
    assert (capture.state, capture.reason) == (CaptureState.SKIPPED, "It can't be.")


def test_after_the_window_the_prompt_expires_unsent(office: Office) -> None:
    office.set_rules(delay=timedelta(hours=30))
    office.write()
    office.pass_time(30 * 3600)
    office.work()
    assert not [one for _, one in office.channel.sent if one.asks_for_email]
    assert prompt(office) == "expired"


def test_a_worker_that_died_while_sending_leaves_an_unknown_outcome(office: Office) -> None:
    office.write()
    office.work()
    office.pass_time(60)
    office.claim()
    office.pass_time(61)
    office.work()
    assert prompt(office) == "unknown"
    assert not [one for _, one in office.channel.sent if one.asks_for_email]
    assert office.rows("messages")[1]["delivery"] == "uncertain"


def test_on_web_chat_the_row_is_the_delivery(office: Office) -> None:
    site = VisitorKey("webchat", "https://shop.example", "cookie")
    office.write(place=site)
    office.pass_time(60)
    office.work()
    assert not office.channel.sent
    assert prompt(office) == "sent"
    assert office.rows("messages")[1]["kind"] == "capture_prompt"


def test_a_prompt_is_held_up_by_nobody(office: Office) -> None:
    office.write()
    office.pass_time(60)
    with office.database.read() as connection:
        due = find_due(connection, visitor_queues()[1], office.now, 10)
    assert len(due) == 2


def test_the_prompt_asks_to_confirm_an_address_seen_before(office: Office) -> None:
    office.write("write to ann@example.com please")
    assert not office.rows("contacts")
    office.pass_time(60)
    office.work()
    message = office.channel.sent[-1][1]
    assert "ann@example.com" in message.text
    assert [choice.label for choice in message.choices] == ["Yes"]
    office.write("yes")
    assert [row["email"] for row in office.rows("contacts")] == ["ann@example.com"]


def test_a_new_contact_gets_the_names_that_the_profile_has(office: Office) -> None:
    office.channel.look_up = lambda _: Profile("Ann", "Lee")
    office.write()
    office.work()
    office.write("ann@example.com")
    [contact] = office.rows("contacts")
    assert (contact["first_name"], contact["last_name"]) == ("Ann", "Lee")


@pytest.mark.parametrize(
    ("outcome", "state"),
    [(None, CaptureState.ASKED), (UndeliverableError("No.", Cause.REJECTED), CaptureState.SKIPPED)],
)
def test_somebody_who_gets_another_id_while_a_prompt_is_under_way_keeps_its_outcome(
    office: Office, outcome: Exception | None, state: CaptureState
) -> None:
    guest = VisitorKey(ANN.channel, ANN.account, f"{USER_REF}ref")
    office.write(place=guest)
    office.pass_time(60)

    def answer(_to: VisitorKey, _message: Outgoing) -> None:
        office.receive(VisitorIdentified(guest.external_id, office.now), place=ANN)
        if outcome:
            raise outcome

    doorbell = QuietDoorbell()
    office.doorbell, office.channel.answer = doorbell, answer
    office.work()
    assert office.conversation(ANN).capture.state is state
    assert room_of(ANN) in {hint.room for hint in doorbell.hints}
