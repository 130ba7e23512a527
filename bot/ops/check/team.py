"""The team: can anybody sign in, and does anybody look after it."""

from collections.abc import Iterator

from bot.findings import Finding, attention, ok
from bot.ops.check.database import Records
from config.rules import Availability
from config.settings import Settings

_SUBJECT = "inbox"


def check_team(settings: Settings, records: Records) -> Iterator[Finding]:
    """Look who may sign in; silent where the database could not be read."""
    if records.agents is None:
        return
    there = [agent for agent in records.agents if not agent.disabled_at]
    if not there:
        away = settings.availability is Availability.AGENTS
        more = ", and under AVAILABILITY=agents visitors are told so" if away else ""
        advice = "./run agents add EMAIL --admin lets the first one in."
        yield attention(_SUBJECT, f"Nobody can sign in{more}.", advice)
    elif not any(agent.is_admin for agent in there):
        yield attention(_SUBJECT, "No agent is an admin.", "./run agents change EMAIL --admin.")
    else:
        yield ok(_SUBJECT, f"Agents who can sign in: {len(there)}.")
