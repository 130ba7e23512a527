"""The machine's clock may be set a day forward or back while work is under way."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.model import VisitorKey
from bot.outbox.clock import BEAT, Clock
from bot.ports.channels import Outgoing
from bot.ports.errors import SendError
from bot.storage.outbox.accounts import AccountState, lock_account, save_account
from bot.wiring.lanes import visitor_queues
from tests.factories import NOON
from tests.fakes import QuietDoorbell
from tests.office import PAGE, Office

DAY = timedelta(days=1).total_seconds()
both_ways = pytest.mark.parametrize("leap", [DAY, -DAY], ids=["forward", "back"])


def prompts(office: Office) -> list[str]:
    return [row["state"] for row in office.rows("outbox", kind="capture_prompt")]


def leaping(office: Office, leap: float, *then: Callable[[], object]) -> None:
    """Let the clock leap while something is being sent."""

    def answer(_to: VisitorKey, _message: Outgoing) -> None:
        office.channel.answer = lambda *_: None
        office.pass_time(leap)
        for each in then:
            each()

    office.channel.answer = answer


@both_ways
def test_a_leap_makes_no_prompt_premature(office: Office, leap: float) -> None:
    office.write()
    office.pass_time(leap)
    office.work()
    assert office.channel.sent == []


def test_a_prompt_outlives_a_leap_back_and_comes_when_it_is_due(office: Office) -> None:
    office.write()
    office.pass_time(-DAY)
    office.work()
    office.pass_time(DAY + 59)
    office.work()
    assert office.channel.sent == []
    office.pass_time(1)
    office.work()
    assert prompts(office) == ["sent"]


def test_a_leap_forward_that_is_taken_back_ends_no_conversation(office: Office) -> None:
    office.write()
    office.pass_time(DAY)
    office.work()
    office.pass_time(-DAY)
    office.write("are you there?")
    office.pass_time(60)
    office.work()
    assert prompts(office) == ["sent"]
    assert len(office.channel.sent) == 1


@both_ways
def test_whoever_holds_a_lease_as_the_clock_leaps_settles_it(office: Office, leap: float) -> None:
    office.write()
    office.work()
    office.pass_time(60)
    leaping(office, leap)
    office.work()
    assert prompts(office) == ["sent"]
    assert len(office.channel.sent) == 1


@both_ways
def test_nobody_else_repeats_what_is_under_way_as_the_clock_leaps(
    office: Office, leap: float
) -> None:
    office.write()
    office.work()
    office.pass_time(60)
    leaping(office, leap, lambda: office.worker().work())
    office.work()
    office.pass_time(-leap)
    office.work()
    assert len(office.channel.sent) == 1
    assert prompts(office) == ["sent"]


def test_a_dead_workers_lease_does_not_outlive_a_leap_back(office: Office) -> None:
    office.write()
    office.work()
    office.pass_time(60)
    assert office.claim()
    office.pass_time(-DAY)
    office.work()
    assert prompts(office) == ["unknown"]


def test_a_lease_is_not_over_because_hosts_differ_a_little(office: Office) -> None:
    office.write()
    office.work()
    office.pass_time(60)
    assert office.claim()
    office.pass_time(-30)
    office.work()
    assert prompts(office) == ["sending"]


@pytest.mark.parametrize("state", [AccountState.PAUSED, AccountState.PROBING])
def test_a_page_is_not_silent_for_as_long_as_the_clock_was_set_back(
    office: Office, state: AccountState
) -> None:
    office.set_rules(enabled=False)
    office.write()
    office.work()
    with office.database.write() as connection:
        account = lock_account(connection, "messenger", PAGE, office.now)
        until = office.now + timedelta(minutes=5)
        save_account(connection, replace(account, state=state, until=until), office.now)
    office.pass_time(-DAY)
    office.write("and again")
    office.reply()
    office.work()
    assert office.channel.texts == ["Here I am"]


def test_a_reply_does_not_wait_for_the_time_from_which_the_clock_was_set_back(
    office: Office,
) -> None:
    office.set_rules(enabled=False)
    office.write()
    office.work()
    office.reply("before")
    office.pass_time(-DAY)
    office.reply("after")
    office.work()
    assert office.channel.texts == ["before", "after"]


def test_what_fails_after_a_leap_back_is_not_hammered(office: Office) -> None:
    office.set_rules(enabled=False)
    office.write()
    office.work()
    office.reply()
    office.pass_time(-DAY)

    def refuse(_to: VisitorKey, _message: Outgoing) -> None:
        reason = "Not now."
        raise SendError(reason)

    office.channel.answer = refuse
    office.work()
    assert len(office.channel.sent) == 1


@both_ways
def test_an_agents_message_goes_out_whatever_the_clock_does(office: Office, leap: float) -> None:
    office.set_rules(enabled=False)
    office.write()
    office.pass_time(leap)
    office.write("and again")
    office.reply()
    office.work()
    assert office.channel.texts == ["Here I am"]


@both_ways
def test_the_clock_process_never_sleeps_longer_than_a_beat(office: Office, leap: float) -> None:
    office.write()
    clock = Clock(office.database, QuietDoorbell(), lambda: office.now, visitor_queues())
    office.pass_time(leap)
    assert timedelta(0) < clock.tick() <= BEAT
    assert office.now != NOON
