"""Conversations on Messenger and by mail: no message for one of them leaves by the other."""

import random
from collections import defaultdict
from collections.abc import Callable
from email.message import EmailMessage

import pytest

from bot.core.events import EmailGiven
from bot.core.model import ConversationId
from bot.desk.errors import ConflictError
from bot.desk.types import Words
from bot.erasure import erase_person
from bot.follow_ups.answers import AnswerDesk
from tests.letters import NO_VERDICT, answer
from tests.mailroom import MAYA, MailRoom
from tests.office import ANN

EMAILS = ("ada@example.com", "bob@example.org")
SERVER = "mx.shop.example"
VERDICTS = (f"{SERVER}; dmarc=pass", NO_VERDICT, f"{SERVER}; dmarc=fail")
A_DAY = 90_000
LENGTH = 40


class Walk:
    """A sender on Messenger, the owners of the addresses that it gives, and an agent."""

    def __init__(self, room: MailRoom, seed: int) -> None:
        self.room, self.office = room, room.office
        self.chance = random.Random(seed)  # noqa: S311 - the same each time
        self.post = AnswerDesk(
            self.office.database,
            lambda: self.office.rules,
            self.office.doorbell,
            lambda: self.office.now,
            "reply@shop.example",
            authserv_id=SERVER,
        )
        self.for_channel = set[str]()
        self.for_mail = defaultdict[str, set[str]](set)
        self.sides = set[int]()
        self.count = 0

    def go(self) -> None:
        acts: list[Callable[[], object]] = [
            self.write, self.give, self.reply, self.mail_instead, self.answer, self.answer,
            self.reply_by_mail, self.erase,
        ]  # fmt: skip
        begins = [
            self.write,
            self.give,
            lambda: self.office.pass_time(A_DAY),
            self.mail_instead,
            self.answer_as_owner,
        ]
        usual = [4, 2, 4, 4, 4, 4, 4, 0.3]
        for act in [*begins, *self.chance.choices(acts, usual, k=LENGTH)]:
            act()
            self.office.pass_time(self.chance.choice([1, 60, 3_600, A_DAY]))
            self.office.work()
            self.room.lane.work()
            self.check()

    def check(self) -> None:
        said = [text for text in self.office.channel.texts if text.startswith("say ")]
        assert set(said) <= self.for_channel
        assert not self.office.count("outbox", kind="deliver", channel="email")
        for mail in self.room.post.mails:
            body = mail.get_body(("plain",))
            lines = (body.get_content() if body else "").splitlines()
            told = {line for line in lines if line.startswith("say ")}
            assert told
            assert told <= self.for_mail[mail["To"]]

    def write(self) -> None:
        self.office.write(self._text(), ANN)

    def give(self) -> None:
        if self._talk:
            email = self.chance.choice(EMAILS)
            self.office.receive(EmailGiven(email, self.office.now), place=ANN)

    def reply(self) -> None:
        if self._talk:
            text = self._text()
            self.for_channel.add(text)
            self._try(lambda talk: self.room.desk.reply(talk, Words(text, text), MAYA), self._talk)

    def mail_instead(self) -> None:
        if self._talk:
            text = self._text()
            [row] = self.office.rows("conversations", id=self._talk)
            self.for_mail[row["email"] or ""].add(text)
            words = Words(text, text)
            self._try(lambda talk: self.room.desk.mail_instead(talk, words, MAYA), self._talk)

    def reply_by_mail(self) -> None:
        for row in self.office.rows("conversations", channel="email"):
            text = self._text()
            self.for_mail[row["email"]].add(text)
            words = Words(text, text)
            self._reply(ConversationId(row["id"]), words)

    def _reply(self, talk: ConversationId, words: Words) -> None:
        self._try(lambda here: self.room.desk.reply(here, words, MAYA), talk)

    def answer_as_owner(self) -> None:
        mail = self.room.post.mails[-1]
        self._take(mail, str(mail["To"]), self.chance.choice(VERDICTS[:2]))

    def answer(self) -> None:
        mail = self.chance.choice(self.room.post.mails)
        sender = self.chance.choice([str(mail["To"]), str(mail["To"]), "eve@example.net"])
        self._take(mail, sender, self.chance.choice(VERDICTS))

    def _take(self, mail: EmailMessage, sender: str, verdict: str) -> None:
        text, to = self._text(), str(mail["Reply-To"])
        self.post.take(answer(to, text, sender=sender, key=f"k{self.count}@x", verdict=verdict))
        rows = self.office.rows("conversations", channel="email")
        self.sides |= {row["id"] for row in rows if row["gone_at"] is None}

    def erase(self) -> None:
        erase_person(self.office.database, EMAILS[0], self.office.now, self.office.doorbell)

    @property
    def _talk(self) -> ConversationId | None:
        for visitor in self.office.rows("visitors", external_id=ANN.external_id):
            for talk in self.office.rows("conversations", visitor_id=visitor["id"]):
                return ConversationId(talk["id"])
        return None

    def _text(self) -> str:
        self.count += 1
        return f"say {self.count:03}"

    def _try(self, act: Callable[[ConversationId], object], talk: ConversationId | None) -> None:
        try:
            assert talk
            act(talk)
        except ConflictError:
            pass  # the window is over, or no mail can go: an agent reads why


@pytest.mark.parametrize("seed", range(4))
def test_nothing_goes_out_by_the_other_way(room: MailRoom, seed: int) -> None:
    walk = Walk(room, seed)
    walk.go()
    assert walk.sides
