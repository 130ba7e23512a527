"""Who joins and leaves the team."""

import secrets
import time
from contextlib import suppress

import pytest

from bot.desk.agent import Preferences
from bot.desk.agents import (
    OPERATOR,
    AgentExistsError,
    Agents,
    LastAdminError,
    Newcomer,
    WrongPasswordError,
)
from bot.desk.errors import InvalidEmailError, InvalidError, NotFoundError
from bot.desk.passwords import check_password
from bot.desk.sessions import Sessions
from bot.storage.team.agents import update_agent
from tests.bot.agents import FAST, JONAS, MAYA, PASSWORD, join, staff_of, team_of
from tests.office import Office

OTHER = "battery staple"


@pytest.fixture
def staff(office: Office) -> Agents:
    return staff_of(office)


@pytest.fixture
def team(office: Office) -> Sessions:
    return team_of(office)


def test_a_newcomer_without_a_name_has_that_of_the_email(staff: Agents) -> None:
    agent = staff.add(Newcomer("maya.olsen@shop.example", PASSWORD), OPERATOR)
    assert (agent.name, agent.is_admin, agent.available) == ("Maya Olsen", False, True)
    assert agent.actor.name == "Maya"


def test_two_agents_do_not_share_an_email(office: Office, staff: Agents) -> None:
    join(office)
    with pytest.raises(AgentExistsError):
        staff.add(Newcomer("MAYA@shop.example", OTHER, "Another"), OPERATOR)
    assert [one.agent.name for one in staff.roster()] == ["Maya"]


@pytest.mark.parametrize("password", ["", "short", "x" * 201, "\ud800" * 8])
def test_a_password_that_will_not_do_is_refused(
    office: Office, staff: Agents, password: str
) -> None:
    with pytest.raises(InvalidError, match="password: at"):
        staff.add(Newcomer(MAYA, password), OPERATOR)
    maya = join(office)
    with pytest.raises(InvalidError, match="password: at"):
        staff.set_password(maya.id, password, OPERATOR)


COMMON = [
    "1234567890",
    "0987654321",
    "qwertyuiop",
    "qwertzuiop",
    "1q2w3e4r5t",
    "aaaaaaaaaa",
    "1212121212",
    "abcdefghijkl",
    "password123",
    "Password123!",
    "p@ssw0rd123",
    "passwordpassword",
    "iloveyou123",
    "administrator",
    "letmein1234",
    "welcome2024",
    "football2020",
    "maya@shop.example",
    "Maya123456",
    "whosthere1",
    "x" * 200,
]


@pytest.mark.parametrize("password", COMMON)
def test_a_password_that_is_tried_first_is_refused(
    office: Office, staff: Agents, password: str
) -> None:
    with pytest.raises(InvalidError, match="password: too easy to guess"):
        staff.add(Newcomer(MAYA, password), OPERATOR)
    maya = join(office)
    with pytest.raises(InvalidError, match="password: too easy to guess"):
        staff.set_password(maya.id, password, OPERATOR)


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        OTHER,
        "a good password",
        "kJ8#mQ2!xz",
        "tents and boots",
        "ünïcödé wörds",
        "✓" * 3 + "tent peg",
        secrets.token_urlsafe(150),
    ],
)
def test_a_password_that_nobody_would_try_is_taken(staff: Agents, password: str) -> None:
    assert staff.add(Newcomer(MAYA, password), OPERATOR)


def test_who_has_a_short_password_from_before_gets_in(office: Office, team: Sessions) -> None:
    maya = join(office)
    with office.database.write() as connection:
        update_agent(connection, maya.id, {"password_hash": FAST.hash("12345678")})
    assert team.sign_in(MAYA, "12345678")


def test_passwords_are_looked_at_in_bounded_time() -> None:
    begun = time.process_time()
    for password in ("a1!" * 66, "qwerty" * 33, "12-11-1999" * 20, "pässwörd" * 25):
        with suppress(InvalidError):
            check_password(password, *("word " * 40, "other@example.com"))
    assert time.process_time() - begun < 3


def test_who_has_no_email_can_not_join(staff: Agents) -> None:
    with pytest.raises(InvalidEmailError):
        staff.add(Newcomer("maya", PASSWORD), OPERATOR)


def test_a_new_password_ends_the_other_sessions(
    office: Office, staff: Agents, team: Sessions
) -> None:
    maya = join(office)
    here, there = team.sign_in(MAYA, PASSWORD), team.sign_in(MAYA, PASSWORD)
    assert here
    assert there
    staff.change_own_password(maya, PASSWORD, OTHER, here)
    assert team.find_session(here) == maya
    assert team.find_session(there) is None
    assert team.sign_in(MAYA, PASSWORD) is None
    assert team.sign_in(MAYA, OTHER)


def test_a_password_from_a_shell_ends_all_sessions(
    office: Office, staff: Agents, team: Sessions
) -> None:
    maya = join(office)
    token = team.sign_in(MAYA, PASSWORD)
    staff.set_password(maya.id, OTHER, OPERATOR)
    assert token
    assert team.find_session(token) is None


def test_who_does_not_know_the_password_can_not_change_it(
    office: Office, staff: Agents, team: Sessions
) -> None:
    maya = join(office)
    token = team.sign_in(MAYA, PASSWORD)
    assert token
    with pytest.raises(WrongPasswordError):
        staff.change_own_password(maya, "wrong horse", OTHER, token)
    assert team.sign_in(MAYA, PASSWORD)


def test_choices_are_kept(office: Office, staff: Agents, team: Sessions) -> None:
    maya = join(office)
    assert maya.preferences == Preferences(shortcuts=True, sound=False, desktop=False)
    chosen = Preferences(shortcuts=False, sound=True, desktop=True)
    staff.prefer(maya.id, chosen)
    staff.rename(maya.id, " Maya Olsen ")
    [shown] = team.list()
    assert (shown.preferences, shown.name) == (chosen, "Maya Olsen")


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "Ma\0ya"])
def test_a_name_that_will_not_do_is_refused(office: Office, staff: Agents, name: str) -> None:
    maya = join(office)
    with pytest.raises(InvalidError):
        staff.rename(maya.id, name)


def test_an_admin_can_not_leave_the_team_without_one(office: Office, staff: Agents) -> None:
    maya, jonas = join(office, is_admin=True), join(office, JONAS)
    with pytest.raises(LastAdminError):
        staff.disable(maya.id, by=maya.email)
    with pytest.raises(LastAdminError):
        staff.set_admin(maya.id, by=maya.email, is_admin=False)
    staff.set_admin(jonas.id, by=maya.email, is_admin=True)
    staff.set_admin(maya.id, by=jonas.email, is_admin=False)
    assert [one.agent.email for one in staff.roster() if one.agent.is_admin] == [JONAS]


def test_a_disabled_admin_is_none(office: Office, staff: Agents) -> None:
    maya, jonas = join(office, is_admin=True), join(office, JONAS, is_admin=True)
    staff.disable(jonas.id, by=maya.email)
    with pytest.raises(LastAdminError):
        staff.disable(maya.id, by=maya.email)


def test_who_has_a_shell_may_disable_anybody(office: Office, staff: Agents, team: Sessions) -> None:
    maya = join(office, is_admin=True)
    staff.disable(maya.id, OPERATOR)
    assert [one.is_disabled for one in staff.roster()] == [True]
    staff.enable(maya.id, OPERATOR)
    assert team.sign_in(MAYA, PASSWORD)


def test_somebody_is_found_by_any_spelling_of_the_email(office: Office, staff: Agents) -> None:
    maya = join(office)
    assert staff.find("Maya@Shop.Example").agent == maya
    for stranger in (JONAS, "nonsense"):
        with pytest.raises(NotFoundError):
            staff.find(stranger)


def test_what_was_done_to_whom_is_kept(office: Office, staff: Agents) -> None:
    maya = join(office, is_admin=True)
    jonas = join(office, JONAS)
    staff.set_password(jonas.id, OTHER, maya.email)
    staff.set_admin(jonas.id, maya.email, is_admin=True)
    staff.disable(jonas.id, maya.email)
    kept = [(row["actor"], row["action"], row["detail"]) for row in office.rows("audit")]
    assert kept == [
        (OPERATOR, "agent.added", {"agent": MAYA}),
        (OPERATOR, "agent.added", {"agent": JONAS}),
        (MAYA, "agent.password_changed", {"agent": JONAS}),
        (MAYA, "agent.made_admin", {"agent": JONAS}),
        (MAYA, "agent.disabled", {"agent": JONAS}),
    ]
    assert OTHER not in str(office.rows("audit"))
