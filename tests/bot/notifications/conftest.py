"""A bureau for every test."""

import pytest

from tests.bot.notifications.bureau import Bureau
from tests.office import Office


@pytest.fixture
def bureau(office: Office) -> Bureau:
    """A bot that tells one channel of the team's what happens."""
    office.set_rules(announces=True, enabled=False)
    return Bureau(office)
