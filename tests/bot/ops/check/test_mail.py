"""What a check says of mails and of the mailbox for answers."""

from collections.abc import Iterator

import pytest

from bot.ops.check.mail import check_mails
from tests.bot.ops.check.conftest import about
from tests.environment import CANARY, TOKEN, SetUp
from tests.imap_server import FakeMailbox, running_mailbox
from tests.mail_server import PostOffice, post

__all__ = ["post"]  # for pytest to find
SENDER = {"EMAIL_FROM": "chat@shop.example", "PUBLIC_URL": "https://chat.shop.example"}
REPLY = {
    "INBOUND_EMAIL_ADDRESS": "reply@shop.example",
    "OWN_EMAIL_DOMAINS": "shop.example",
    "INBOUND_AUTHSERV_ID": "mx.shop.example",
}
UNPROVED = (
    "needs attention: No answer proves that its sender has the address: nobody says which results"
    " count."
)
OUT, IN = "mails", "answers by mail"


@pytest.fixture
def box() -> Iterator[FakeMailbox]:
    with running_mailbox() as box:
        yield box


def test_a_server_that_lets_us_in_is_fine_and_gets_no_mail(set_up: SetUp, post: PostOffice) -> None:
    findings = list(check_mails(set_up(SMTP_URL=post.url, **SENDER)))
    assert about(OUT, findings) == ["ok: The mail server lets us in."]
    assert post.mails == []


def test_a_wrong_password_is_said_and_not_shown(set_up: SetUp, post: PostOffice) -> None:
    post.password = "right"  # noqa: S105 - of this test only
    url = f"smtp://ann:{CANARY}@127.0.0.1:{post.port}"
    [finding] = check_mails(set_up(SMTP_URL=url, **SENDER))
    assert finding.state == "broken"
    assert "SMTP_URL" in finding.words
    assert CANARY not in finding.as_line()


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "needs attention: None leave: no mail server is set."),
        ({"SMTP_URL": "smtp://127.0.0.1:1", **SENDER}, "broken: The mail server can't be reached."),
    ],
)
def test_what_is_missing_is_named(set_up: SetUp, environment: dict[str, str], said: str) -> None:
    [words] = about(OUT, check_mails(set_up(**environment)))
    assert words.startswith(said)


def test_links_that_lead_nowhere_are_noticed(set_up: SetUp, post: PostOffice) -> None:
    settings = set_up(SMTP_URL=post.url, EMAIL_FROM="chat@shop.example")
    assert "links lead to this machine only" in about(OUT, check_mails(settings))[1]


def test_a_mailbox_is_opened_and_not_read(set_up: SetUp, box: FakeMailbox) -> None:
    number = box.put(b"unread")
    url = f"imap://ann:hush@127.0.0.1:{box.port}"
    assert about(IN, check_mails(set_up(INBOUND_IMAP_URL=url, **REPLY))) == [
        "ok: The mailbox can be read."
    ]
    assert number not in box.seen


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, []),
        ({"INBOUND_EMAIL_SECRET": TOKEN, **REPLY}, ["ok: POST /webhooks/email takes them."]),
        (
            {"INBOUND_IMAP_URL": f"imap://ann:{CANARY}@127.0.0.1:1", **REPLY},
            ["broken: The mailbox can't be reached."],
        ),
        (
            {"INBOUND_EMAIL_SECRET": TOKEN, "INBOUND_EMAIL_ADDRESS": "a@shop.example"},
            [
                "ok: POST /webhooks/email takes them.",
                UNPROVED,
                "needs attention: A visitor could give another address of our domain as its own.",
            ],
        ),
    ],
)
def test_what_becomes_of_answers_is_said(
    set_up: SetUp, environment: dict[str, str], said: list[str]
) -> None:
    assert about(IN, check_mails(set_up(**environment))) == said
