"""Reaches agents' mailboxes by the server that mails to visitors leave through as well."""

from dataclasses import dataclass

from bot.errands.jobs import NobodyThereError, NotKnownError, NotTakenError, RefusedError
from bot.mail.mail import Mail
from bot.mail.smtp import Mailer
from bot.notifications.texts import Notice
from bot.ports import OutcomeUnknownError, SendError, Trouble, UndeliverableError

_WHY = "You get this mail because you want mails: see Notifications in the inbox."


@dataclass(frozen=True, slots=True)
class MailPostman:
    """Writes notices as mails."""

    mailer: Mailer

    def post(self, email: str, notice: Notice) -> None:
        """Send it, or raise one of the errors in `jobs`; blocks while it does."""
        text = f"{notice.text}\n\n-- \n{_WHY}\n"
        try:
            self.mailer.send(Mail(email, notice.title, text))
        except UndeliverableError as error:
            raise RefusedError(error.reason) from None
        except OutcomeUnknownError as error:
            raise NotKnownError(error.reason) from None
        except SendError as error:
            if error.trouble is Trouble.UNREACHABLE:
                raise NobodyThereError(error.reason, error.retry_after) from None
            raise NotTakenError(error.reason, error.retry_after) from None
