"""A team that hashes fast, at a time that stands still."""

from pwdlib.hashers.argon2 import Argon2Hasher

from bot.desk.agent import Agent
from bot.desk.agents import OPERATOR, Agents, Newcomer
from bot.desk.passwords import Passwords
from bot.desk.sessions import Sessions
from tests.office import Office

PASSWORD = "correct horse"  # noqa: S105 - nobody's
FAST = Passwords(Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1))
MAYA = "maya@shop.example"
JONAS = "jonas@shop.example"


def team_of(office: Office) -> Sessions:
    return Sessions(office.database, lambda: office.now, FAST)


def staff_of(office: Office) -> Agents:
    return Agents(office.database, lambda: office.now, FAST)


def join(office: Office, email: str = MAYA, *, is_admin: bool = False) -> Agent:
    """Let somebody join the team."""
    newcomer = Newcomer(email, PASSWORD, is_admin=is_admin)
    return staff_of(office).add(newcomer, OPERATOR)
