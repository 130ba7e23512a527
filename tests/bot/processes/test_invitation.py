"""The first way into the inbox."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.desk.agent import AgentId
from bot.desk.agents import OPERATOR
from bot.desk.one_time_tokens import PASSES, SIGN_IN, OneTimeTokens
from bot.edge.signing import Signer
from bot.processes.invitation import DEMO_EMAIL, invite
from bot.runtime.secret import derived_keys
from bot.wiring.settings import given_settings
from config.settings import Settings
from tests.bot.agents import MAYA, join, staff_of
from tests.environment import SECRET
from tests.office import Office


@pytest.fixture
def settings(office: Office) -> Settings:
    url = office.database.url
    return given_settings(
        {
            "database_url": url.set(drivername=url.get_backend_name()).render_as_string(
                hide_password=False
            ),
            "secret_key": SECRET,
            "demo": True,
        }
    )


def open_link(office: Office, settings: Settings, link: str) -> AgentId | None:
    [token] = parse_qs(urlsplit(link).query)["token"]
    signer = Signer(derived_keys(settings, PASSES))
    subject = OneTimeTokens(office.database, signer, lambda: datetime.now(UTC)).take(SIGN_IN, token)
    return AgentId(int(subject)) if subject else None


def test_the_demo_signs_in_with_one_line(office: Office, settings: Settings) -> None:
    link = invite(settings)["Inbox"]
    assert link.startswith("http://localhost:8080/inbox/login?token=")
    [member] = staff_of(office).roster()
    assert (member.agent.email, member.agent.is_admin) == (DEMO_EMAIL, True)
    assert open_link(office, settings, link) == member.agent.id
    assert open_link(office, settings, link) is None


def test_each_start_has_a_link_of_its_own_for_the_same_agent(
    office: Office, settings: Settings
) -> None:
    first, second = (invite(settings)["Inbox"] for _ in range(2))
    assert first != second
    assert open_link(office, settings, first) == open_link(office, settings, second)
    assert office.count("agents") == 1


def test_a_team_of_ones_own_needs_no_demo_agent(office: Office, settings: Settings) -> None:
    join(office, MAYA)
    assert invite(settings) == {"Inbox": "http://localhost:8080/inbox"}
    assert office.count("agents") == 1


def test_a_demo_agent_who_was_disabled_stays_out(office: Office, settings: Settings) -> None:
    invite(settings)
    [member] = staff_of(office).roster()
    staff_of(office).disable(member.agent.id, OPERATOR)
    assert "token" not in invite(settings)["Inbox"]


@pytest.mark.parametrize("change", [{"demo": False}, {"host": "0.0.0.0"}])  # noqa: S104 - refused
def test_only_a_demo_for_this_machine_lets_in_by_a_link(
    office: Office, settings: Settings, change: dict[str, object]
) -> None:
    assert invite(settings.model_copy(update=change)) == {
        "Inbox": "http://localhost:8080/inbox",
        "To sign in there, first": "./run agents add EMAIL --admin",
    }
    assert office.count("agents") == 0


def test_a_database_that_is_not_ready_does_not_stop_the_start(
    sqlite_url: str,
) -> None:
    elsewhere = given_settings(
        {"database_url": sqlite_url + ".new", "secret_key": SECRET, "demo": True}
    )
    assert invite(elsewhere) == {"Inbox": "http://localhost:8080/inbox"}
