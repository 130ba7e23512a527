"""A mail as we think of it, and as it goes over the wire: no text can make a header of its own."""

import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import (
    Address,
    AddressHeader,
    BaseHeader,
    HeaderRegistry,
    UnstructuredHeader,
)
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import make_msgid

LOOP_HEADER = "X-Whosthere"
"""What tells our own mails when they come back."""
_LONGEST_LINE = 200
_VERBATIM = ("message-id", "in-reply-to", "references", "list-unsubscribe")


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to one recipient."""

    to: str
    subject: str
    text: str
    html: str | None = None
    key: str | None = None
    """What this mail is known by: its Message-ID, without the brackets."""
    earlier: tuple[str, ...] = ()
    """The keys of the mails before it in the same thread, the oldest first."""
    reply_to: str | None = None
    unsubscribe: str | None = None
    """Where one POST ends mails like this one (RFC 8058)."""
    headers: tuple[tuple[str, str], ...] = field(default=())


class _VerbatimHeader(UnstructuredHeader, BaseHeader):
    """A header that programs read, never folded or encoded by the standard library."""

    def fold(self, *, policy: Policy) -> str:
        words = f"{policy.linesep} ".join(str(self).split())
        return f"{self.name}: {words}{policy.linesep}"


def write(mail: Mail, sender: str, at: datetime) -> EmailMessage:
    """Write a mail down."""
    headers = HeaderRegistry()
    for name in _VERBATIM:
        headers.map_to_type(name, _VerbatimHeader)
    message = EmailMessage(policy=SMTP.clone(header_factory=headers))
    message["From"] = read_sender(sender)
    message["To"] = Address(addr_spec=mail.to)
    message["Subject"] = one_line(mail.subject)
    message["Date"] = at
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no automatic answers, please
    message["X-Auto-Response-Suppress"] = "All"  # the same to Exchange
    message[LOOP_HEADER] = "1"
    domain = read_sender(sender).domain
    message["Message-ID"] = f"<{mail.key}>" if mail.key else make_msgid(domain=domain)
    if mail.earlier:
        message["In-Reply-To"] = f"<{mail.earlier[-1]}>"
        message["References"] = " ".join(f"<{key}>" for key in mail.earlier)
    if mail.reply_to:
        message["Reply-To"] = Address(addr_spec=mail.reply_to)
    if mail.unsubscribe:
        message["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    for name, value in mail.headers:
        message[name] = one_line(value)
    message.set_content(mail.text, cte="quoted-printable")
    if mail.html:
        message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    return message


def read_sender(text: str) -> Address:
    """Read an address with or without a name, as the settings have checked it."""
    header = HeaderRegistry()("From", text)
    if not isinstance(header, AddressHeader) or len(header.addresses) != 1:
        msg = "the sender is no one address"
        raise ValueError(msg)
    return header.addresses[0]


def one_line(text: str) -> str:
    """Make a text fit for a header: what would break or hide something becomes a blank."""
    spaced = "".join(
        " " if unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} else letter
        for letter in text
    )
    return " ".join(spaced.split())[:_LONGEST_LINE]
