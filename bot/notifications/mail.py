"""Reaches agents' mailboxes by the server that mails to visitors leave through as well."""

from dataclasses import dataclass

from bot.mail.mail import Mail
from bot.mail.smtp import Mailer
from bot.notifications.texts import Notice

_WHY = "You get this mail because you want mails: see Notifications in the inbox."


@dataclass(frozen=True, slots=True)
class MailPostman:
    """Writes notices as mails."""

    mailer: Mailer

    def post(self, email: str, notice: Notice) -> None:
        """Send it, or raise one of the three errors; blocks while it does."""
        text = f"{notice.text}\n\n-- \n{_WHY}\n"
        self.mailer.send(Mail(email, notice.title, text))
