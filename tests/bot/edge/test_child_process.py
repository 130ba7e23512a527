"""A child process answers, or is ended; whoever asks next is answered by another one."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from bot.edge.child_process import ChildAwayError, ChildProcess, ChildSilentError

STUBBORN = ("-m", "tests.bot.edge.stubborn")
PATIENCE = timedelta(seconds=20)  # no test waits for it


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_there(process: bytes) -> bool:
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def child() -> Iterator[ChildProcess]:
    asked = ChildProcess(STUBBORN, PATIENCE)
    yield asked
    asked.close()


def test_it_answers_again_and_again(child: ChildProcess) -> None:
    long = os.urandom(1 << 20)[: (1 << 20) - 1]
    assert [child.ask(request) for request in (b"a", b"", long)] == [b"a", b"", long]
    assert child.ask(b"who") == child.ask(b"who")


def test_it_is_started_when_it_is_first_asked() -> None:
    ChildProcess(("-m", "no.such.module"), PATIENCE).close()


@pytest.mark.parametrize("request_", [b"spin", b"die", b"talk", b"remember", b"open"])
def test_what_it_can_not_do_ends_it_and_another_one_answers(
    child: ChildProcess, request_: bytes
) -> None:
    before = child.ask(b"who")
    with pytest.raises(ChildSilentError):
        child.ask(request_)
    assert not is_there(before)
    assert child.ask(b"a") == b"a"


def test_who_keeps_silent_is_ended() -> None:
    hasty = ChildProcess(STUBBORN, timedelta(seconds=0.2))
    with pytest.raises(ChildSilentError):
        hasty.ask(b"sleep")
    patient = ChildProcess(STUBBORN, PATIENCE)
    assert patient.ask(b"a") == b"a"
    patient.close()


def test_the_processor_s_time_counts_for_each_request_anew(child: ChildProcess) -> None:
    who = child.ask(b"who")
    for _ in range(8):  # more in all than one of them may take
        child.ask(b"work")
    assert child.ask(b"who") == who


def test_what_a_library_prints_is_no_answer(child: ChildProcess) -> None:
    assert child.ask(b"print") == b"said"


def test_it_rests_when_nobody_asks() -> None:
    child = ChildProcess(STUBBORN, PATIENCE, idle=timedelta(seconds=0.3))
    first = child.ask(b"who")
    until(lambda: not is_there(first))
    assert child.ask(b"who") != first
    child.close()


def test_a_stop_breaks_off_what_is_under_way() -> None:
    child = ChildProcess(STUBBORN, PATIENCE)
    child.ask(b"a")
    failed: list[type[Exception]] = []

    def ask() -> None:
        try:
            child.ask(b"sleep")
        except (ChildAwayError, ChildSilentError) as error:
            failed.append(type(error))

    asking = threading.Thread(target=ask)
    asking.start()
    until(child._lock.locked)  # noqa: SLF001 - nothing else shows that it is under way
    child.stop()
    asking.join(10)
    assert failed == [ChildAwayError]
    with pytest.raises(ChildAwayError):
        child.ask(b"a")


def test_one_that_does_not_start_was_asked_nothing() -> None:
    with pytest.raises(ChildAwayError):
        ChildProcess(("-m", "no.such.module"), PATIENCE).ask(b"a")


def test_it_ends_with_whoever_asks(child: ChildProcess) -> None:
    who = child.ask(b"who")
    child.close()
    assert not is_there(who)
