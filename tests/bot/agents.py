"""A team that hashes fast, at a time that stands still."""

from pwdlib.hashers.argon2 import Argon2Hasher

from bot.desk.agents import Agent
from bot.desk.passwords import Passwords
from bot.desk.staff import OPERATOR, Newcomer, Staff
from bot.desk.team import Team
from tests.office import Office

PASSWORD = "correct horse"  # noqa: S105 - nobody's
FAST = Passwords(Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1))
MAYA = "maya@shop.example"
JONAS = "jonas@shop.example"


def team_of(office: Office) -> Team:
    return Team(office.database, lambda: office.now, FAST)


def staff_of(office: Office) -> Staff:
    return Staff(office.database, lambda: office.now, FAST)


def join(office: Office, email: str = MAYA, *, is_admin: bool = False) -> Agent:
    """Let somebody join the team."""
    newcomer = Newcomer(email, PASSWORD, is_admin=is_admin)
    return staff_of(office).add(newcomer, OPERATOR)
