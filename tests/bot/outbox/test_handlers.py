"""Every kind of work for visitors lives as the engine promises."""

from dataclasses import dataclass, field
from datetime import timedelta

from bot.core.model import VisitorKey
from bot.outbox.contract import LanePlan
from bot.storage.forgetting.deletion_requests import NewRequest, take_request
from bot.storage.outbox.rows import Work
from tests.bot.outbox.conformance import HandlerConformance, Workbench
from tests.office import PAGE, Office


def visitor(number: int) -> VisitorKey:
    return VisitorKey("messenger", PAGE, f"p{number}")


class VisitorBench(Workbench):
    """Visitors on a page, one for each order."""

    def plan(self) -> LanePlan:
        return self.office.plan()


class MessageBench(VisitorBench):
    """Agents answer."""

    kind = Work.DELIVER
    repeats = False

    def order(self, number: int) -> None:
        self.office.set_rules(enabled=False)
        self.office.write(place=visitor(number))
        self.office.reply(str(number), visitor(number))

    def done(self) -> list[int]:
        return [int(text) for text in self.office.channel.texts]


class PromptBench(VisitorBench):
    """Visitors are asked at once."""

    kind = Work.CAPTURE_PROMPT
    repeats = False

    def order(self, number: int) -> None:
        self.office.set_rules(delay=timedelta(0))
        self.office.write(place=visitor(number))

    def done(self) -> list[int]:
        return [int(to.external_id[1:]) for to, _ in self.office.channel.sent]


class ProfileBench(VisitorBench):
    """Visitors are looked up."""

    kind = Work.FETCH_PROFILE
    repeats = True

    def order(self, number: int) -> None:
        self.office.set_rules(enabled=False)
        self.office.write(place=visitor(number))

    def done(self) -> list[int]:
        return [int(place.external_id[1:]) for place in self.office.channel.looked_up]


@dataclass
class Finder:
    """Knows nobody, and whom it was asked about."""

    asked: list[int] = field(default_factory=list)

    def find_places(self, person: VisitorKey) -> list[VisitorKey]:
        self.asked.append(int(person.external_id))
        return []


class DeletionBench(VisitorBench):
    """People ask to be deleted."""

    kind = Work.DELETE_PERSON
    repeats = True
    settles_one_by_one = True

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self.finder = office.people["messenger"] = Finder()

    def order(self, number: int) -> None:
        now = self.office.now
        person = VisitorKey("messenger", "app", str(number))
        request = NewRequest(str(number), person, now, now + timedelta(hours=1))
        with self.office.database.write() as connection:
            take_request(connection, request)

    def done(self) -> list[int]:
        return self.finder.asked


class TestMessages(HandlerConformance):
    """At most once."""

    workbench = MessageBench


class TestPrompts(HandlerConformance):
    """At most once."""

    workbench = PromptBench


class TestProfiles(HandlerConformance):
    """As often as need be."""

    workbench = ProfileBench


class TestDeletions(HandlerConformance):
    """As often as need be."""

    workbench = DeletionBench
