"""A person who uses everything, in any order: what is then stored of it stands in every table."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from email.message import EmailMessage

from bot.core.arrivals import Arrival, Fault, Visit
from bot.core.events import Attachment, EmailGiven, VisitorWrote
from bot.core.files import FileKind, KeptFile, visitor_owner
from bot.core.model import ConversationId, VisitorKey
from bot.desk.types import ContactChanges, Person, Words
from bot.files import FileKeeper
from bot.follow_ups.answers import AnswerDesk
from bot.follow_ups.proving import Proving
from bot.follow_ups.returns import Returns
from bot.storage.conversations.reading_marks import mark_read
from bot.storage.files.file_pieces import DatabaseFiles
from bot.storage.files.files import FileMark, FileState, StoredFile, find_wanted, save_files
from bot.storage.mails.mails import open_threads
from bot.storage.team.agents import list_agents
from bot.storage.visitors.batch import Batch
from config.rules import ConsentMode
from tests.letters import answer, bounce
from tests.mailroom import DELAY, MAYA, SITE, MailRoom, answer_desk
from tests.office import PAGE

ACTS = (
    "write_on_the_site",
    "write_on_messenger",
    "send_a_file",
    "send_a_picture",
    "keep_the_picture",
    "give_an_address",
    "give_an_address_on_messenger",
    "correct_the_address",
    "be_answered",
    "be_mailed",
    "come_back_by_the_link",
    "answer_by_mail",
    "answer_by_mail_on_messenger",
    "ask_for_a_code",
    "answer_from_elsewhere",
    "send_a_forged_mail",
    "send_what_nobody_can_read",
    "send_nonsense_from_the_other_browser",
    "have_mails_come_back",
    "unsubscribe",
    "be_noted",
    "be_renamed",
    "be_linked_by_an_agent",
    "be_unlinked_by_an_agent",
    "be_merged",
    "be_read",
)


@dataclass
class Someone:
    """A person all of whose words hold one that nobody else uses; an act says whether it could."""

    room: MailRoom
    word: str
    first: str = field(init=False)
    second: str = field(init=False)
    other: str = field(init=False)
    site: VisitorKey = field(init=False)
    page: VisitorKey = field(init=False)
    _keys: int = 0

    def __post_init__(self) -> None:
        self.first = f"{self.word}@example.com"
        self.second = f"{self.word}@new.example.org"
        self.other = f"{self.word}@example.net"
        self.site = VisitorKey("webchat", SITE, f"v-{self.word}")
        self.page = VisitorKey("messenger", PAGE, f"p-{self.word}")

    def live(self, chance: random.Random) -> list[str]:
        """Do all that can be done, in an order that chance gives; says in which."""
        waiting, done = chance.sample(ACTS, len(ACTS)), list[str]()
        while waiting:
            left = [name for name in waiting if not self._do(name, done)]
            if left == waiting:
                break
            waiting = left
        return done

    def _do(self, name: str, done: list[str]) -> bool:
        self.room.office.pass_time(1)
        could: bool = getattr(self, name)()
        if could:
            done.append(name)
        return could

    def write_on_the_site(self) -> bool:
        visit = Visit(f"{SITE}/{self.word}", self.word, f"{self.word}.example")
        return self._arrive(Arrival(self.site, self._words(), self._key(), visit=visit))

    def send_a_file(self) -> bool:
        now, token = self.room.office.now, self._upload()
        file = Attachment("file", title=f"{self.word}.txt")
        report = VisitorWrote(self._said(), now, now, attachments=(file,), files=(token,))
        return self._arrive(Arrival(self.site, report, self._key()))

    def upload_a_file(self) -> bool:
        return bool(self._upload())

    def _upload(self) -> str:
        office, words = self.room.office, self.word.encode()
        token = f"file-{office.count('uploads')}"
        file = KeptFile(token, FileKind.FILE, f"{self.word}.txt", "text/plain", len(words))
        stores = {"database": DatabaseFiles(office.database)}
        keeper = FileKeeper(office.database, stores, lambda: office.now)
        keeper.keep(file, visitor_owner(self.site), [words])
        return token

    def write_on_messenger(self) -> bool:
        return self._arrive(Arrival(self.page, self._words(), self._key()))

    def send_a_picture(self) -> bool:
        now = self.room.office.now
        picture = Attachment("image", f"https://cdn.example/{self.word}.png", self.word)
        report = VisitorWrote("", now, now, attachments=(picture,))
        return self._arrive(Arrival(self.page, report, self._key()))

    def keep_the_picture(self) -> bool:
        office = self.room.office
        rows = [row for row in office.rows("messages") if row["attachments"]]
        mine = [row["id"] for row in rows if f"/{self.word}." in repr(row["attachments"])]
        if not mine:
            return False
        with office.database.write() as connection:
            for one in find_wanted(connection, mine[:1]).get(mine[0], []):
                mark = FileMark(FileState.KEPT, "image/png", 9)
                kept = StoredFile(one.position, mark, self.word.encode())
                save_files(connection, [(one.message_id, kept)], office.now)
        return True

    def give_an_address(self) -> bool:
        report = EmailGiven(self.first, self.room.office.now)
        return self._has(self.site) and self._arrive(Arrival(self.site, report))

    def give_an_address_on_messenger(self) -> bool:
        return self._has(self.page) and self._agree_in_words(self.page, self.first)

    def correct_the_address(self) -> bool:
        talk = self._talk(self.site)
        rows = self.room.office.rows("conversations", id=talk, email=self.first) if talk else []
        if not rows:
            return False
        return self._agree_in_words(self.site, self.second)

    def _agree_in_words(self, place: VisitorKey, email: str) -> bool:
        """Type an address, and say yes to the question whether it may be kept."""
        office = self.room.office
        usual, office.rules = office.rules, replace(office.rules, consent=ConsentMode.REQUIRED)
        for text in (email, "yes"):
            report = VisitorWrote(text, office.now, office.now)
            self._arrive(Arrival(place, report, self._key()))
        office.rules = usual
        return True

    def be_answered(self) -> bool:
        if talk := self._talk(self.site):
            self.room.reply(talk, f"Dear {self.word}")
        return bool(talk)

    def be_mailed(self) -> bool:
        before = len(self.room.post.mails)
        if talk := self._talk(self.site):
            self.room.reply(talk, f"By mail, {self.word}")
            self.room.wait(DELAY)
        return len(self.room.post.mails) > before

    def come_back_by_the_link(self) -> bool:
        office = self.room.office
        if not self._mails():
            return False
        written = self._mails()[-1].get_body(("plain",))
        found = re.search(r"/chat/return/([\w-]+)", written.get_content() if written else "")
        returns = Returns(office.database, lambda: office.now, self.room.doorbell)
        browser = VisitorKey("webchat", SITE, f"b-{self.word}")
        return bool(found and returns.come_back(found[1], None, browser))

    def answer_by_mail(self) -> bool:
        return self._take(lambda mail, to: answer(to, self._said(), sender=mail, key=self._key()))

    def answer_by_mail_on_messenger(self) -> bool:
        office, talk = self.room.office, self._talk(self.page)
        rows = office.rows("conversations", id=talk, email=self.first) if talk else []
        if not talk or not rows:
            return False
        with office.database.write() as connection:
            token = open_threads(connection, {talk: self.first}, office.now)[talk]
        to = f"reply+{token}@shop.example"
        answer_desk(office).take(answer(to, self._said(), sender=self.first, key=self._key()))
        return True

    def ask_for_a_code(self) -> bool:
        office = self.room.office
        before = office.count("proofs")
        browsers = (self.site, self.site._replace(external_id=f"b-{self.word}"))
        for browser in browsers:
            Proving(office.database, lambda: office.now, self.room.doorbell).ask(browser)
        return office.count("proofs") > before

    def answer_from_elsewhere(self) -> bool:
        return self._take(
            lambda _, to: answer(to, self._said(), sender=self.other, key=self._key())
        )

    def send_a_forged_mail(self) -> bool:
        return self._take(
            lambda mail, to: answer(
                to, self._said(), sender=mail, key=self._key(), verdict="mx; dmarc=fail"
            )
        )

    def send_what_nobody_can_read(self) -> bool:
        office = self.room.office
        with office.database.write() as connection:
            batch = Batch(connection, office.now)
            for raw in (f'{{"from": "{self.first}"}}', f'{{"sender": "p-{self.word}"}}'):
                batch.add_fault("messenger", Fault(raw.encode(), "not_json"))
            batch.save()
        return True

    def send_nonsense_from_the_other_browser(self) -> bool:
        office = self.room.office
        further = f"b-{self.word}"
        if not office.count("browsers", external_id=further):
            return False
        with office.database.write() as connection:
            batch = Batch(connection, office.now)
            batch.add_fault("webchat", Fault(f'{{"id": "{further}"}}'.encode(), "not_json"))
            batch.save()
        return True

    def have_mails_come_back(self) -> bool:
        return self._take(lambda mail, to: bounce(mail, reply_to=to))

    def unsubscribe(self) -> bool:
        if not self._mails():
            return False
        link = str(self._mails()[-1]["List-Unsubscribe"]).strip("<>")
        return self.room.unsubscribing().stop(link.rpartition("/")[2])

    def be_noted(self) -> bool:
        if talk := self._talk(self.site) or self._talk(self.page):
            self.room.desk.note(talk, Words(self._said(), self._key()), MAYA)
        return bool(talk)

    def be_renamed(self) -> bool:
        found = self.room.desk.contacts.look_up(self.first)
        if found:
            names = ContactChanges(first_name=self.word, last_name=self.word.upper())
            self.room.desk.contacts.change(found.contact.id, names, MAYA)
        return bool(found)

    def be_linked_by_an_agent(self) -> bool:
        if talk := self._talk(self.page):
            self.room.desk.associate_person(talk, Person(self.first, self.word), MAYA)
        return bool(talk)

    def be_unlinked_by_an_agent(self) -> bool:
        talk = self._talk(self.page)
        has = talk and self.room.desk.conversation(talk).contact
        if talk and has:
            self.room.desk.dissociate(talk, MAYA)
        return bool(has)

    def be_merged(self) -> bool:
        contacts = self.room.desk.contacts
        kept = contacts.look_up(self.first)
        if kept is None or contacts.look_up(self.other):
            return False
        gone = contacts.create(Person(self.other, self.word), MAYA)
        contacts.merge(kept.contact.id, gone.id, MAYA)
        return True

    def be_read(self) -> bool:
        talk = self._talk(self.site)
        if talk is None:
            return False
        with self.room.office.database.write() as connection:
            [agent, *_] = list_agents(connection)
            mark_read(connection, agent.id, talk, 1)
        return True

    def _key(self) -> str:
        self._keys += 1
        return f"{self.word}-{self._keys}"

    def _said(self) -> str:
        return f"My secret is {self.word}, number {self._keys}"

    def _words(self) -> VisitorWrote:
        now = self.room.office.now
        return VisitorWrote(self._said(), now, now)

    def _arrive(self, arrival: Arrival) -> bool:
        self.room.office.receive_all([arrival])
        return True

    def _has(self, place: VisitorKey) -> bool:
        return self._talk(place) is not None

    def _talk(self, place: VisitorKey) -> ConversationId | None:
        """Find a conversation, also once its visitor has got a place of its own."""
        office = self.room.office
        was = [row["conversation_id"] for row in office.rows("former_readers")]
        for row in office.rows("visitors", channel=place.channel):
            for talk in office.rows("conversations", visitor_id=row["id"]):
                said = office.rows("messages", conversation_id=talk["id"])
                is_mine = self.word in repr(said)
                if is_mine and (row["external_id"] == place.external_id or talk["id"] in was):
                    return ConversationId(talk["id"])
        return None

    def _mails(self) -> list[EmailMessage]:
        return [mail for mail in self.room.post.mails if self.word in str(mail["To"])]

    def _take(self, write: Callable[[str, str], bytes]) -> bool:
        """Let the mailbox get what somebody writes who has the last mail."""
        if not self._mails():
            return False
        office, last = self.room.office, self._mails()[-1]
        desk = AnswerDesk(
            office.database,
            lambda: office.rules,
            self.room.doorbell,
            lambda: office.now,
            "reply@shop.example",
        )
        desk.take(write(str(last["To"]), str(last["Reply-To"])))
        return True
