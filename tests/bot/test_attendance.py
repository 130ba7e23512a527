"""Whether anybody is there, under AVAILABILITY=agents."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.hours import away_period
from bot.desk.agent import Agent
from bot.desk.agents import OPERATOR
from bot.desk.availability import NOBODY_YET, TeamAvailability
from bot.desk.sessions import Sessions
from bot.storage.database.engine import Database
from config.rules import Availability
from tests.bot.agents import JONAS, join, staff_of, team_of
from tests.factories import NOON
from tests.office import RULES, Office

AGENTS = replace(RULES, availability=Availability.AGENTS)


@pytest.fixture
def team(office: Office) -> Sessions:
    return team_of(office)


@pytest.fixture
def maya(office: Office, team: Sessions) -> Agent:
    """Somebody who has the inbox open."""
    agent = join(office)
    team.saw(agent.id)
    return agent


def attendance(office: Office) -> TeamAvailability:
    return TeamAvailability(office.database, lambda: AGENTS, lambda: office.now)


def away(office: Office) -> str | None:
    return away_period(attendance(office).rules(), office.now)


def test_without_agents_the_team_is_away(office: Office) -> None:
    assert away(office) == NOBODY_YET
    join(office)
    assert away(office) == NOBODY_YET


def test_who_has_the_inbox_open_is_there_for_two_minutes_more(office: Office, maya: Agent) -> None:
    assert away(office) is None
    office.pass_time(119)
    assert away(office) is None
    office.pass_time(1)
    assert away(office) == "away since 2026-01-05T12:02:00+00:00"


def test_who_says_to_be_away_is_away_at_once(office: Office, team: Sessions, maya: Agent) -> None:
    office.pass_time(30)
    team.set_available(maya.id, available=False)
    assert away(office) == "away since 2026-01-05T12:00:30+00:00"
    team.set_available(maya.id, available=True)
    assert away(office) is None


def test_one_who_is_there_is_enough(office: Office, team: Sessions, maya: Agent) -> None:
    jonas = join(office, JONAS)
    team.saw(jonas.id)
    team.set_available(maya.id, available=False)
    assert away(office) is None


def test_a_time_away_keeps_its_name_whatever_else_the_team_does(
    office: Office, team: Sessions, maya: Agent
) -> None:
    jonas = join(office, JONAS)
    team.saw(jonas.id)
    office.pass_time(60)
    team.set_available(maya.id, available=False)
    team.saw(jonas.id)
    office.pass_time(3_600)
    since = away(office)
    assert since == "away since 2026-01-05T12:03:00+00:00"
    team.saw(maya.id)  # looks at the inbox, still away
    team.set_available(maya.id, available=False)
    join(office, "ann@shop.example")
    staff_of(office).disable(jonas.id, OPERATOR)
    office.pass_time(60)
    assert away(office) == since


def test_who_is_disabled_is_not_there(office: Office, maya: Agent) -> None:
    office.pass_time(10)
    staff_of(office).disable(maya.id, OPERATOR)
    assert away(office) == "away since 2026-01-05T12:00:10+00:00"


def test_two_times_away_have_two_names(office: Office, team: Sessions, maya: Agent) -> None:
    office.pass_time(600)
    first = away(office)
    team.saw(maya.id)
    assert away(office) is None
    office.pass_time(600)
    assert away(office) not in {first, None}


def test_it_looks_once_a_second_at_most(office: Office, team: Sessions, maya: Agent) -> None:
    there = attendance(office)
    there.rules()
    team.set_available(maya.id, available=False)
    office.pass_time(0.9)
    assert there.rules().agents_away_since is None
    office.pass_time(0.1)
    assert there.rules().agents_away_since


def test_other_rules_ask_nobody(office: Office) -> None:
    nowhere = Database("postgresql://nobody@127.0.0.1:1/nothing")
    always = TeamAvailability(nowhere, lambda: RULES, lambda: office.now)
    assert always.rules() is RULES
    nowhere.close()


def test_without_a_database_what_was_known_holds(office: Office, maya: Agent) -> None:
    nowhere = Database("postgresql://nobody@127.0.0.1:1/nothing")
    unsure = TeamAvailability(nowhere, lambda: AGENTS, lambda: NOON)
    assert unsure.rules().agents_away_since == NOBODY_YET
    nowhere.close()


async def test_the_web_never_waits_and_is_told(office: Office, team: Sessions, maya: Agent) -> None:
    there = TeamAvailability(
        office.database, lambda: AGENTS, lambda: office.now, true_for=timedelta(0)
    )
    async with asyncio.timeout(20), asynccontextmanager(there.keep_looking)():
        assert there.last_known_rules().agents_away_since is None
        await asyncio.to_thread(lambda: team.set_available(maya.id, available=False))
        while there.last_known_rules().agents_away_since is None:  # noqa: ASYNC110 - it says nothing
            await asyncio.sleep(0.001)
