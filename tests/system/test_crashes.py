"""A process may die anywhere: nothing that was acknowledged is lost, and nothing is said twice."""

import pytest
import requests

from bot.storage.database.engine import Database
from tests.system.processes import System, let_leases_end, until

ANN, BEN = "7001", "7002"


@pytest.fixture
def hasty(system: System) -> System:
    """An installation that asks for an email at once."""
    system.environment["CAPTURE_DELAY_SECONDS"] = "0"
    return system


def prompts_to(system: System, visitor: str) -> int:
    return len([one for one in system.graph.accepted if "quick_replies" in one.message])


@pytest.mark.parametrize("place", ["intake.before_commit", "intake.after_commit"])
def test_the_web_process_dies_around_the_commit(hasty: System, place: str) -> None:
    body = hasty.write(ANN, "Hello")
    hasty.start("web", FAILPOINT=place)
    with pytest.raises(requests.ConnectionError):
        hasty.deliver(body)
    hasty.wait_for_death("web")

    hasty.start("web", "worker", "clock")
    assert hasty.deliver(body).ok
    until(lambda: hasty.capture_state(ANN) == "asked")
    texts = [message["text"] for message in hasty.messages(ANN)]
    assert texts.count("Hello") == 1
    until(lambda: prompts_to(hasty, ANN) == 1)


@pytest.mark.parametrize(
    ("place", "reaches_ann"),
    [
        ("visitors.after_claim", {0, 1}),  # it may have claimed the profile only
        ("visitors.before_capture_prompt", {0}),
        ("visitors.after_capture_prompt", {1}),
        ("visitors.before_settle", {0, 1}),
        ("visitors.after_settle", {0, 1}),
        ("visitors.before_fetch_profile", {0, 1}),
        ("visitors.after_fetch_profile", {0, 1}),
    ],
)
def test_a_worker_dies_with_a_prompt_in_its_hand(
    hasty: System, database: Database, place: str, reaches_ann: set[int]
) -> None:
    hasty.start("web", "clock")
    hasty.start("worker", FAILPOINT=place)
    hasty.hear(ANN)
    hasty.wait_for_death("worker")

    let_leases_end(database)
    hasty.start("worker")
    hasty.hear(BEN)
    until(lambda: hasty.capture_state(BEN) == "asked")
    until(lambda: hasty.capture_state(ANN) == "asked")
    until(lambda: hasty.graph.sent_to(BEN))
    assert len(hasty.graph.sent_to(ANN)) in reaches_ann
    assert len(hasty.graph.sent_to(BEN)) == 1


@pytest.mark.parametrize(
    ("place", "state", "times"),
    [("visitors.before_deliver", "pending", 0), ("visitors.after_deliver", "pending", 1)],
)
def test_a_worker_dies_with_an_agents_message_in_its_hand(
    system: System, database: Database, place: str, state: str, times: int
) -> None:
    system.start("web", "clock", CAPTURE_ENABLED="false")
    system.hear(ANN)
    system.start("worker", FAILPOINT=place)
    assert system.reply(ANN, "first").ok
    system.wait_for_death("worker")
    assert system.reply(ANN, "second").ok

    let_leases_end(database)
    system.start("worker")
    until(lambda: "second" in system.graph.sent_to(ANN))
    assert system.graph.sent_to(ANN).count("first") == times
    assert system.messages(ANN)[1]["delivery"]["state"] == state


def test_a_clock_dies_before_it_rings(system: System) -> None:
    system.start("web")
    system.start("clock", FAILPOINT="clock.before_ring")
    system.hear(ANN)
    system.wait_for_death("clock")
    system.start("worker", "clock")
    until(lambda: system.graph.sent_to(ANN))


def test_an_acknowledged_message_outlives_everybody(system: System) -> None:
    system.start("web", "worker", "clock")
    for number in range(20):
        system.hear(ANN, f"Hello {number}")
    for name in ("web", "worker", "clock"):
        system.kill(name)
    system.start("web", "worker", "clock")
    texts = [message["text"] for message in system.messages(ANN) if message["kind"] == "text"]
    assert texts == [f"Hello {number}" for number in range(20)]
    until(lambda: system.capture_state(ANN) == "asked")
