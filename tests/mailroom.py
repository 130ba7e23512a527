"""A shop whose visitors chat on its site, with a real mail server, at a time that stands still."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from email.message import EmailMessage
from functools import cached_property

from bot.core.arrivals import MessagesSeen
from bot.core.emails import Address, validate
from bot.core.events import EmailGiven
from bot.core.model import ConversationId, VisitorKey
from bot.desk import Desk
from bot.desk.types import Actor, Words
from bot.edge.signing import Signer
from bot.follow_ups.answers import AnswerDesk
from bot.follow_ups.letter import Stationery
from bot.follow_ups.unsubscribing import Unsubscribing
from bot.mail.smtp import Mailer
from bot.mail.ways import MAIL_SERVER
from bot.outbox.contract import LanePlan
from bot.outbox.handlers.looks import LookHandler
from bot.outbox.handlers.mails import MailHandler
from bot.outbox.lane import Lane
from bot.ownership import Proof, prove
from bot.storage.visitors.batch import Batch
from bot.storage.visitors.visitor_states import lock_visitor_states
from bot.wiring.lanes import mail_lane, upkeep_lane
from config.rules import CaptureRules
from tests.fakes import QuietDoorbell
from tests.mail_server import PostOffice
from tests.office import RULES, Office

SITE = "https://shop.example"
ORIGIN = "https://chat.shop.example"
VIS = VisitorKey("webchat", SITE, "vis")
ADA = "ada@example.com"
MAYA = Actor("maya@shop.example", name="Maya")
DELAY = 120
MAIL_RULES = replace(RULES, enabled=False, follow_up_delay=timedelta(seconds=DELAY))


def answer_desk(office: Office) -> AnswerDesk:
    """Open the desk that takes answers in."""
    rules, now = (lambda: office.rules), (lambda: office.now)
    return AnswerDesk(office.database, rules, office.doorbell, now, "reply@shop.example")


@dataclass
class MailRoom:
    """Visitors, an agent called Maya, and a worker that mails."""

    office: Office
    post: PostOffice
    doorbell: QuietDoorbell = field(default_factory=QuietDoorbell)
    answers_to: str | None = "reply@shop.example"

    def __post_init__(self) -> None:
        self.office.rules = MAIL_RULES
        self.stationery = Stationery(
            ORIGIN,
            "Northwind <chat@shop.example>",
            "#0e6b58",
            Signer(("a long random text",)),
            self.answers_to,
        )
        self.desk = Desk(
            self.office.database,
            lambda: self.office.rules,
            self.doorbell,
            lambda: self.office.now,
        )

    def plan(self) -> LanePlan:
        mailer = Mailer(self.post.server, self.stationery.sender, lambda: self.office.now)
        return mail_lane(MailHandler(self.stationery, mailer))

    @property
    def lane(self) -> Lane:
        return Lane(replace(self.office.engine(), doorbell=self.doorbell), self.plan())

    @cached_property
    def looks(self) -> Lane:
        """A worker's looks at what is stopped."""
        mailer = Mailer(self.post.server, self.stationery.sender, lambda: self.office.now)
        return Lane(
            self.office.engine(), upkeep_lane([LookHandler({MAIL_SERVER: mailer.knock})], {})
        )

    def unsubscribing(self) -> Unsubscribing:
        return Unsubscribing(self.office.database, self.stationery.signer, lambda: self.office.now)

    def come(
        self, place: VisitorKey = VIS, email: str | None = ADA, text: str = "Hello"
    ) -> ConversationId:
        """Let a visitor write, and give an address."""
        self.office.write(text, place)
        if email:
            self.office.receive(EmailGiven(email, self.office.now), place=place)
        return ConversationId(self.office.rows("conversations")[-1]["id"])

    def reply(self, talk: ConversationId, text: str = "Here I am") -> None:
        words = Words(text, f"a{self.office.count('messages')}")
        self.desk.reply(talk, words, MAYA)

    def see(self, place: VisitorKey = VIS) -> None:
        """Let the visitor see all that is there."""
        self.office.receive(MessagesSeen(self.office.now), place=place)

    def wait(self, seconds: float = DELAY) -> None:
        """Let time pass, and a worker send what is due."""
        self.office.pass_time(seconds)
        self.looks.work()
        self.lane.work()

    def follow_up(self) -> EmailMessage:
        """Let a visitor be answered and get the mail."""
        self.reply(self.come())
        self.wait()
        return self.post.mail

    def prove(self, place: VisitorKey = VIS) -> None:
        """Let the visitor's browser have proved the address."""
        with self.office.database.write() as connection:
            batch = Batch(connection, self.office.now)
            thread = lock_visitor_states(connection, [place])[place]
            address = validate((thread.conversation and thread.conversation.email) or "")
            assert isinstance(address, Address)
            prove(batch, thread, Proof(address, place))
            batch.save()

    def orders(self) -> list[tuple[str, str | None]]:
        """Say what became of the mails that were ordered."""
        rows = self.office.rows("outbox", kind="follow_up")
        return [(row["state"], row["reason"]) for row in rows]

    def notes(self) -> list[str]:
        return [row["text"] for row in self.office.rows("messages", kind="note")]

    def rules(self, **changes: object) -> CaptureRules:
        self.office.set_rules(**changes)
        return self.office.rules
