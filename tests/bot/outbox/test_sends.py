"""Messages on their way out: order, pauses, and pages that can't be spoken through."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.model import VisitorKey
from bot.ports.channels import Outgoing, Profile
from bot.ports.errors import Cause, OutcomeUnknownError, SendError, Trouble, UndeliverableError
from bot.storage.outbox.accounts import AccountState, list_accounts
from tests.factories import NOON
from tests.office import ANN, BEN, PAGE, Office

DEAD_TOKEN = SendError("Facebook does not accept the token.", trouble=Trouble.CREDENTIALS)
PAGE_KEY = ("messenger", PAGE)
Answer = Callable[[VisitorKey, Outgoing], None]


def raising(error: Exception) -> Answer:
    def answer(_to: VisitorKey, _message: Outgoing) -> None:
        raise error

    return answer


def fine(_to: VisitorKey, _message: Outgoing) -> None:
    return None


@pytest.fixture
def talking(office: Office) -> Office:
    """Ann has written, and nothing but agents' replies is of interest."""
    office.set_rules(enabled=False)
    office.write()
    office.work()
    return office


def deliveries(office: Office) -> list[str]:
    return [row["state"] for row in office.rows("outbox", kind="deliver")]


def test_messages_of_one_conversation_go_out_in_order(talking: Office) -> None:
    for number in range(12):
        talking.reply(str(number))
    talking.work()
    assert talking.channel.texts == [str(number) for number in range(12)]


def test_a_message_that_must_wait_holds_back_the_later_ones(talking: Office) -> None:
    talking.reply("first")
    talking.reply("second")
    talking.channel.answer = raising(SendError("Not now."))
    talking.work()
    assert talking.channel.texts == ["first"]
    talking.channel.answer = fine
    talking.pass_time(10)
    talking.work()
    assert talking.channel.texts == ["first", "first", "second"]


def test_an_unknown_outcome_holds_nobody_up(talking: Office) -> None:
    talking.reply("first")
    talking.reply("second")
    talking.channel.answer = raising(OutcomeUnknownError("No confirmation."))
    talking.work()
    assert talking.channel.texts == ["first", "second"]
    assert deliveries(talking) == ["unknown", "unknown"]
    assert [row["delivery"] for row in talking.rows("messages")][1:] == ["uncertain"] * 2


def test_a_person_who_blocked_the_page_is_not_tried_again(talking: Office) -> None:
    gone = UndeliverableError("This person has blocked the page.", Cause.RECIPIENT_GONE)
    talking.channel.answer = raising(gone)
    talking.reply()
    talking.work()
    talking.pass_time(3600)
    talking.work()
    assert len(talking.channel.sent) == 1
    message = talking.rows("messages")[1]
    assert (message["delivery"], message["delivery_error"]) == ("failed", gone.reason)


def test_after_the_window_a_reply_expires_unsent(talking: Office) -> None:
    talking.reply()
    talking.pass_time(24 * 3600)
    talking.work()
    assert not talking.channel.sent
    assert deliveries(talking) == ["expired"]


def test_a_later_message_of_the_visitor_keeps_the_window_open(talking: Office) -> None:
    talking.channel.answer = raising(SendError("Not now.", retry_after=timedelta(hours=20)))
    talking.reply("late but in time")
    talking.work()
    talking.pass_time(20 * 3600)
    talking.write("are you there?")
    talking.pass_time(5 * 3600)
    talking.channel.answer = fine
    talking.work()
    assert deliveries(talking) == ["sent"]


def test_a_dead_token_costs_one_probe_and_one_alert(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    office.set_rules(enabled=False)
    office.fingerprints[PAGE_KEY] = "old"
    people = [VisitorKey("messenger", PAGE, f"p{number}") for number in range(50)]
    for person in people:
        office.write(place=person)
        office.reply(f"to {person.external_id}", person)
    office.channel.answer = raising(DEAD_TOKEN)
    office.channel.look_up = raising_profile(DEAD_TOKEN)
    with caplog.at_level(logging.ERROR):
        office.work()
        office.pass_time(600)
        office.work()
    assert len(office.channel.sent) + len(office.channel.looked_up) == 1
    assert [record.getMessage() for record in caplog.records] == ["account stopped"]
    assert deliveries(office) == ["pending"] * 50

    office.fingerprints[PAGE_KEY] = "new"
    office.channel.answer, office.channel.look_up = fine, lambda _: Profile()
    office.work()
    assert deliveries(office) == ["sent"] * 50


def raising_profile(error: Exception) -> Callable[[VisitorKey], Profile]:
    def look_up(_place: VisitorKey) -> Profile:
        raise error

    return look_up


def test_what_is_parked_on_a_stopped_page_expires_with_its_window(talking: Office) -> None:
    talking.channel.answer = raising(DEAD_TOKEN)
    talking.reply()
    talking.work()
    talking.pass_time(24 * 3600)
    talking.work()
    assert deliveries(talking) == ["expired"]


def test_throttling_pauses_the_page_for_the_time_that_was_named(talking: Office) -> None:
    error = SendError("Slow down.", trouble=Trouble.THROTTLED, retry_after=timedelta(minutes=19))
    talking.channel.answer = raising(error)
    talking.reply()
    talking.write(place=BEN)
    talking.work()
    sent = len(talking.channel.sent)
    talking.channel.answer = fine
    talking.pass_time(18 * 60)
    talking.reply("to Ben", BEN)
    talking.work()
    assert len(talking.channel.sent) == sent
    talking.pass_time(61)
    talking.work()
    assert deliveries(talking) == ["sent", "sent"]


def test_nobody_there_trips_the_breaker_without_burning_attempts(talking: Office) -> None:
    talking.channel.answer = raising(SendError("Nobody.", trouble=Trouble.UNREACHABLE))
    talking.reply()
    talking.work()
    tried = len(talking.channel.sent)
    talking.work()
    assert len(talking.channel.sent) == tried
    talking.pass_time(30)
    talking.work()
    assert len(talking.channel.sent) == tried + 1
    assert talking.rows("outbox", kind="deliver")[0]["attempts"] == 0


def test_a_page_that_works_again_is_open_for_all(talking: Office) -> None:
    talking.channel.answer = raising(SendError("Nobody.", trouble=Trouble.UNREACHABLE))
    talking.reply()
    talking.work()
    talking.channel.answer = fine
    talking.pass_time(30)
    talking.work()
    with talking.database.read() as connection:
        [account] = list_accounts(connection)
    assert replace(account, proved_at=None) == replace(
        account, state=AccountState.OK, until=None, failures=0, reason=None, proved_at=None
    )


def test_a_profile_gives_the_visitor_a_name(office: Office) -> None:
    office.channel.look_up = lambda _: Profile("Ann", "Lee")
    office.write()
    office.work()
    [visitor] = office.rows("visitors")
    assert (visitor["first_name"], visitor["last_name"], visitor["guest"]) == ("Ann", "Lee", None)
    assert visitor["profile_read_at"] == NOON


def test_somebody_without_a_profile_is_a_guest(office: Office) -> None:
    office.channel.look_up = lambda _: Profile(guest=True)
    office.write()
    office.work()
    assert office.rows("visitors")[0]["guest"] is True


def test_a_profile_that_can_not_be_read_now_is_read_later(office: Office) -> None:
    office.channel.look_up = raising_profile(SendError("Not now."))
    office.write()
    office.work()
    assert office.rows("visitors")[0]["profile_read_at"] is None
    office.channel.look_up = lambda _: Profile("Ann")
    office.pass_time(10)
    office.work()
    assert office.rows("visitors")[0]["first_name"] == "Ann"


def given_up(office: Office, outcome: Answer) -> Answer:
    """Let another worker give the message up before this one hears what became of it."""

    def answer(to: VisitorKey, message: Outgoing) -> None:
        office.pass_time(120)
        office.worker().work()
        assert deliveries(office) == ["unknown"]
        outcome(to, message)

    return answer


@pytest.mark.parametrize(
    ("outcome", "state", "delivery"),
    [
        (fine, "sent", "sent"),
        (raising(UndeliverableError("Gone.", Cause.RECIPIENT_GONE)), "dead", "failed"),
        (raising(SendError("Not now.")), "unknown", "uncertain"),
        (raising(OutcomeUnknownError("No confirmation.")), "unknown", "uncertain"),
    ],
    ids=["taken", "refused", "not_now", "lost"],
)
def test_what_is_heard_after_a_message_was_given_up_is_still_true(
    talking: Office, outcome: Answer, state: str, delivery: str
) -> None:
    talking.reply()
    talking.channel.answer = given_up(talking, outcome)
    talking.work()
    talking.channel.answer = fine
    talking.pass_time(3600)
    talking.work()
    assert len(talking.channel.sent) == 1
    assert deliveries(talking) == [state]
    assert talking.rows("messages")[1]["delivery"] == delivery


def test_a_lease_that_another_worker_has_now_settles_nothing(office: Office) -> None:
    def take_over(_of: VisitorKey) -> Profile:
        office.channel.look_up = lambda _: Profile("Second")
        office.pass_time(120)
        office.worker().work()
        return Profile("First")

    office.channel.look_up = take_over
    office.write()
    office.work()
    assert [row["first_name"] for row in office.rows("visitors")] == ["Second"]
    assert len(office.channel.looked_up) == 2


def test_a_fault_of_ours_does_not_stop_the_others(talking: Office) -> None:
    def fail_for_ann(to: VisitorKey, _message: Outgoing) -> None:
        if to == ANN:
            raise RuntimeError

    talking.channel.answer = fail_for_ann
    talking.write(place=BEN)
    talking.reply("to Ann")
    talking.reply("to Ben", BEN)
    talking.work()
    assert deliveries(talking) == ["unknown", "sent"]
