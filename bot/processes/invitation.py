"""The first way into the inbox, printed where `./run` was typed."""

import secrets
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError

from bot.desk.agent import Agent
from bot.desk.agents import OPERATOR, Agents, Newcomer
from bot.desk.one_time_tokens import PASSES, SIGN_IN, SIGN_IN_LASTS, OneTimeTokens
from bot.edge.signing import Signer
from bot.ports.errors import UnavailableError
from bot.runtime.secret import derived_keys
from bot.storage.database.engine import Database
from config.origins import is_loopback
from config.settings import Settings

DEMO_EMAIL = "maya@example.com"
_DEMO_NAME = "Maya Olsen"


def invite(settings: Settings) -> dict[str, str]:
    """Say where the inbox is and how to get in: in the demo by a link that is good once."""
    inbox = f"{settings.public_origin}/inbox"
    database = Database(settings.database)
    try:
        staff = Agents(database, _now)
        host = _demo_agent(staff) if _is_demo(settings) else None
        if host:
            passes = OneTimeTokens(database, Signer(derived_keys(settings, PASSES)), _now)
            link = passes.write(SIGN_IN, str(host.id), SIGN_IN_LASTS)
            return {"Inbox": f"{inbox}/login?token={link}"}
        if not staff.roster():
            return {"Inbox": inbox, "To sign in there, first": "./run agents add EMAIL --admin"}
    except (SQLAlchemyError, UnavailableError):
        pass  # web says so better
    finally:
        database.close()
    return {"Inbox": inbox}


def _now() -> datetime:
    return datetime.now(UTC)


def _is_demo(settings: Settings) -> bool:
    return settings.demo_enabled and settings.is_for_this_machine and is_loopback(settings.host)


def _demo_agent(staff: Agents) -> Agent | None:
    members = staff.roster()
    if not members:
        # nobody knows this password: the link is the only way in, until one is chosen
        newcomer = Newcomer(DEMO_EMAIL, secrets.token_urlsafe(), _DEMO_NAME, is_admin=True)
        return staff.add(newcomer, OPERATOR)
    for member in members:
        if member.agent.email == DEMO_EMAIL and not member.is_disabled:
            return member.agent
    return None
