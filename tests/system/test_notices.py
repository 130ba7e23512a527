"""A message comes in, and the team and a program hear of it, through all processes."""

import json

from bot.errands.signing import new_secret
from bot.storage.engine import Database
from bot.storage.webhook_endpoints import add_endpoint
from tests.factories import NOON
from tests.system.processes import System, until
from tests.targets import running_target


def test_the_team_and_a_program_hear_of_a_visitor(system: System, database: Database) -> None:
    with running_target() as team, running_target() as program:
        with database.write() as connection:
            add_endpoint(connection, program.url, new_secret(), ["message.created"], NOON)
        wishes = {"NOTIFY_URLS": f"json://127.0.0.1:{team.port}", "DEMO": "true"}
        system.start("web", "worker", "clock", **wishes, NOTIFY_WAITING_SECONDS="2")
        system.hear("7001")
        until(lambda: len(team.received) == 3)
        until(lambda: program.received)
        assert system.end("worker") == 0
    titles = [json.loads(one.body)["title"] for one in team.received]
    # Meta's stand-in says that it tells us nothing
    assert sorted(titles) == ["A visitor waits", "New conversation", "Trouble with a channel"]
    told = json.loads(program.received[0].body)  # the question for an email follows it
    assert (told["type"], told["data"]["message"]["author"]) == ("message.created", "visitor")
