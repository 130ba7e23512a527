"""A mail room on each engine."""

import pytest

from tests.mail_server import PostOffice, post
from tests.mailroom import MailRoom
from tests.office import Office

__all__ = ["post"]  # for pytest to find


@pytest.fixture
def room(office: Office, post: PostOffice) -> MailRoom:
    return MailRoom(office, post)
