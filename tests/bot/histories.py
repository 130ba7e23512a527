"""Random histories of conversations, and by rules of their own who may read what of them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core.arrivals import Arrival
from bot.core.emails import Address, key_of, validate
from bot.core.events import EmailGiven, VisitorWrote
from bot.core.model import ConversationId, VisitorKey
from bot.desk import Desk
from bot.desk.types import Actor, Person, Words
from bot.erasure import erase_person
from bot.follow_ups.answers import AnswerDesk
from bot.follow_ups.proving import Proving
from bot.follow_ups.returns import Returns
from bot.live.visitor_view import VisitorViews
from bot.ports.visitor_view import Stretch, VisitorConversation
from bot.storage.conversations.proofs import make_code
from bot.storage.conversations.return_links import make_link
from bot.storage.mails.mails import SentMail, add_mails, open_threads
from tests.fakes import QuietDoorbell
from tests.letters import NO_VERDICT, answer
from tests.office import Office

ALL = Stretch(1_000)
EMAILS = ("ada@example.com", "bob@example.org", "eve@example.net")
MAYA = Actor("maya@shop.example", name="Maya")
SERVER, REPLIES = "mx.shop.example", "reply@shop.example"
_STEP = timedelta(hours=9)


@dataclass
class Said:
    """A message, as the rules see it."""

    text: str
    is_reply: bool = False
    mailed_to: set[str] = field(default_factory=set)
    only_for: str | None = None
    """The address from which it came by mail, where nobody confirmed that."""


@dataclass
class Talk:
    """A conversation: who is on its side, and who was."""

    id: int
    side: set[VisitorKey]
    said: list[Said] = field(default_factory=list)
    proved: str | None = None
    since: int = 0
    """The owner's side reads all from here on."""
    opened: set[str] = field(default_factory=set)
    former: dict[VisitorKey, set[str]] = field(default_factory=dict)
    frozen: dict[VisitorKey, VisitorConversation] = field(default_factory=dict)
    left: dict[VisitorKey, set[str]] = field(default_factory=dict)
    """What a former reader's side wrote and was answered: who comes back brings it along."""
    brought: set[str] = field(default_factory=set)

    def allowed(self, browser: VisitorKey, keys: set[str]) -> set[str]:
        """Say what a browser on the side may read."""
        own = keys | ({self.proved} if self.proved else set())
        return {
            one.text
            for index, one in enumerate(self.said)
            if (one.only_for is None or one.only_for in own)
            and (
                index >= self.since
                or one.text in self.opened
                or one.only_for
                or one.mailed_to & own
            )
        }

    def owed(self) -> set[str]:
        """Say what each browser on the side must be able to read."""
        return self.brought | {one.text for one in self.said[self.since :] if one.only_for is None}


@dataclass
class History:
    """What has happened on one site, in the system and by the rules."""

    office: Office
    site: str

    def __post_init__(self) -> None:
        office, bell = self.office, QuietDoorbell()
        self.rooms = VisitorViews(office.database)
        self.returns = Returns(office.database, self._now, bell)
        self.proving = Proving(office.database, self._now, bell)
        self.desk = Desk(office.database, lambda: office.rules, bell, self._now)
        self.post = AnswerDesk(
            office.database, lambda: office.rules, bell, self._now, REPLIES, authserv_id=SERVER
        )
        self.browsers = [VisitorKey("webchat", self.site, f"b{number}") for number in range(3)]
        self.past: list[VisitorKey] = []
        """Ids that a browser had before a link gave it another: copied cookies still bear them."""
        self.talks: list[Talk] = []
        self.keys: dict[VisitorKey, set[str]] = {}
        self.count = 0

    def _now(self) -> datetime:
        return self.office.now

    def do(self, name: str, who: int, what: int) -> None:
        """Let one thing happen, and check what everybody reads."""
        self.office.now += _STEP
        getattr(self, f"_{name}")(who, what)
        self.check()

    def check(self) -> None:
        for browser in [*self.browsers, *self.past]:
            self._check_one(browser)

    def _check_one(self, browser: VisitorKey) -> None:
        room = self.rooms.look(browser, ALL)
        numbers = [each.seq for each in room.messages]
        assert numbers == [*range(1, len(numbers) + 1)]
        assert room.state.last_seq == len(numbers)
        read = {each.text for each in room.messages if each.text.startswith("say ")}
        talk = self._talk_of(browser)
        if talk and browser in talk.side:
            allowed = talk.allowed(browser, self.keys.get(browser, set()))
            assert talk.owed() <= read <= allowed, (browser, talk)
            assert room.goes_on is None
        elif talk:
            assert room == talk.frozen[browser]
            assert read <= talk.former[browser]
        else:
            assert not read

    def _talk_of(self, browser: VisitorKey) -> Talk | None:
        """Find what a browser reads: what it is on the side of, else what it was on last."""
        on = [talk for talk in self.talks if browser in talk.side]
        was = [talk for talk in self.talks if browser in talk.former]
        assert len(on) <= 1
        return on[0] if on else (max(was, key=lambda talk: talk.id) if was else None)

    def _text(self) -> str:
        self.count += 1
        return f"say {self.site} {self.count}."

    # what happens

    def _write(self, who: int, _what: int) -> None:
        self._write_as(self._browser(who), self._text())

    def _write_as(self, browser: VisitorKey, text: str) -> None:
        report = VisitorWrote(text, self.office.now, self.office.now)
        key = f"{browser.external_id}/{text}"
        self.office.receive_all([Arrival(browser, report, key, browser=browser)])
        self._own_talk(browser).said.append(Said(text))

    def _give(self, who: int, what: int) -> None:
        browser = self._browser(who)
        report = EmailGiven(EMAILS[what % len(EMAILS)], self.office.now)
        self.office.receive_all([Arrival(browser, report, browser=browser)])
        self._own_talk(browser)

    def _reply(self, _who: int, what: int) -> None:
        if talk := self._talk(what):
            text = self._text()
            self.desk.reply(ConversationId(talk.id), Words(text, text), MAYA)
            talk.said.append(Said(text, is_reply=True))

    def _mail(self, _who: int, what: int) -> None:
        talk = self._talk(what)
        row = self._row(talk) if talk else None
        email = row and (row["proved_email"] or row["email"])
        replies = [one for one in talk.said if one.is_reply] if talk else []
        if not (talk and email and replies):
            return
        [stored] = self.office.rows("messages", text=replies[-1].text)
        mail = SentMail(
            ConversationId(talk.id),
            key_of(email),
            f"{self.site}{self.count}{self.office.now}",
            stored["seq"],
            stored["seq"],
            self.office.now,
        )
        with self.office.database.write() as connection:
            add_mails(connection, [mail])
        replies[-1].mailed_to.add(key_of(email))

    def _answer(self, who: int, what: int) -> None:
        """Let an answer come by mail: genuine, or of nobody knows whom."""
        talk, is_genuine = self._talk(what), who % 2 == 0
        email = self._claimed(talk, who)
        if talk is None or email is None:
            return
        with self.office.database.write() as connection:
            here = ConversationId(talk.id)
            token = open_threads(connection, {here: email}, self.office.now)[here]
        text, verdict = self._text(), f"{SERVER}; dmarc=pass" if is_genuine else NO_VERDICT
        to = f"reply+{token}@shop.example"
        self.post.take(
            answer(to, text, sender=email, key=f"k{self.count}@{self.site[8:]}", verdict=verdict)
        )
        if is_genuine:
            self._prove(talk, None, email)
        talk.said.append(Said(text, only_for=None if is_genuine else email))

    def _link(self, who: int, what: int) -> None:
        talk, browser = self._talk(what), self._browser(who)
        email = self._claimed(talk, who)
        if talk is None or email is None:
            return
        with self.office.database.write() as connection:
            token = make_link(connection, ConversationId(talk.id), email, self.office.now)
        self.count += 1
        fresh = VisitorKey("webchat", self.site, f"new{self.count}")
        back = self.returns.come_back(token, browser, fresh)
        assert back
        has_read = browser in talk.side or browser in talk.former
        assert back.is_new is not has_read
        if back.is_new:
            self.past.append(browser)
            self.browsers[self.browsers.index(browser)] = browser = fresh
        self._prove(talk, browser, email)

    def _code(self, who: int, _what: int) -> None:
        browser = self._browser(who)
        before = self.office.count("proofs")
        self.proving.ask(browser)
        asked = self.office.rows("proofs")[before:]
        if not asked:
            return
        [row] = asked
        with self.office.database.write() as connection:
            code = make_code(connection, row["id"], self.office.now)
        assert not self.proving.try_code(browser, f"{(int(code) + 1) % 10**6:06}")
        others = [one for one in self.browsers if one != browser]
        assert not any(self.proving.try_code(one, code) for one in others)
        talk = self._talk_of(browser)
        assert talk
        assert talk.id == row["conversation_id"]
        assert self.proving.try_code(browser, code)
        self._prove(talk, browser, row["email"])

    def _associate(self, who: int, what: int) -> None:
        if talk := self._talk(what):
            person = Person(EMAILS[who % len(EMAILS)], "A", None)
            self.desk.associate_person(ConversationId(talk.id), person, MAYA)

    def _unlink(self, _who: int, what: int) -> None:
        if talk := self._talk(what):
            self.desk.dissociate(ConversationId(talk.id), MAYA)

    def _merge(self, who: int, what: int) -> None:
        found = [one for one in self.office.rows("contacts") if one["merged_into_id"] is None]
        kept, gone = (found[each % len(found)] if found else None for each in (who, what))
        if kept and gone and kept is not gone:
            self.desk.contacts.merge(kept["id"], gone["id"], MAYA)

    def _erase(self, who: int, _what: int) -> None:
        email = EMAILS[who % len(EMAILS)]
        erase_person(self.office.database, email, self.office.now, QuietDoorbell())
        left = {row["id"] for row in self.office.rows("conversations")}
        self.talks = [talk for talk in self.talks if talk.id in left]

    # the rules

    def _prove(self, talk: Talk, browser: VisitorKey | None, email: str) -> None:
        key = self._key(email)
        if browser not in talk.side and talk.proved != key:
            self._divide(talk)
        talk.proved = key
        if browser is None:
            return
        if browser not in talk.side:
            for other in self.talks:
                other.side.discard(browser)
            talk.side.add(browser)
        self.keys.setdefault(browser, set()).add(key)
        talk.opened |= talk.former.pop(browser, set())
        talk.frozen.pop(browser, None)
        talk.brought |= talk.left.pop(browser, set())

    def _divide(self, talk: Talk) -> None:
        for browser in talk.side:
            talk.former[browser] = talk.allowed(browser, self.keys.get(browser, set()))
            talk.frozen[browser] = self.rooms.look(browser, ALL)
            talk.left[browser] = talk.owed()
        talk.side, talk.since, talk.opened = set(), len(talk.said), set()
        talk.brought = set()

    def _own_talk(self, browser: VisitorKey) -> Talk:
        """Find the conversation in which a browser writes; it may have begun just now."""
        for talk in self.talks:
            if browser in talk.side:
                return talk
        known = {talk.id for talk in self.talks}
        [row] = [
            row
            for row in self.office.rows("conversations", account=self.site)
            if row["id"] not in known
        ]
        self.talks.append(Talk(row["id"], {browser}))
        return self.talks[-1]

    def _talk(self, what: int) -> Talk | None:
        return self.talks[what % len(self.talks)] if self.talks else None

    def _browser(self, who: int) -> VisitorKey:
        return self.browsers[who % len(self.browsers)]

    def _row(self, talk: Talk) -> dict[str, str | None]:
        [row] = self.office.rows("conversations", id=talk.id)
        return row

    def _claimed(self, talk: Talk | None, who: int) -> str | None:
        """Choose an address of a conversation that may be proved."""
        if talk is None:
            return None
        row = self._row(talk)
        names = ("proved_email", "beside_email") if row["proved_email"] else ("email",)
        found = [email for name in names if (email := row[name])]
        return found[who % len(found)] if found else None

    def _key(self, email: str) -> str:
        address = validate(email)
        assert isinstance(address, Address)
        return address.key

    def go_on(self) -> None:
        """Each side can go on, whatever has happened: all write and read what they wrote."""
        for browser in [*self.browsers, *self.past]:
            self.office.now += _STEP
            self._write_as(browser, self._text())
        for what in range(len(self.talks)):
            self._reply(0, what)
        self.check()
