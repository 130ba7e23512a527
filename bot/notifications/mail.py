"""Reaches agents' mailboxes by the server that mails to visitors leave through as well."""

from dataclasses import dataclass

from bot.mail.mail import Mail
from bot.mail.smtp import Mailer
from bot.notifications.texts import Notice
from bot.ports.errors import SendError, Trouble

_WHY = "You get this mail because you want mails: see Notifications in the inbox."


@dataclass(frozen=True, slots=True)
class NoticeMailer:
    """Writes notices as mails."""

    mailer: Mailer

    def post(self, email: str, notice: Notice) -> None:
        """Send a notice by mail, or raise one of the three errors; blocks meanwhile."""
        text = f"{notice.text}\n\n-- \n{_WHY}\n"
        try:
            self.mailer.send(Mail(email, notice.title, text))
        except SendError as error:
            if error.trouble in {None, Trouble.UNREACHABLE}:
                raise
            # the server's trouble is not this agent's: the next notice may get through
            raise SendError(error.reason, retry_after=error.retry_after) from None
