"""Pages that can't be spoken through: what waits there, and when they are open again."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import NoReturn

import pytest

from bot.core.model import CaptureState, VisitorKey
from bot.outbox.claiming import AnyJob
from bot.outbox.contract import Outcome
from bot.ports.channels import Outgoing, Profile, Receipt
from bot.ports.errors import OutcomeUnknownError, SendError, Trouble
from bot.storage.outbox.accounts import Account, AccountState, list_accounts
from tests.office import ANN, BEN, PAGE, Office

DEAD_TOKEN = SendError("Facebook does not accept the token.", trouble=Trouble.CREDENTIALS)
NOBODY = SendError("Nobody.", trouble=Trouble.UNREACHABLE)
SLOWLY = SendError("Slow down.", trouble=Trouble.THROTTLED, retry_after=timedelta(minutes=19))
HOUR = 3600
PEOPLE = [VisitorKey("messenger", PAGE, f"p{number}") for number in range(10)]
ZOE = VisitorKey("messenger", "2002", "zoe")


def refuse_all(office: Office, error: Exception) -> None:
    def refuse(*_: object) -> NoReturn:
        raise error

    office.channel.answer = office.channel.look_up = refuse


def take_all(office: Office) -> None:
    office.channel.answer, office.channel.look_up = lambda *_: None, lambda _: Profile()


def prompts(office: Office) -> set[str]:
    return {row["state"] for row in office.rows("outbox", kind="capture_prompt")}


def account(office: Office) -> Account:
    with office.database.read() as connection:
        [account] = list_accounts(connection)
    return account


def test_a_prompt_parked_on_a_stopped_page_expires_with_its_window(office: Office) -> None:
    refuse_all(office, DEAD_TOKEN)
    office.write()
    office.work()
    office.pass_time(24 * HOUR)
    office.work()
    assert prompts(office) == {"expired"}
    assert office.conversation().capture.state is CaptureState.IDLE


def test_a_prompt_that_was_parked_in_mid_course_is_skipped_at_its_end(office: Office) -> None:
    office.write()
    office.work()
    office.pass_time(60)
    refuse_all(office, DEAD_TOKEN)
    office.work()
    assert office.conversation().capture.state is CaptureState.ASKED
    office.pass_time(24 * HOUR)
    office.work()
    assert prompts(office) == {"expired"}
    assert office.conversation().capture.state is CaptureState.SKIPPED


@pytest.mark.parametrize("answered", [True, False])
def test_what_waits_on_a_stopped_page_hides_no_other_page(
    office: Office, *, answered: bool
) -> None:
    refuse_all(office, DEAD_TOKEN)
    for person in PEOPLE:
        office.write(place=person)
        if answered:
            office.reply(place=person)
    office.work()
    office.pass_time(23 * HOUR)
    for person in PEOPLE:
        office.write("Hello?", person)
    office.pass_time(2 * HOUR)  # over by the first message, not by the second
    take_all(office)
    office.write(place=ZOE)
    office.pass_time(60)
    office.work()
    assert [to for to, _ in office.channel.sent if to == ZOE]


def test_what_waits_on_a_stopped_page_goes_out_while_the_window_is_open(office: Office) -> None:
    office.fingerprints["messenger", PAGE] = "old"
    refuse_all(office, DEAD_TOKEN)
    office.write()
    office.reply()
    office.work()
    office.pass_time(23 * HOUR)
    office.write("Hello?")
    office.pass_time(2 * HOUR)
    office.work()
    office.fingerprints["messenger", PAGE] = "new"
    take_all(office)
    office.work()
    assert [row["state"] for row in office.rows("outbox", kind="deliver")] == ["sent"]


def test_one_job_does_all_that_needs_no_sending(office: Office) -> None:
    for number in range(20):
        office.write(place=VisitorKey("webchat", "https://shop.example", f"cookie{number}"))
    office.pass_time(60)
    office.work()
    assert prompts(office) == {"sent"}


@pytest.fixture
def both_under_way(office: Office) -> Sequence[AnyJob]:
    """Replies to Ann and to Ben, which left at the same time."""
    office.set_rules(enabled=False)
    for place in (ANN, BEN):
        office.write(place=place)
    office.work()
    for place in (ANN, BEN):
        office.reply(place=place)
    jobs = office.claim()
    assert len(jobs) == 2
    return jobs


@pytest.mark.parametrize("late", [Receipt("x"), SendError("Not now."), NOBODY, SLOWLY])
def test_a_stopped_page_stays_so_whatever_comes_of_earlier_sends(
    office: Office,
    both_under_way: Sequence[AnyJob],
    late: Outcome,
    caplog: pytest.LogCaptureFixture,
) -> None:
    to_ann, to_ben = both_under_way
    with caplog.at_level(logging.ERROR):
        office.settle((to_ann, DEAD_TOKEN))
        office.settle((to_ben, late))
    assert account(office).state is AccountState.STOPPED
    assert len(caplog.records) == 1


@pytest.mark.parametrize("late", [Receipt("x"), SendError("Not now."), NOBODY])
def test_a_pause_lasts_whatever_comes_of_earlier_sends(
    office: Office, both_under_way: Sequence[AnyJob], late: Outcome
) -> None:
    to_ann, to_ben = both_under_way
    office.settle((to_ann, SLOWLY))
    office.settle((to_ben, late))
    assert account(office).state is AccountState.PAUSED
    assert account(office).until == office.now + timedelta(minutes=19)


def test_answers_that_are_lost_again_and_again_trip_the_breaker(office: Office) -> None:
    office.set_rules(enabled=False)
    for person in PEOPLE * 3:
        office.write(place=person)
    office.work()
    for person in PEOPLE * 3:
        office.reply(place=person)
    refuse_all(office, OutcomeUnknownError("No confirmation."))
    office.work()
    assert len(office.channel.sent) <= 13  # those under way when the fifth was lost
    take_all(office)
    office.pass_time(30)
    office.work()
    states = [row["state"] for row in office.rows("outbox", kind="deliver")]
    assert states.count("sent") == 30 - states.count("unknown")


def test_a_message_that_never_gets_through_is_not_hammered_while_others_do(office: Office) -> None:
    office.set_rules(enabled=False)
    for place in (ANN, BEN):
        office.write(place=place)
    office.work()
    office.reply(place=ANN)
    for number in range(10):
        office.reply(str(number), BEN)

    def refuse_ann(to: VisitorKey, _message: Outgoing) -> None:
        if to == ANN:
            raise NOBODY

    office.channel.answer = refuse_ann
    office.work()
    assert [to for to, _ in office.channel.sent].count(ANN) == 1
    assert [to for to, _ in office.channel.sent].count(BEN) == 10
