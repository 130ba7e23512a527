"""Looks at stopped accounts: what works again is found, and what waited there leaves at once."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.core.model import VisitorKey
from bot.outbox.contract import LanePlan
from bot.outbox.handlers.looks import Knock, LookHandler, hasten
from bot.outbox.holding import Held
from bot.outbox.lane import Lane
from bot.outbox.stops import begin
from bot.ports.errors import SendError, Trouble
from bot.storage.outbox.accounts import AccountKey, AccountState, lock_account, save_account
from bot.storage.outbox.rows import Work
from bot.storage.outbox.stops import Stop, StopCause, list_stops
from bot.wiring.lanes import upkeep_lane
from tests.bot.outbox.conformance import HandlerConformance, Workbench
from tests.office import ANN, BEN, PAGE, Office

PAGE_KEY = ("messenger", PAGE)
DEAD_TOKEN = SendError("The token is dead.", trouble=Trouble.CREDENTIALS)
BLOCKED = SendError("Blocked.", trouble=Trouble.BLOCKED)
MINUTE = timedelta(minutes=1)


class LookBench(Workbench):
    """Pages are stopped, and asked whether they work again."""

    kind = Work.LOOK
    repeats = True
    settles_one_by_one = True

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self.knocked: list[int] = []

    def plan(self) -> LanePlan:
        knocks = {("messenger", str(number)): self._knock(number) for number in range(60)}
        return upkeep_lane([LookHandler(knocks)], {})

    def order(self, number: int) -> None:
        stop = Stop("messenger", str(number), StopCause.CREDENTIALS, "No.", self.office.now)
        with self.office.database.write() as connection:
            begin(Held(connection, self.office.rules, self.office.now, {}), stop, timedelta(0))

    def done(self) -> list[int]:
        return self.knocked

    def _knock(self, number: int) -> Knock:
        return lambda: self.knocked.append(number)


class TestLooks(HandlerConformance):
    """A row for each stop, from its beginning to its end."""

    workbench = LookBench


@dataclass
class Post:
    """An office whose page may be stopped, and the worker that looks at it."""

    office: Office
    knock_error: SendError | None = None
    knocks: list[float] = field(default_factory=list)
    keys: tuple[AccountKey, ...] = (PAGE_KEY,)

    def __post_init__(self) -> None:
        self.office.set_rules(enabled=False)
        self.began = self.office.now
        self.upkeep = self.start()

    def start(self) -> Lane:
        """Let a worker start."""
        handler = LookHandler(dict.fromkeys(self.keys, self.knock))
        return Lane(self.office.engine(), upkeep_lane([handler], self.office.fingerprints))

    def knock(self) -> str:
        self.knocks.append((self.office.now - self.began) / MINUTE)
        if self.knock_error:
            raise self.knock_error
        return "Northwind"

    def refuse(self, error: SendError | None) -> None:
        """Let the channel refuse everything from now on, or nothing any more."""

        def answer(*_: object) -> None:
            if error:
                raise error

        self.knock_error, self.office.channel.answer = error, answer

    def work(self) -> None:
        self.upkeep.work()
        self.office.work()

    def pass_time(self, minutes: float) -> None:
        """Let time go by, and the workers do what falls due."""
        end = self.office.now + minutes * MINUTE
        while self.office.now < end:
            self.office.pass_time(5)
            self.work()

    def stop(self, error: SendError = DEAD_TOKEN) -> None:
        """Let two replies find that the page is stopped."""
        for place in (ANN, BEN):
            self.office.write(place=place)
        self.office.work()
        self.refuse(error)
        for place in (ANN, BEN):
            self.office.reply(place=place)
        self.work()

    def states(self) -> list[str]:
        return [row["state"] for row in self.office.rows("outbox", kind="deliver")]

    def stops(self) -> list[Stop]:
        with self.office.database.read() as connection:
            return list_stops(connection)


@pytest.fixture
def post(office: Office) -> Post:
    return Post(office)


def test_a_stop_is_looked_at_after_one_minute_five_more_and_then_every_fifteen(post: Post) -> None:
    post.stop()
    [stop] = post.stops()
    assert (stop.cause, stop.reason, stop.began_at) == (
        "credentials",
        "The token is dead.",
        post.began,
    )
    assert stop.look_at == post.began + MINUTE
    post.pass_time(40)
    assert post.knocks == [1, 6, 21, 36]
    post.refuse(None)
    post.pass_time(15.1)
    assert post.states() == ["sent", "sent"]
    assert post.stops() == []


def test_what_waited_leaves_within_five_seconds_of_the_look_that_finds_it_well(post: Post) -> None:
    post.stop()
    post.refuse(None)
    post.pass_time(55 / 60)
    assert post.states() == ["pending", "pending"]
    post.pass_time(5 / 60)
    post.pass_time(5 / 60)
    assert post.states() == ["sent", "sent"]


@pytest.mark.parametrize("how", ["a worker starts", "an operator asks"])
def test_a_stop_is_looked_at_at_once_when(post: Post, how: str) -> None:
    post.stop()
    post.pass_time(10)
    post.refuse(None)
    if how == "a worker starts":
        post.upkeep = post.start()
    else:
        with post.office.database.write() as connection:
            assert hasten(connection, post.office.now)
    post.pass_time(5 / 60)
    assert post.states() == ["sent", "sent"]


def test_another_credential_opens_a_page_though_nobody_rings(post: Post) -> None:
    post.office.fingerprints[PAGE_KEY] = "old"
    post.stop()
    post.office.fingerprints[PAGE_KEY] = "new"
    post.refuse(None)
    post.start().work()
    post.office.work()
    assert post.states() == ["sent", "sent"]
    assert post.stops() == []


def test_a_token_that_lets_us_in_but_not_send_is_one_stop(post: Post) -> None:
    post.stop()
    post.knock_error = None  # it is a permission that is missing
    post.pass_time(40)
    [stop] = post.stops()
    assert stop.began_at == post.began
    assert post.office.count("stops") == 1
    assert len(post.office.channel.sent) <= 2 + 5  # one message is tried for each look


def test_a_page_that_is_blocked_by_policy_is_tried_once_in_an_hour(post: Post) -> None:
    post.stop(BLOCKED)
    tried = len(post.office.channel.sent)
    post.upkeep = post.start()  # not even then
    post.pass_time(59)
    assert len(post.office.channel.sent) == tried
    post.pass_time(2)
    assert len(post.office.channel.sent) == tried + 1
    assert post.knocks == []
    post.refuse(None)
    post.pass_time(60)
    assert post.states() == ["sent", "sent"]
    assert post.stops() == []


def test_a_way_on_which_nothing_waits_is_open_once_a_knock_is_answered(post: Post) -> None:
    post.stop()
    post.office.pass_time(25 * 3_600)  # its window is over
    post.refuse(None)
    post.work()
    assert set(post.states()) == {"expired"}
    post.pass_time(6)
    assert post.stops() == []
    assert post.office.rows("accounts")[0]["name"] == "Northwind"


def test_what_an_earlier_version_has_stopped_is_looked_at_too(post: Post) -> None:
    post.stop()
    with post.office.database.write() as connection:
        account = lock_account(connection, "messenger", "2002", post.office.now)
        stopped = AccountState.STOPPED
        save_account(
            connection, type(account)("messenger", "2002", stopped, "Old."), post.office.now
        )
    post.upkeep = post.start()
    post.work()
    assert {stop.account for stop in post.stops()} == {PAGE, "2002"}


def test_a_page_that_reaches_nobody_for_long_is_stopped_and_noticed_within_seconds(
    post: Post,
) -> None:
    nobody = SendError("Nobody.", trouble=Trouble.UNREACHABLE)
    post.stop(nobody)
    post.pass_time(0.5)
    post.pass_time(2)
    [stop] = post.stops()
    assert stop.cause is StopCause.UNREACHABLE
    post.refuse(None)
    post.pass_time(0.5)
    assert post.states() == ["sent", "sent"]
    assert post.stops() == []


def test_no_other_page_is_held_up(post: Post) -> None:
    post.stop()
    zoe = VisitorKey("messenger", "2002", "zoe")
    post.refuse(None)
    post.office.write(place=zoe)
    post.office.reply(place=zoe)
    post.work()
    assert post.states() == ["pending", "pending", "sent"]
