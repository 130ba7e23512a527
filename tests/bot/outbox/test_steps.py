"""Work of several requests: each step is written before it is made, and says what a death means."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from bot.outbox.claiming import AnyJob
from bot.outbox.contract import Handler, Job, LanePlan, Outcome, Tier
from bot.outbox.holding import Held
from bot.outbox.retrying import Retry
from bot.ports.errors import SendError
from bot.storage.outbox.due import Ordering
from bot.storage.outbox.held import HeldRow, reach_step
from bot.storage.outbox.rows import OutboxRow, OutboxState, Work
from bot.storage.visitors.batch import Batch
from tests.bot.outbox.conformance import HandlerConformance, Workbench
from tests.office import Office

UPLOAD, SEND = "upload", "send"


class KilledError(BaseException):
    """The worker is gone."""


@dataclass
class Provider:
    """Takes files, and then messages that name them."""

    uploaded: list[int] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)
    refuses: int = 0
    """So many messages are surely not taken."""

    def send(self, number: int) -> None:
        if self.refuses:
            self.refuses -= 1
            reason = "Not now."
            raise SendError(reason)
        self.sent.append(number)


@dataclass(frozen=True, eq=False)
class AttachingHandler(Handler[int]):
    """A made-up kind: uploads a file, as often as need be, and sends it, at most once."""

    provider: Provider

    kinds = (Work.FETCH_FILES,)  # under another's name: kinds are the storage's to know
    retry = Retry((timedelta(seconds=5),), most=20)
    way = None
    in_order = Ordering.KEY

    def consider(self, rows: Sequence[HeldRow], held: Held) -> Iterator[Job[int]]:
        for row in rows:
            if row.payload is None:
                held.end(row, OutboxState.CANCELLED)
            elif held.may_leave(row):
                yield Job(row, row.payload["number"])

    def attempt(self, job: Job[int]) -> Outcome:
        job.reach(UPLOAD)
        self.provider.uploaded.append(job.what)
        job.reach(SEND)
        self.provider.send(job.what)
        return None

    def repeats(self, row: HeldRow) -> bool:
        return row.step != SEND


class AttachingBench(Workbench):
    """Contacts are sent a file each, one after the other."""

    kind = Work.FETCH_FILES
    repeats = True
    repeats_after_requests = False

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self.provider = Provider()

    def plan(self) -> LanePlan:
        return LanePlan("attaching", (Tier((AttachingHandler(self.provider),)),), at_once=4)

    def order(self, number: int, contact: int | None = None) -> None:
        now, of = self.office.now, number if contact is None else contact
        row = OutboxRow(self.kind, None, now, now, payload={"number": number}, key=f"row:{number}")
        with self.office.database.write() as connection:
            batch = Batch(connection, now)
            batch.add_order(row._replace(ordering_key=f"contact:{of}"))
            batch.save()

    def done(self) -> list[int]:
        return self.provider.sent

    def die(self, job: AnyJob, step: str, *, is_written: bool) -> None:
        """Attempt a job, and die when a step is reached or has been written."""

        def reach(reached: str) -> None:
            if reached == step and not is_written:
                raise KilledError
            with self.office.database.write() as connection:
                assert reach_step(connection, job.row, reached)
            if reached == step:
                raise KilledError

        with pytest.raises(KilledError):
            self.handler.attempt(replace(job, reach=reach))


class TestAttaching(HandlerConformance):
    """Uploaded as often as need be, sent at most once."""

    workbench = AttachingBench


@pytest.fixture
def bench(office: Office) -> AttachingBench:
    return AttachingBench(office)


@pytest.mark.parametrize(
    ("step", "written", "uploads", "end"),
    [
        (UPLOAD, "not yet", 1, "sent"),
        (UPLOAD, "already", 1, "sent"),
        (SEND, "not yet", 2, "sent"),
        (SEND, "already", 1, "unknown"),
    ],
)
def test_a_worker_that_dies_at_a_step(
    bench: AttachingBench, step: str, written: str, uploads: int, end: str
) -> None:
    bench.order(0)
    [job] = bench.take()
    bench.die(job, step, is_written=written == "already")
    bench.lose()
    bench.keep_working()
    [row] = bench.rows()
    assert row["state"] == end
    assert bench.provider.uploaded == [0] * uploads
    assert bench.done() == [0] * (end == "sent")


def test_who_has_lost_the_lease_makes_no_more_requests(bench: AttachingBench) -> None:
    bench.order(0)
    late = bench.take()
    bench.lose()
    bench.work()
    bench.settle(bench.attempt(late))
    assert (bench.provider.uploaded, bench.done()) == ([0], [0])


def test_the_step_of_an_attempt_before_says_nothing_of_the_next_one(bench: AttachingBench) -> None:
    bench.order(0)
    bench.provider.refuses = 1
    bench.work()
    bench.office.pass_time(5)
    assert bench.take()
    bench.lose()
    bench.keep_working()
    assert bench.done() == [0]


def test_what_has_one_ordering_key_is_done_one_after_the_other(bench: AttachingBench) -> None:
    for number, contact in enumerate((3, 3, 4, 3)):
        bench.order(number, contact)
    bench.provider.refuses = 1
    assert [job.what for job in bench.take()] == [0, 2]
    bench.lose()
    bench.keep_working()
    of_contact = [number for number in bench.done() if number != 2]
    assert of_contact == [0, 1, 3]


def test_a_row_that_waits_holds_up_no_others_key(bench: AttachingBench) -> None:
    for number, contact in enumerate((3, 3, 4)):
        bench.order(number, contact)
    later = bench.office.now + timedelta(hours=1)
    bench.change(bench.rows()[0], due_at=later)
    bench.work()
    assert bench.done() == [2]
