"""A mail server of our own, real on the wire: it keeps what it takes, and answers as told."""

import asyncio
import email.policy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

import pytest
from aiohttp.test_utils import unused_port
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from bot.mail.smtp import SmtpServer


@dataclass
class PostOffice:
    """Takes every mail, or answers what a test wishes."""

    answers: dict[str, str] = field(default_factory=dict)
    """By command (`mail`, `rcpt`, `data`), what it says instead of yes."""
    is_hanging_up: bool = False
    """Once it has a mail it goes without a word."""
    refuses: str | None = None
    """To this address nothing goes through, as if for its words."""
    password: str | None = None
    envelopes: list[Envelope] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        login = f"ann:{self.password}@" if self.password else ""
        return f"smtp://{login}127.0.0.1:{self.port}"

    @property
    def server(self) -> SmtpServer:
        return SmtpServer.read(self.url)

    @property
    def mails(self) -> list[EmailMessage]:
        return [read_mail(envelope.content) for envelope in self.envelopes]

    @property
    def mail(self) -> EmailMessage:
        """The only one."""
        [mail] = self.mails
        return mail

    def mails_to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if mail["To"] == address]


@dataclass(frozen=True)
class _Clerk:
    """What aiosmtpd calls; it looks into every property, so the office itself won't do."""

    office: PostOffice

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's names and arguments
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        if refusal := self.office.answers.get("mail"):
            return refusal
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's names and arguments
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        if refusal := self.office.answers.get("rcpt"):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.office.refuses in envelope.rcpt_tos:
            return "554 5.7.1 Spam"
        if refusal := self.office.answers.get("data"):
            return refusal
        self.office.envelopes.append(envelope)
        if self.office.is_hanging_up:
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return "250 OK"

    def check(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        mechanism: str,
        given: Any,  # noqa: ANN401 - as aiosmtpd's
    ) -> AuthResult:
        right = (
            isinstance(given, LoginPassword)
            and given.password == str(self.office.password).encode()
        )
        return AuthResult(success=right, handled=right)


def read_mail(raw: Any) -> EmailMessage:  # noqa: ANN401 - aiosmtpd does not say
    parsed = BytesParser(policy=email.policy.default).parsebytes(raw)
    assert isinstance(parsed, EmailMessage)
    return parsed


@contextmanager
def running_post() -> Iterator[PostOffice]:
    """Serve on this machine only, until the block is left."""
    office = PostOffice(port=unused_port())
    clerk = _Clerk(office)
    controller = Controller(
        clerk,
        hostname="127.0.0.1",
        port=office.port,
        authenticator=clerk.check,
        auth_require_tls=False,
        server_hostname="post.example",
    )
    controller.start()
    try:
        yield office
    finally:
        controller.stop()


@pytest.fixture
def post() -> Iterator[PostOffice]:
    """A mail server for one test."""
    with running_post() as office:
        yield office
