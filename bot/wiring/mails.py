"""Mails to visitors and their answers, as far as more than one process has to do with them."""

from bot.edge.signing import Signer
from bot.follow_ups.answers import AnswerLetters, Parse
from bot.mail.smtp import Mailer, SmtpServer
from bot.mail.ways import CHANNEL
from bot.runtime.secret import derived_keys
from bot.storage.database.engine import Database
from bot.wiring.ground import now
from config.channel_facts import ChannelFacts
from config.settings import Settings

MAIL_FACTS = ChannelFacts(
    CHANNEL, title="Mail", in_a_sentence="mail", icon="M4 6h16v12H4zM4 7l8 6 8-6"
)


def open_mailer(settings: Settings) -> Mailer | None:
    """Open the way for mails, if there is one."""
    if settings.smtp_url is None or settings.email_from is None:
        return None
    server = SmtpServer.read(settings.smtp_url.get_secret_value())
    return Mailer(server, settings.email_from, now)


def mail_signer(settings: Settings) -> Signer:
    """Give what signs the links in mails, and knows them again."""
    return Signer(derived_keys(settings, "mail"))


def answer_letters(
    settings: Settings, database: Database, parse: Parse
) -> dict[str, AnswerLetters]:
    """Say who reads mails again that were set aside; nobody, where none arrive."""
    address = settings.inbound_email_address
    return {CHANNEL: AnswerLetters(database, address, parse)} if address else {}
