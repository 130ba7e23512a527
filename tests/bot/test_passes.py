"""Passes: for one purpose, for a short time, once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.desk.agents import OPERATOR
from bot.desk.one_time_tokens import SIGN_IN, SIGN_IN_LASTS, SOCKET, SOCKET_LASTS, OneTimeTokens
from bot.edge.signing import Signer
from tests.bot.agents import JONAS, MAYA, join, staff_of
from tests.office import Office


@pytest.fixture
def passes(office: Office) -> OneTimeTokens:
    return OneTimeTokens(office.database, Signer(("a key",)), lambda: office.now)


def test_a_pass_is_good_once(passes: OneTimeTokens) -> None:
    ticket = passes.write(SOCKET, "a session", SOCKET_LASTS)
    assert passes.take(SOCKET, ticket) == "a session"
    assert passes.take(SOCKET, ticket) is None


def test_a_pass_is_too_old_after_its_time(office: Office, passes: OneTimeTokens) -> None:
    tickets = [passes.write(SOCKET, "a session", SOCKET_LASTS) for _ in range(2)]
    office.pass_time(30)
    assert passes.take(SOCKET, tickets[0])
    office.pass_time(1)
    assert passes.take(SOCKET, tickets[1]) is None


def test_a_pass_for_something_else_is_none(office: Office, passes: OneTimeTokens) -> None:
    ticket = passes.write(SOCKET, "a session", SOCKET_LASTS)
    assert passes.take(SIGN_IN, ticket) is None
    assert passes.take(SOCKET, ticket + "x") is None
    foreign = OneTimeTokens(office.database, Signer(("another key",)), lambda: office.now)
    assert foreign.take(SOCKET, ticket) is None
    assert passes.take(SOCKET, ticket) == "a session"


def test_a_sign_in_link_is_good_once_and_for_a_day(office: Office, passes: OneTimeTokens) -> None:
    links = [passes.write(SIGN_IN, "7", SIGN_IN_LASTS) for _ in range(2)]
    assert passes.take(SOCKET, links[0]) is None
    assert passes.take(SIGN_IN, links[0]) == "7"
    assert passes.take(SIGN_IN, links[0]) is None
    office.pass_time(SIGN_IN_LASTS.total_seconds() + 1)
    assert passes.take(SIGN_IN, links[1]) is None


def test_a_sign_in_link_that_was_never_given_out_opens_nothing(
    office: Office, passes: OneTimeTokens
) -> None:
    until = int(office.now.timestamp()) + 3_600
    fields = {"for": "7", "until": until, "nonce": "made up by who knows the key"}
    assert passes.take(SIGN_IN, passes.signer.sign(SIGN_IN, fields)) is None
    link = passes.write(SIGN_IN, "7", SIGN_IN_LASTS)
    [row] = office.rows("issued_passes")
    assert link not in row.values()
    assert passes.take(SIGN_IN, link) == "7"
    assert office.count("issued_passes") == 0


@pytest.mark.parametrize("act", ["set_password", "disable"])
def test_links_of_an_agent_end_with_the_password_and_with_the_agent(
    office: Office, passes: OneTimeTokens, act: str
) -> None:
    maya, jonas = join(office, MAYA), join(office, JONAS)
    links = {one.id: passes.write(SIGN_IN, str(one.id), SIGN_IN_LASTS) for one in (maya, jonas)}
    staff = staff_of(office)
    if act == "disable":
        staff.disable(maya.id, OPERATOR)
    else:
        staff.set_password(maya.id, "fresh horse battery", OPERATOR)
    assert passes.take(SIGN_IN, links[maya.id]) is None
    assert passes.take(SIGN_IN, links[jonas.id]) == str(jonas.id)


def test_two_who_take_a_link_at_once_get_one_session(office: Office, passes: OneTimeTokens) -> None:
    link = passes.write(SIGN_IN, "7", SIGN_IN_LASTS)
    with ThreadPoolExecutor(8) as crowd:
        taken = list(crowd.map(lambda _: passes.take(SIGN_IN, link), range(8)))
    assert sorted(map(str, taken)) == ["7"] + ["None"] * 7


def test_spent_passes_are_forgotten_once_they_are_too_old(
    office: Office, passes: OneTimeTokens
) -> None:
    passes.take(SOCKET, passes.write(SOCKET, "a session", SOCKET_LASTS))
    office.pass_time(60)
    passes.take(SOCKET, passes.write(SOCKET, "a session", SOCKET_LASTS))
    assert office.count("spent_passes") == 1
