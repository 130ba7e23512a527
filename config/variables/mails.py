"""The variables of mails to visitors, and of their answers."""

from pydantic import BaseModel

from config.halves import Half
from config.kinds import ImapUrl, PlainAddress, Seconds, SenderText, ServerName, SmtpUrl
from config.secret_texts import LongSecret
from config.variables.setting import setting

_WAYS_IN = ("inbound_imap_url", "inbound_email_secret")
_NAMED_NOWHERE = "no mail would name an address for answers"
MAIL_HALVES = (
    Half("smtp_url", ("email_from",), "nobody would know whom mails are from"),
    Half("email_from", ("smtp_url",), "no mail would leave"),
    Half("inbound_email_address", _WAYS_IN, "answers would arrive nowhere"),
    *(Half(way, ("inbound_email_address",), _NAMED_NOWHERE) for way in _WAYS_IN),
)


class MailVariables(BaseModel):
    """The way out, and the way in."""

    smtp_url: SmtpUrl = setting(
        None,
        "The server that mails leave by; without it none do.",
        "`smtp://user:password@host:587`, or `smtps://…` for TLS from the start",
    )
    email_from: SenderText | None = setting(
        None,
        "Whom mails are from; without it none leave.",
        "an address, or one with a name such as `Northwind <chat@example.com>`",
    )
    follow_up_delay_seconds: Seconds = setting(
        120,
        "How long an agent's reply may stay unseen in a chat on this server before it is mailed.",
        "seconds, 0 to 604800",
    )
    inbound_email_address: PlainAddress | None = setting(
        None,
        "Where answers to mails arrive: its mailbox also gets what is sent to `name+anything@…`.",
        "an address such as `reply@example.com`",
    )
    inbound_imap_url: ImapUrl = setting(
        None,
        "The mailbox that is read for answers.",
        "`imaps://user:password@host:993/INBOX`, or `imap://…` with STARTTLS",
    )
    inbound_email_secret: LongSecret | None = setting(
        None,
        "What must be shown at `POST /webhooks/email`, which is closed without it.",
        "a random text of 32 characters or more",
    )
    inbound_authserv_id: ServerName | None = setting(
        None,
        "The id under which your receiving mail server writes `Authentication-Results`. Without it"
        " no mail proves an address. The server must remove fields that come in under this id.",
        "a name such as `mx.example.com`",
    )
