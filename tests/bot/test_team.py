"""Signing in, and what ends it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from bot.desk.agents import OPERATOR
from bot.desk.passwords import Passwords
from bot.desk.sessions import IDLE, LONGEST, Sessions, SessionToken
from tests.bot.agents import FAST, JONAS, MAYA, PASSWORD, join, staff_of, team_of
from tests.office import Office


@pytest.fixture
def team(office: Office) -> Sessions:
    return team_of(office)


def sign_in(team: Sessions, email: str = MAYA, password: str = PASSWORD) -> SessionToken:
    token = team.sign_in(email, password)
    assert token
    return token


def test_who_knows_the_password_is_let_in(office: Office, team: Sessions) -> None:
    maya = join(office)
    assert team.find_session(sign_in(team, " Maya@Shop.example ")) == maya


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (MAYA, "wrong horse"),
        (MAYA, ""),
        (MAYA, PASSWORD + "\0"),
        (MAYA, "\ud800" * 8),
        (MAYA, "x" * 100_000),
        (JONAS, PASSWORD),
        ("", PASSWORD),
        ("no email", PASSWORD),
    ],
)
def test_nobody_else_is(office: Office, team: Sessions, email: str, password: str) -> None:
    join(office)
    assert team.sign_in(email, password) is None
    assert office.count("sessions") == 0


class Counting(Argon2Hasher):
    compared = 0

    def verify(self, password: str | bytes, hash: str | bytes) -> bool:
        self.compared += 1
        return super().verify(password, hash)


@pytest.mark.parametrize("email", [MAYA, JONAS, "no email"])
def test_an_unknown_agent_costs_as_much_as_a_wrong_password(office: Office, email: str) -> None:
    join(office)
    hasher = Counting(time_cost=1, memory_cost=8, parallelism=1)
    team = replace(team_of(office), passwords=Passwords(hasher))
    assert team.sign_in(email, "wrong horse") is None
    assert hasher.compared == 1


def test_a_stored_session_opens_nothing(office: Office, team: Sessions) -> None:
    join(office)
    token = sign_in(team)
    [row] = office.rows("sessions")
    assert token not in str(row)
    assert team.find_session(row["token_hash"]) is None
    assert PASSWORD not in str(office.rows("agents"))


@pytest.mark.parametrize("token", ["", "x", "x" * 5_000, "\ud800"])
def test_nonsense_is_no_session(team: Sessions, token: str) -> None:
    assert team.find_session(token) is None


def test_a_session_ends_when_it_is_not_used(office: Office, team: Sessions) -> None:
    join(office)
    token = sign_in(team)
    office.pass_time(IDLE.total_seconds())
    assert team.find_session(token) is None


def test_a_session_that_is_used_goes_on_but_not_for_ever(office: Office, team: Sessions) -> None:
    join(office)
    token, days = sign_in(team), 0
    while team.find_session(token):
        office.pass_time(timedelta(days=1).total_seconds())
        days += 1
    assert days == LONGEST.days


def test_looking_often_writes_seldom(office: Office, team: Sessions) -> None:
    join(office)
    token = sign_in(team)
    before = office.rows("sessions")
    office.pass_time(3_599)
    team.find_session(token)
    assert office.rows("sessions") == before
    office.pass_time(1)
    team.find_session(token)
    assert office.rows("sessions") != before


def test_sessions_that_are_over_are_forgotten(office: Office, team: Sessions) -> None:
    join(office)
    sign_in(team)
    office.pass_time(IDLE.total_seconds())
    sign_in(team)
    assert office.count("sessions") == 1


def test_signing_out_ends_this_session_only(office: Office, team: Sessions) -> None:
    join(office)
    here, there = sign_in(team), sign_in(team)
    team.sign_out(here)
    assert team.find_session(here) is None
    assert team.find_session(there)


def test_signing_out_everywhere_ends_all_of_ones_own_sessions(
    office: Office, team: Sessions
) -> None:
    maya, jonas = join(office), join(office, JONAS)
    tokens, other = [sign_in(team), sign_in(team)], sign_in(team, JONAS)
    team.sign_out_everywhere(maya.id)
    assert [team.find_session(token) for token in tokens] == [None, None]
    assert team.find_session(other) == jonas


def test_a_disabled_agent_is_out_at_once_and_stays_out(office: Office, team: Sessions) -> None:
    maya = join(office)
    token = sign_in(team)
    staff_of(office).disable(maya.id, OPERATOR)
    assert team.find_session(token) is None
    assert team.sign_in(MAYA, PASSWORD) is None
    assert team.list() == []


def test_a_hash_that_has_become_too_cheap_is_made_anew(office: Office) -> None:
    join(office)
    [before] = office.rows("agents")
    dearer = Passwords(Argon2Hasher(time_cost=2, memory_cost=8, parallelism=1))
    sign_in(replace(team_of(office), passwords=dearer))
    [after] = office.rows("agents")
    assert before["password_hash"] != after["password_hash"]
    assert "t=2" in after["password_hash"]
    assert FAST.is_right(PASSWORD, after["password_hash"])


def test_only_who_may_sign_in_is_an_agent(office: Office, team: Sessions) -> None:
    join(office)
    jonas = join(office, JONAS)
    staff_of(office).disable(jonas.id, OPERATOR)
    with office.database.read() as connection:
        asked = {
            email: team.is_agent(connection, email)
            for email in (MAYA, JONAS, "ann@shop.example", "nonsense", "")
        }
    assert [email for email, known in asked.items() if known] == [MAYA]
