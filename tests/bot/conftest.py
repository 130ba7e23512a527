"""A desk in the office."""

import pytest

from bot.core.model import ConversationId
from bot.desk import Desk
from tests.fakes import QuietDoorbell
from tests.leaving import leaving
from tests.office import Office

__all__ = ["leaving"]  # for pytest to find


@pytest.fixture
def doorbell() -> QuietDoorbell:
    """Whom the desk wakes."""
    return QuietDoorbell()


@pytest.fixture
def desk(office: Office, doorbell: QuietDoorbell) -> Desk:
    """A desk where everybody at the shop is an agent."""
    return Desk(
        office.database,
        lambda: office.rules,
        doorbell,
        lambda: office.now,
        lambda _connection, email: email.endswith("@shop.example"),
    )


@pytest.fixture
def conversation_id(office: Office) -> ConversationId:
    """A visitor has just written on Messenger."""
    office.write("Hello")
    return ConversationId(office.rows("conversations")[-1]["id"])
