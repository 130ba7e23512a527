"""A message comes in, and the team and a program hear of it, through all processes."""

import json

from bot.notifications.webhook_signing import new_secret
from bot.storage.database.engine import Database
from bot.storage.team.webhook_endpoints import add_endpoint
from tests.factories import NOON
from tests.system.processes import System, until
from tests.targets import Target, running_target


def told(program: Target) -> list[tuple[str, str]]:
    """Say of each event what it was and who wrote; the question for an email may be among them."""
    events = [json.loads(one.body) for one in program.received]
    return [(event["type"], event["data"]["message"]["author"]) for event in events]


def test_the_team_and_a_program_hear_of_a_visitor(system: System, database: Database) -> None:
    with running_target() as team, running_target() as program:
        with database.write() as connection:
            add_endpoint(connection, program.url, new_secret(), ["message.created"], NOON)
        wishes = {"NOTIFY_URLS": f"json://127.0.0.1:{team.port}", "DEMO": "true"}
        system.start("web", "worker", "clock", **wishes, NOTIFY_WAITING_SECONDS="2")
        system.hear("7001")
        until(lambda: len(team.received) == 3)
        until(lambda: ("message.created", "visitor") in told(program))
        assert system.end("worker") == 0
    titles = [json.loads(one.body)["title"].partition(":")[0] for one in team.received]
    # Meta's stand-in says that it tells us nothing
    assert sorted(titles) == ["A visitor waits", "New conversation", "Nothing is delivered"]
