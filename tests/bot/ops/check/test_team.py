"""What a check says of the team."""

import pytest

from bot.desk.agents import OPERATOR
from tests.bot.agents import JONAS, join, staff_of
from tests.bot.ops.check.conftest import Check, about
from tests.environment import LONG_CANARY
from tests.office import Office


@pytest.mark.parametrize(
    ("availability", "said"),
    [
        ("always", "Nobody can sign in."),
        ("agents", "Nobody can sign in, and under AVAILABILITY=agents visitors are told so."),
    ],
)
def test_a_team_of_nobody_is_noticed(
    check: Check, office: Office, migrated_url: str, availability: str, said: str
) -> None:
    staff_of(office).disable(join(office).id, OPERATOR)
    findings = check(DATABASE_URL=migrated_url, SECRET_KEY=LONG_CANARY, AVAILABILITY=availability)
    assert about("inbox", findings) == [f"needs attention: {said}"]


def test_a_team_without_an_admin_is_noticed(
    check: Check, office: Office, migrated_url: str
) -> None:
    join(office)
    findings = check(DATABASE_URL=migrated_url, SECRET_KEY=LONG_CANARY)
    assert about("inbox", findings) == ["needs attention: No agent is an admin."]


def test_a_team_is_counted(check: Check, office: Office, migrated_url: str) -> None:
    join(office)
    join(office, JONAS, is_admin=True)
    findings = check(DATABASE_URL=migrated_url, SECRET_KEY=LONG_CANARY)
    assert about("inbox", findings) == ["ok: Agents who can sign in: 2."]


def test_without_a_database_there_is_nothing_to_say(check: Check) -> None:
    assert about("inbox", check()) == []
