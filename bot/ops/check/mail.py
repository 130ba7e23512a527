"""Mails to visitors and their answers: does the server let us in, and is the mailbox there."""

from collections.abc import Iterator

from bot.findings import Finding, attention, broken, ok
from bot.mail.imap import Mailbox
from bot.ports.errors import SendError, Trouble
from bot.wiring.mails import open_mailer
from config.settings import Settings

_OUT, _IN = "mails", "answers by mail"


def check_mails(settings: Settings) -> Iterator[Finding]:
    """Knock at the mail server and the mailbox; nothing is sent or read."""
    if settings.mails_leave:
        yield from _check_server(settings)
    else:
        advice = "Set SMTP_URL and EMAIL_FROM: visitors who have left get answers by mail then."
        yield attention(_OUT, "None leave: no mail server is set.", advice)
    yield from _check_answers(settings)


def _check_server(settings: Settings) -> Iterator[Finding]:
    mailer = open_mailer(settings)
    if mailer is None:
        return
    try:
        mailer.knock()
    except SendError as error:
        advice = (
            "User and password stand in SMTP_URL; what is special in them is written as %XX."
            if error.trouble is Trouble.CREDENTIALS
            else "Are host and port in SMTP_URL right, and may this machine connect there?"
        )
        yield broken(_OUT, error.reason, advice)
        return
    yield ok(_OUT, "The mail server lets us in.")
    if settings.is_for_this_machine:
        yield attention(
            _OUT,
            "Their links lead to this machine only.",
            "Set PUBLIC_URL to how browsers get here.",
        )


def _check_answers(settings: Settings) -> Iterator[Finding]:
    address = settings.inbound_email_address
    if address is None:
        return
    if settings.inbound_imap_url:
        yield _check_mailbox(Mailbox.read(settings.inbound_imap_url.get_secret_value()))
    else:
        yield ok(_IN, "POST /webhooks/email takes them.")
    if settings.inbound_authserv_id is None:
        yield attention(
            _IN,
            "No answer proves that its sender has the address: nobody says which results count.",
            "Set INBOUND_AUTHSERV_ID to the id in the Authentication-Results of your mail server.",
        )
    if address.rpartition("@")[2].lower() not in settings.capture_rules.own_domains:
        yield attention(
            _IN,
            "A visitor could give another address of our domain as its own.",
            "Add the domain of INBOUND_EMAIL_ADDRESS to OWN_EMAIL_DOMAINS, if it is yours alone.",
        )


def _check_mailbox(mailbox: Mailbox) -> Finding:
    try:
        mailbox.knock()
    except SendError as error:
        advice = (
            "User, password and folder stand in INBOUND_IMAP_URL."
            if error.trouble is Trouble.CREDENTIALS
            else "Are host and port in INBOUND_IMAP_URL right? imap:// needs STARTTLS there."
        )
        return broken(_IN, error.reason, advice)
    return ok(_IN, "The mailbox can be read.")
