"""A worker asks the name servers that it is told to about the domains of contacts."""

from bot.storage.contacts.email_domains import EmailDomain, find_domain
from bot.storage.database.engine import Database
from tests.name_server import Names, names
from tests.system.processes import System, until

__all__ = ["names"]  # for pytest to find


def test_a_new_contacts_domain_is_looked_up(
    system: System, database: Database, names: Names
) -> None:
    names.zone["firm.ch"] = {"MX": "10 mx.firm.ch."}
    address, port = names.server
    system.start("web")
    system.start("worker", DNS_SERVERS=f"{address}:{port}")
    assert system.post("/api/v1/contacts", {"email": "ada@firm.ch"}).status_code == 201

    def known() -> EmailDomain | None:
        with database.read() as connection:
            return find_domain(connection, "ada@firm.ch")

    until(lambda: known() == EmailDomain("firm.ch", takes_mail=True, throw_away=False))
    assert names.asked == ["firm.ch"]
