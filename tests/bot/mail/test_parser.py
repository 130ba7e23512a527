"""Mails are parsed in another process, and what stops that one stops nothing else."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.edge.child_process import ChildProcess
from bot.mail.inbound import MOST_BYTES, TOO_LARGE, UnreadableMailError, read_mail
from bot.mail.parser import TOO_LONG, MailParser
from bot.ports.errors import UnavailableError
from tests.hostile_mails import HOSTILE
from tests.letters import answer, bounce, raw_answer

TO = "reply+0123456789abcdef0123456789abcdef@shop.example"
STUBBORN = ("-m", "tests.bot.mail.stubborn")


@pytest.fixture(scope="module")
def parser() -> Iterator[MailParser]:
    reading = MailParser()
    yield reading
    reading.close()


@pytest.mark.parametrize(
    "raw",
    [
        answer(TO, "Grüße 👍"),
        answer(TO, Auto_Submitted="auto-replied", verdict="mx; dmarc=fail"),
        bounce("ada@example.com", reply_to=TO),
        bounce("ada@example.com", status="4.2.2"),
        raw_answer(TO, b"From: nobody", b"\xff\xfe\0"),
        b"",
    ],
)
def test_it_says_what_the_reader_says(parser: MailParser, raw: bytes) -> None:
    assert parser.read(raw) == read_mail(raw)


def test_why_a_mail_can_not_be_read_is_said_too(parser: MailParser) -> None:
    with pytest.raises(UnreadableMailError, match="too many parts"):
        parser.read(answer(TO) + b"\r\n--" * 10_000)
    with pytest.raises(UnreadableMailError, match=TOO_LARGE):
        parser.read(b"x" * (MOST_BYTES + 1))


@pytest.mark.parametrize("name", HOSTILE)
def test_within_its_limits_it_reads_whatever_comes(parser: MailParser, name: str) -> None:
    raw = HOSTILE[name](MOST_BYTES)[:MOST_BYTES]
    try:
        parser.read(raw)
    except UnreadableMailError as error:
        assert error.reason == "mail of too many parts"  # noqa: PT017 - the only other end


@pytest.mark.parametrize(("words", "seconds"), [("spin", 20), ("sleep", 0.5)])
def test_a_mail_that_stops_it_is_given_up_and_the_next_one_is_read(
    words: str, seconds: float
) -> None:
    parser = MailParser(ChildProcess(STUBBORN, timedelta(seconds=seconds)))
    with pytest.raises(UnreadableMailError, match=TOO_LONG):
        parser.read(answer(TO, words))
    assert parser.read(answer(TO)).text == "Monday is fine."
    parser.close()


def test_a_mail_that_can_not_be_read_now_is_to_come_again() -> None:
    with pytest.raises(UnavailableError):
        MailParser(ChildProcess(("-m", "no.such.module"), timedelta(seconds=20))).read(answer(TO))
    parser = MailParser()
    parser.stop()
    with pytest.raises(UnavailableError):
        parser.read(answer(TO))
