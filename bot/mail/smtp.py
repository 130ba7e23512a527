"""Sends mails by SMTP; what may have arrived is told apart from what surely has not."""

import hashlib
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage

from bot.mail.mail import Mail, read_sender, write
from bot.mail.server_url import read_server_url
from bot.mail.status import MAILBOX_GONE, is_our_fault, quote, read_status
from bot.ports.channels import Receipt
from bot.ports.errors import Cause, OutcomeUnknownError, SendError, Trouble, UndeliverableError
from bot.runtime.failpoints import failpoint
from config.origins import is_loopback

_EACH_WITHIN = timedelta(seconds=10)
_ALL_WITHIN = timedelta(seconds=30)  # less than a worker holds what it sends
_WELCOME = 220
_READY = 354
_REFUSED = 500
_LEAVING = 421
_NO_SUCH_BOX = frozenset({550, 551, 553, 556})
_UNREACHABLE = "The mail server can't be reached."


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """The SMTP server that takes our mails."""

    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    is_tls: bool = False
    """Encrypted from the start; else STARTTLS as soon as the server offers it."""

    @classmethod
    def read(cls, url: str) -> "SmtpServer":
        """Read a URL that the settings have checked."""
        found = read_server_url(url, {"smtps": 465, "smtp": 587})
        return cls(found.host, found.port, found.user, found.password, found.is_tls)


@dataclass(frozen=True, slots=True)
class Mailer:
    """Hands mails in, one connection for each; blocks while it does."""

    server: SmtpServer
    sender: str
    clock: Callable[[], datetime]
    all_within: timedelta = _ALL_WITHIN

    @property
    def fingerprint(self) -> str:
        """Tell one set of credentials and sender from another."""
        known = f"{self.server}{self.server.password}{self.sender}"
        return hashlib.sha256(known.encode()).hexdigest()[:16]

    def send(self, mail: Mail) -> Receipt:
        """Hand a mail in, or raise one of the three errors."""
        message = write(mail, self.sender, self.clock())
        with self._connected() as smtp:
            _name_sender(smtp, read_sender(self.sender).addr_spec)
            _name_recipient(smtp, mail.to)
            _hand_over(smtp, message)
        return Receipt(mail.key or "")

    def knock(self) -> None:
        """Connect and log in, and send nothing; raises `SendError`."""
        with self._connected():
            pass

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        smtp = self._client()
        # a timeout counts for each read, so a server that drips would hold us for ever
        fuse = threading.Timer(self.all_within.total_seconds(), _cut, [smtp])
        fuse.daemon = True
        fuse.start()
        try:
            with _explained():
                self._introduce(smtp)
                yield smtp
            with suppress(smtplib.SMTPException, OSError, ValueError):
                smtp.quit()  # it has what it needs
        finally:
            fuse.cancel()
            smtp.close()

    def _client(self) -> smtplib.SMTP:
        seconds = _EACH_WITHIN.total_seconds()
        if self.server.is_tls:
            return smtplib.SMTP_SSL(timeout=seconds, context=ssl.create_default_context())
        return smtplib.SMTP(timeout=seconds)

    def _introduce(self, smtp: smtplib.SMTP) -> None:
        server = self.server
        smtp._host = server.host  # type: ignore[attr-defined]  # noqa: SLF001 - whom the certificate must name; set by a constructor that connects
        code, _ = smtp.connect(server.host, server.port)
        if code != _WELCOME:
            raise SendError(_UNREACHABLE, trouble=Trouble.UNREACHABLE)
        smtp.ehlo_or_helo_if_needed()
        # a relay on this machine seldom has a certificate that anybody would believe
        if not server.is_tls and not is_loopback(server.host):
            if smtp.has_extn("starttls"):
                smtp.starttls(context=ssl.create_default_context())
                smtp.ehlo()
            elif server.user:
                reason = "The mail server offers no encryption: the password stays here."
                raise SendError(reason, trouble=Trouble.CREDENTIALS)
        if server.user:
            smtp.login(server.user, server.password or "")


@contextmanager
def _explained() -> Iterator[None]:
    """Turn what smtplib raises before a mail is handed over into words of ours."""
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        if error.smtp_code < _REFUSED:
            raise SendError(_UNREACHABLE, trouble=Trouble.UNREACHABLE) from None
        said = quote(b"%d %b" % (error.smtp_code, _as_bytes(error.smtp_error)))
        reason = f"The mail server does not accept the user or the password of SMTP_URL: {said}."
        raise SendError(reason, trouble=Trouble.CREDENTIALS) from None
    except smtplib.SMTPNotSupportedError:
        reason = "The mail server offers no way to log in that we know."
        raise SendError(reason, trouble=Trouble.CREDENTIALS) from None
    except ssl.SSLError:
        reason = "The mail server's certificate can't be verified, or it speaks no TLS."
        raise SendError(reason, trouble=Trouble.UNREACHABLE) from None
    except (smtplib.SMTPException, OSError, ValueError):
        # the last: the fuse has closed the connection under us
        raise SendError(_UNREACHABLE, trouble=Trouble.UNREACHABLE) from None


def _as_bytes(words: bytes | str) -> bytes:
    return words.encode() if isinstance(words, str) else words


def _name_sender(smtp: smtplib.SMTP, sender: str) -> None:
    code, words = smtp.mail(sender)
    if code >= _REFUSED:  # not this mail is at fault: the next one would fare no better
        said = quote(b"%d %b" % (code, words))
        reason = f"The mail server refuses mails from the address in EMAIL_FROM: {said}."
        raise SendError(reason, trouble=Trouble.REFUSED)
    _check(code, words, "The mail server takes no mail at the moment")


def _name_recipient(smtp: smtplib.SMTP, recipient: str) -> None:
    code, words = smtp.rcpt(recipient)
    said = words.decode(errors="replace").lower()
    status = read_status(said)
    if code in _NO_SUCH_BOX and status in MAILBOX_GONE:
        reason = f"The mail server says that there is no such address ({status})."
        raise UndeliverableError(reason, Cause.RECIPIENT_GONE)
    _check(code, words, "The mail server does not take mails to this address at the moment")


def _hand_over(smtp: smtplib.SMTP, message: EmailMessage) -> None:
    code, words = smtp.docmd("data")
    if code != _READY:
        _check(code, words, "The mail server takes no mail at the moment")
        raise SendError(_UNREACHABLE, trouble=Trouble.UNREACHABLE)
    smtp.send(_stuffed(message.as_bytes()))  # if this fails, the end of the mail has not left us
    failpoint("mail.after_data")
    try:
        code, words = smtp.getreply()
    except (smtplib.SMTPException, OSError, ValueError):
        reason = "The mail was handed over, but the mail server's answer was lost."
        raise OutcomeUnknownError(reason) from None
    _check(code, words, "The mail server does not take this mail at the moment")


def _stuffed(raw: bytes) -> bytes:
    lines = raw.removesuffix(b"\r\n").split(b"\r\n")
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines) + (
        b"\r\n.\r\n"
    )


def _check(code: int, words: bytes, otherwise: str) -> None:
    if code == _LEAVING or code < 0:
        raise SendError(_UNREACHABLE, trouble=Trouble.UNREACHABLE)
    said = quote(b"%d %b" % (code, words))
    if is_our_fault(code, words.decode(errors="replace")):
        reason = f"The mail server refuses our mails, for no fault of the recipient's: {said}."
        raise SendError(reason, trouble=Trouble.REFUSED)
    if code >= _REFUSED:
        reason = f"The mail server refuses this mail: {said}."
        raise UndeliverableError(reason, Cause.REJECTED)
    if code >= 400:  # noqa: PLR2004 - SMTP's "not now"
        reason = f"{otherwise}: {said}."
        raise SendError(reason)


def _cut(smtp: smtplib.SMTP) -> None:
    if smtp.sock:
        with suppress(OSError):  # closing alone would wake nobody who reads
            socket.socket.shutdown(smtp.sock, socket.SHUT_RDWR)
