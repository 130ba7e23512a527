"""Whether a domain takes mail, as a real name server answers it."""

from datetime import timedelta

import pytest

from bot.mail.mail_servers import MailServerLookup
from bot.ports.errors import SendError
from tests.name_server import BROKEN, SILENT, Names, names

__all__ = ["names"]  # for pytest to find


def test_a_domain_takes_mail_by_its_mail_servers_or_else_by_its_own_address(names: Names) -> None:
    lookup = MailServerLookup([names.server])
    domains = {
        "shop.test": True,
        "only-ipv4.test": True,
        "only-ipv6.test": True,
        "no-mail.test": False,
        "only-text.test": False,
        "nowhere.test": False,
    }
    assert {domain: lookup.takes_mail(domain) for domain in domains} == domains


@pytest.mark.parametrize("domain", [BROKEN, SILENT])
def test_a_server_that_does_not_tell_is_asked_again(names: Names, domain: str) -> None:
    lookup = MailServerLookup([names.server], timedelta(milliseconds=100))
    with pytest.raises(SendError):
        lookup.takes_mail(domain)
    assert domain in names.asked
