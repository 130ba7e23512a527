"""Agents' mailboxes are reached by the server that mails to visitors leave through as well."""

import pytest

from bot.mail.smtp import Mailer
from bot.notifications.mail import NoticeMailer
from bot.notifications.texts import Notice
from bot.ports.errors import UndeliverableError
from tests.factories import NOON
from tests.mail_server import PostOffice, post

__all__ = ["post"]  # for pytest to find

NOTICE = Notice("A visitor waits", "Visitor KQ8Y waits.", "https://chat.shop.example/inbox/1")


@pytest.fixture
def postman(post: PostOffice) -> NoticeMailer:
    return NoticeMailer(Mailer(post.server, "Northwind <chat@shop.example>", lambda: NOON))


def test_a_notice_says_where_such_mails_are_switched_off(
    post: PostOffice, postman: NoticeMailer
) -> None:
    postman.post("maya@shop.example", NOTICE)
    assert (post.mail["To"], post.mail["Subject"]) == ("maya@shop.example", "A visitor waits")
    words, _, why = post.mail.get_content().replace("\r\n", "\n").partition("\n-- \n")
    assert words.strip() == NOTICE.text
    assert "Notifications in the inbox" in why


def test_what_the_server_never_takes_is_refused(post: PostOffice, postman: NoticeMailer) -> None:
    post.answers["rcpt"] = "550 5.1.1 No such user"
    with pytest.raises(UndeliverableError):
        postman.post("maya@shop.example", NOTICE)
