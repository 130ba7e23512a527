"""Stops in words: what an account is called, what has happened, and what to click."""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from bot.mail.ways import CHANNEL as MAIL
from bot.mail.ways import MAIL_SERVER, MAILBOX
from bot.storage.outbox.accounts import AccountKey
from bot.storage.outbox.rows import Work
from bot.storage.outbox.stops import Stop, StopCause
from config.channel_facts import name_account
from config.notices import NoticeRules

PATH = "/inbox/operations"
"""Where a stop is shown, with a button that looks again."""
_TITLES = {StopCause.DEAF: "Nothing is delivered", StopCause.SILENT: "Unusual silence"}
_OVER = {StopCause.DEAF: "Delivered again", StopCause.SILENT: "Heard again"}
_MAIL_NAMES = {MAIL_SERVER: "the mail server (SMTP_URL)", MAILBOX: "the mailbox (INBOUND_IMAP_URL)"}
_MAIL_ADVICE = {
    MAIL_SERVER: "User and password stand in SMTP_URL; what is special in them is written as %XX.",
    MAILBOX: "User, password and folder stand in INBOUND_IMAP_URL.",
}
_SENDER = (
    "EMAIL_FROM must be an address that this server lets our user send from,"
    " and the server must relay our mails."
)
_UNREACHABLE = "Is it up, and may this machine connect there? ./run check says more."
_SILENT = "Write to it yourself: if nothing arrives here, ./run check says what is missing."
_NEW_URL = "Make a new URL there, and put it into NOTIFY_URLS."
_REMOVE = "If it is not wanted any more, switch it off at /inbox/webhooks."


@dataclass(frozen=True, slots=True)
class StopWriter:
    """Puts stops into words, as the settings name things."""

    rules: NoticeRules

    def name(self, key: AccountKey, name: str | None = None) -> str:
        """Name an account within a sentence, with its channel."""
        channel, account = key
        match channel:
            case Work.NOTIFY:
                return self._name_target(account)
            case Work.WEBHOOK:
                return f"webhook {account.partition(':')[2]}"
            case _ if channel == MAIL:
                return _MAIL_NAMES.get(key, "mail")
            case _:
                facts = self.rules.channels.of(channel)
                called = f"“{name}”" if name else name_account(account)
                return f"the {facts.account_title.lower()} {called} on {facts.in_a_sentence}"

    def name_of(self, stop: Stop) -> str:
        """Name a stop's account within a sentence."""
        return self.name(stop.key, stop.name)

    def title(self, stop: Stop) -> str:
        """Give a stop a title, while it stands or when it is over."""
        if stop.ended_at:
            return f"{_OVER.get(stop.cause, 'Works again')}: {self.name_of(stop)}"
        return f"{_TITLES.get(stop.cause, 'Stopped')}: {self.name_of(stop)}"

    def advice(self, stop: Stop) -> str:
        """Say what an operator can do about a stop."""
        match stop.cause:
            case StopCause.UNREACHABLE:
                return _UNREACHABLE
            case StopCause.SILENT:
                return _SILENT
            case StopCause.REFUSED:
                return _SENDER
            case StopCause.GONE:
                return _REMOVE if stop.channel == Work.WEBHOOK else _NEW_URL
            case StopCause.CREDENTIALS if stop.channel == MAIL:
                return _MAIL_ADVICE.get(stop.key, "")
            case _:
                return self._channel_advice(stop)

    def say(self, stop: Stop) -> str:
        """Tell a stop in sentences, while it stands or when it is over."""
        if stop.ended_at is None:
            return f"{stop.reason} {self.advice(stop)}".strip()
        span = f"{_moment(stop.began_at)} to {_moment(stop.ended_at)} UTC"
        more = " What waited goes out now." if stop.closes else ""
        return f"It lasted from {span}: {stop.reason}{more}"

    def _channel_advice(self, stop: Stop) -> str:
        facts = self.rules.channels.of(stop.channel)
        if stop.cause is StopCause.CREDENTIALS:
            return facts.credential_advice
        return facts.deaf_advice if stop.cause is StopCause.DEAF else facts.blocked_advice

    def _name_target(self, target: str) -> str:
        for number, (name, url) in enumerate(self.rules.targets.items(), 1):
            if name == target:
                return f"notification target {number} ({urlsplit(url).scheme.lower()})"
        return "a notification target"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"
