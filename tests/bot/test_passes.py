"""Passes: for one purpose, for a short time, once."""

import pytest

from bot.desk.passes import SIGN_IN, SOCKET, SOCKET_LASTS, Passes
from bot.edge.signing import Signer
from tests.office import Office


@pytest.fixture
def passes(office: Office) -> Passes:
    return Passes(office.database, Signer(("a key",)), lambda: office.now)


def test_s02_a_pass_is_good_once(passes: Passes) -> None:
    ticket = passes.write(SOCKET, "a session", SOCKET_LASTS)
    assert passes.take(SOCKET, ticket) == "a session"
    assert passes.take(SOCKET, ticket) is None


def test_s02_a_pass_is_too_old_after_its_time(office: Office, passes: Passes) -> None:
    tickets = [passes.write(SOCKET, "a session", SOCKET_LASTS) for _ in range(2)]
    office.pass_time(30)
    assert passes.take(SOCKET, tickets[0])
    office.pass_time(1)
    assert passes.take(SOCKET, tickets[1]) is None


def test_s02_a_pass_for_something_else_is_none(office: Office, passes: Passes) -> None:
    ticket = passes.write(SOCKET, "a session", SOCKET_LASTS)
    assert passes.take(SIGN_IN, ticket) is None
    assert passes.take(SOCKET, ticket + "x") is None
    foreign = Passes(office.database, Signer(("another key",)), lambda: office.now)
    assert foreign.take(SOCKET, ticket) is None
    assert passes.take(SOCKET, ticket) == "a session"


def test_spent_passes_are_forgotten_once_they_are_too_old(office: Office, passes: Passes) -> None:
    passes.take(SOCKET, passes.write(SOCKET, "a session", SOCKET_LASTS))
    office.pass_time(60)
    passes.take(SOCKET, passes.write(SOCKET, "a session", SOCKET_LASTS))
    assert office.count("spent_passes") == 1
