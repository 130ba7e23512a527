"""Handing mails in, at a real server: what arrived, what did not, and what nobody knows."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.mail.mail import Mail
from bot.mail.smtp import Mailer, SmtpServer
from bot.ports.errors import Cause, OutcomeUnknownError, SendError, Trouble, UndeliverableError
from tests.factories import NOON
from tests.mail_server import PostOffice, post

__all__ = ["post"]  # for pytest to find
MAIL = Mail("ada@example.com", "Hello", "Hi\n.hidden\n", key="1@shop.example")


def mailer(server: SmtpServer) -> Mailer:
    return Mailer(server, "Northwind <chat@shop.example>", lambda: NOON)


def test_a_mail_arrives_once_and_whole(post: PostOffice) -> None:
    receipt = mailer(post.server).send(MAIL)
    assert receipt.provider_key == "1@shop.example"
    assert post.mail.get_content().splitlines() == ["Hi", ".hidden"]
    [envelope] = post.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("chat@shop.example", ["ada@example.com"])


def test_it_logs_in_where_it_should(post: PostOffice) -> None:
    post.password = "s:e/c"  # noqa: S105 - of this test only
    server = SmtpServer.read(f"smtp://ann:s%3Ae%2Fc@127.0.0.1:{post.port}")
    mailer(server).send(MAIL)
    assert len(post.mails) == 1
    with pytest.raises(SendError) as caught:
        mailer(replace(server, password="wrong")).send(MAIL)  # noqa: S106 - as above
    assert caught.value.trouble is Trouble.CREDENTIALS


@pytest.mark.parametrize(
    ("command", "answer", "trouble"),
    [
        ("mail", "451 4.7.1 Later", None),
        ("mail", "421 Going down", Trouble.UNREACHABLE),
        ("mail", "550 5.7.1 Not you", Trouble.REFUSED),
        ("rcpt", "550 relay not permitted", Trouble.REFUSED),
        ("rcpt", "554 5.7.1 Relay access denied", Trouble.REFUSED),
        ("rcpt", "553 5.7.1 <chat@shop.example>: not owned by user ann", Trouble.REFUSED),
        ("rcpt", "550 5.1.8 Bad sender", Trouble.REFUSED),
        ("data", "554 Refused by policy", Trouble.REFUSED),
        ("data", "554 5.7.1 Spam", Trouble.REFUSED),
        ("rcpt", "450 4.2.0 Greylisted", None),
        ("rcpt", "452 4.2.2 Full", None),
        ("data", "451 4.3.0 Disk full", None),
        ("data", "421 4.3.2 Going down", Trouble.UNREACHABLE),
    ],
)
def test_what_was_surely_not_taken_may_be_tried_again(
    post: PostOffice, command: str, answer: str, trouble: Trouble | None
) -> None:
    post.answers[command] = answer
    with pytest.raises(SendError) as caught:
        mailer(post.server).send(MAIL)
    assert caught.value.trouble is trouble
    if trouble is not Trouble.UNREACHABLE:
        assert answer.replace("<chat@shop.example>", "<…>") in caught.value.reason


@pytest.mark.parametrize(
    ("command", "answer", "cause"),
    [
        ("rcpt", "550 5.1.1 No such user", Cause.RECIPIENT_GONE),
        ("rcpt", "550 5.1.2 No such domain", Cause.RECIPIENT_GONE),
        ("rcpt", "550 5.1.6 Moved", Cause.RECIPIENT_GONE),
        ("rcpt", "556 5.1.10 Takes no mail", Cause.RECIPIENT_GONE),
        ("rcpt", "550 5.1.10 Takes no mail", Cause.RECIPIENT_GONE),
        ("rcpt", "550 5.1.0 Address rejected", Cause.REJECTED),
        ("rcpt", "550 5.1.11 Of no kind", Cause.REJECTED),
        ("rcpt", "550 5.2.1 Disabled", Cause.REJECTED),
        ("rcpt", "550 No such user", Cause.REJECTED),
        ("data", "554 5.6.0 <ada@example.com> Malformed", Cause.REJECTED),
    ],
)
def test_what_is_refused_for_good_is_never_sent_again(
    post: PostOffice, command: str, answer: str, cause: Cause
) -> None:
    post.answers[command] = answer
    with pytest.raises(UndeliverableError) as caught:
        mailer(post.server).send(MAIL)
    assert caught.value.cause is cause
    assert cause is Cause.RECIPIENT_GONE or answer[:9] in caught.value.reason
    assert "@" not in caught.value.reason


def test_an_answer_lost_after_the_mail_was_handed_over_is_unknown(post: PostOffice) -> None:
    post.is_hanging_up = True
    with pytest.raises(OutcomeUnknownError):
        mailer(post.server).send(MAIL)
    assert len(post.mails) == 1


@contextmanager
def a_server_that_says(*pieces: bytes) -> Iterator[SmtpServer]:
    """Say this much and then nothing, without hanging up."""
    stop = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        taken, _ = listener.accept()
        with taken:
            for piece in pieces:
                taken.sendall(piece)
            stop.wait(10)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield SmtpServer("127.0.0.1", listener.getsockname()[1])
    finally:
        stop.set()
        thread.join()
        listener.close()


@pytest.mark.parametrize("pieces", [(), (b"22",), (b"220 hello\r\n", b"250-never")])
def test_a_server_that_drips_or_is_silent_is_left_in_time(pieces: tuple[bytes, ...]) -> None:
    with a_server_that_says(*pieces) as server:
        impatient = replace(mailer(server), all_within=timedelta(seconds=0.2))
        with pytest.raises(SendError) as caught:
            impatient.send(MAIL)
    assert caught.value.trouble is Trouble.UNREACHABLE


@pytest.mark.parametrize("is_tls", [False, True])
def test_a_server_that_is_away_or_speaks_something_else(*, is_tls: bool) -> None:
    with a_server_that_says(b"HTTP/1.1 400 Bad Request\r\n\r\n") as server:
        away = replace(mailer(replace(server, is_tls=is_tls)), all_within=timedelta(seconds=0.5))
        with pytest.raises(SendError) as caught:
            away.knock()
    assert caught.value.trouble is Trouble.UNREACHABLE


def test_the_password_shows_nowhere_and_changes_the_fingerprint() -> None:
    server = SmtpServer.read("smtps://ann:canary@post.example")
    assert (server.host, server.port, server.is_tls) == ("post.example", 465, True)
    assert "canary" not in repr(mailer(server))
    other = mailer(replace(server, password="other"))  # noqa: S106 - of this test only
    assert mailer(server).fingerprint != other.fingerprint
