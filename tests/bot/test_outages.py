"""Something fails a thousand times: the log has a few lines, and one when it works again."""

import logging

import pytest

from bot.runtime.outages import Outage


class Time:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def lines(caplog: pytest.LogCaptureFixture) -> list[tuple[str, int]]:
    return [(record.getMessage(), record.__dict__["times"]) for record in caplog.records]


def test_it_is_told_once_and_once_when_it_is_over(caplog: pytest.LogCaptureFixture) -> None:
    outage = Outage("the lift")
    outage.end()
    for _ in range(1000):
        outage.note("a rope")
    outage.end()
    outage.end()
    assert lines(caplog) == [("the lift failed", 1), ("the lift works again", 1000)]
    assert caplog.records[0].__dict__["cause"] == "a rope"


def test_it_is_told_again_while_it_lasts(caplog: pytest.LogCaptureFixture) -> None:
    time = Time()
    outage = Outage("the lift", time)
    for _ in range(60):
        outage.note("a rope")
        time.now += 1
    outage.end()
    assert lines(caplog) == [
        *(("the lift failed", times) for times in (1, 11, 21, 31, 41, 51)),
        ("the lift works again", 60),
    ]
    assert caplog.records[-1].__dict__["seconds"] == 60


def test_what_comes_and_goes_is_told_a_few_times(caplog: pytest.LogCaptureFixture) -> None:
    time = Time()
    outage = Outage("the lift", time)
    for _ in range(100):
        outage.note("a rope")
        outage.end()
        time.now += 0.1
    assert len(caplog.records) == 2
    time.now += 10
    outage.note("a rope")
    assert len(caplog.records) == 3


def test_a_fault_of_ours_is_told_with_its_place(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    error = LookupError("ada@example.com")
    Outage("the lift").note("a fault of ours", error)
    [record] = caplog.records
    assert record.exc_info
    assert record.exc_info[1] is error
