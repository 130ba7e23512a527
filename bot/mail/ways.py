"""The accounts under which the outbox files mails that leave, and the mailbox of answers."""

from config.rules import MAIL

CHANNEL = MAIL
MAIL_SERVER = (CHANNEL, "smtp")
"""Whether mails can leave by the server in SMTP_URL."""
MAILBOX = (CHANNEL, "imap")
"""Whether the mailbox in INBOUND_IMAP_URL can be read."""
