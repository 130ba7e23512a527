"""A mail room on each engine."""

import pytest

from bot.follow_ups.answers import AnswerDesk
from tests.mail_server import PostOffice, post
from tests.mailroom import MailRoom
from tests.office import Office

__all__ = ["post"]  # for pytest to find


@pytest.fixture
def room(office: Office, post: PostOffice) -> MailRoom:
    return MailRoom(office, post)


@pytest.fixture
def desk(room: MailRoom) -> AnswerDesk:
    office = room.office
    return AnswerDesk(
        office.database,
        lambda: office.rules,
        room.doorbell,
        lambda: office.now,
        "reply@shop.example",
    )


@pytest.fixture
def to(room: MailRoom) -> str:
    """Where the visitor's mail program sends an answer."""
    return str(room.follow_up()["Reply-To"])
