"""Domains of contacts' addresses: looked up once each by a worker, and shown for what they are."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.core.events import EmailGiven
from bot.core.model import VisitorKey
from bot.desk import Desk
from bot.desk.types import Actor, ContactChanges, Person
from bot.erasure import erase_person
from bot.keeping import Keeper
from bot.mail.mail_servers import MailServerLookup
from bot.outbox.contract import LanePlan
from bot.outbox.handlers.email_domains import EmailDomainHandler
from bot.outbox.lane import Lane
from bot.storage.contacts.email_domains import EmailDomain, find_domain, order_lookup
from bot.storage.outbox.rows import Work
from bot.wiring.lanes import domain_lane
from tests.bot.outbox.conformance import HandlerConformance, Workbench
from tests.fakes import QuietDoorbell
from tests.name_server import BROKEN, Names, names, running_name_server
from tests.office import Office

__all__ = ["names"]  # for pytest to find
JONAS = Actor("jonas@shop.example", "Jonas")
SITE = VisitorKey("webchat", "https://shop.example", "somebody")


class DomainBench(Workbench):
    """Contacts get addresses at domains of their own."""

    kind = Work.LOOK_UP_DOMAIN
    repeats = True
    names: Names

    def plan(self) -> LanePlan:
        return domain_lane(EmailDomainHandler(MailServerLookup([self.names.server])))

    def order(self, number: int) -> None:
        self.names.zone[f"d{number}.ch"] = {"MX": f"10 mail.d{number}.ch."}
        with self.office.database.write() as connection:
            order_lookup(connection, f"ada@d{number}.ch", self.office.now)

    def done(self) -> list[int]:
        return [int(domain[1:-3]) for domain in self.names.asked if domain != BROKEN]


class TestEmailDomains(HandlerConformance):
    """Asked once more than needed does no harm."""

    workbench = DomainBench

    @pytest.fixture(autouse=True)
    def _serving(self) -> Iterator[None]:
        with running_name_server() as DomainBench.names:
            yield


@pytest.fixture
def bench(office: Office, names: Names) -> DomainBench:
    DomainBench.names = names
    return DomainBench(office)


def known(office: Office, email: str) -> EmailDomain | None:
    with office.database.read() as connection:
        return find_domain(connection, email)


def test_the_domain_of_each_contact_is_looked_up_once(
    office: Office, desk: Desk, bench: DomainBench
) -> None:
    bench.names.zone["firm.ch"] = {"MX": "10 mx.firm.ch."}
    office.write("Hello", SITE)
    office.receive(EmailGiven("ada@firm.ch", office.now), place=SITE)
    bob = desk.contacts.create(Person("bob@firm.ch"), JONAS)
    desk.contacts.create(Person("eve@mailinator.com"), JONAS)
    desk.contacts.change(bob.id, ContactChanges(email="bob@gone.ch"), JONAS)
    for email in ("cy@gmail.com", "cy@example.com", "cy@firm.example"):
        desk.contacts.create(Person(email), JONAS)
    bench.work()
    bench.work()
    assert sorted(set(bench.names.asked)) == ["firm.ch", "gone.ch", "mailinator.com"]
    assert bench.names.asked.count("firm.ch") == 1
    assert known(office, "ada@firm.ch") == EmailDomain("firm.ch", takes_mail=True, throw_away=False)
    assert known(office, "bob@gone.ch") == EmailDomain(
        "gone.ch", takes_mail=False, throw_away=False
    )
    assert known(office, "x@mailinator.com") == EmailDomain(
        "mailinator.com", takes_mail=False, throw_away=True
    )
    assert known(office, "cy@gmail.com") is None


def test_a_server_that_does_not_tell_is_given_up_in_the_end(
    office: Office, bench: DomainBench
) -> None:
    with office.database.write() as connection:
        order_lookup(connection, f"ada@{BROKEN}", office.now)
    for _ in range(5):
        bench.work()
        office.pass_time(timedelta(hours=4).total_seconds())
    assert [row["state"] for row in bench.rows()] == ["sent"]
    assert known(office, f"ada@{BROKEN}") == EmailDomain(BROKEN, takes_mail=None, throw_away=False)


def test_where_nobody_may_be_asked_only_the_list_speaks(office: Office, bench: DomainBench) -> None:
    with office.database.write() as connection:
        order_lookup(connection, "ada@mailinator.com", office.now)
    Lane(office.engine(), domain_lane(EmailDomainHandler(None))).work()
    assert bench.names.asked == []
    assert known(office, "ada@mailinator.com") == EmailDomain(
        "mailinator.com", takes_mail=None, throw_away=True
    )


def test_what_was_found_is_kept_for_two_years(
    office: Office, desk: Desk, bench: DomainBench
) -> None:
    desk.contacts.create(Person("ada@gone.ch"), JONAS)
    bench.work()
    keeper = Keeper(office.database, lambda: office.now)
    for days, there in ((729, True), (2, False)):
        office.pass_time(timedelta(days=days).total_seconds())
        while keeper.step():
            pass
        assert (known(office, "ada@gone.ch") is not None) is there


def test_a_persons_domain_is_forgotten_with_the_person(
    office: Office, desk: Desk, bench: DomainBench
) -> None:
    desk.contacts.create(Person("ada@lovelace.ch"), JONAS)
    bench.work()
    desk.contacts.create(Person("ada@lovelace.name"), JONAS)
    for email in ("ada@lovelace.ch", "ada@lovelace.name"):
        erase_person(office.database, email, office.now, QuietDoorbell())
    with office.database.read() as connection:
        assert not connection.execute(sa.text("SELECT * FROM email_domains")).all()
        assert not connection.execute(sa.text("SELECT * FROM outbox")).all()
