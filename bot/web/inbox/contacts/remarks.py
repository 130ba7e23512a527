"""Remarks on an address: whether it looks mistyped, can get no mail, or is a throw-away one."""

from bot.core.typos import suggest
from bot.storage.contacts.email_domains import EmailDomain


def remark_on(email: str, domain: EmailDomain | None) -> list[str]:
    """Say in sentences what agents should know before they write to an address."""
    remarks = [f"Did you mean {likely}?"] if (likely := suggest(email)) else []
    if domain and domain.takes_mail is False:
        remarks.append(f"Mail can't arrive there: {domain.domain} takes none.")
    if domain and domain.throw_away:
        remarks.append(f"A throw-away address: mailboxes at {domain.domain} are soon gone.")
    return remarks
