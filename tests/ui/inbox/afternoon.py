"""An afternoon at a shop, for pictures."""

from datetime import datetime, timedelta

from bot.core.arrivals import Visit
from bot.core.events import Attachment
from bot.core.model import ConversationId
from bot.desk.agent import Agent
from bot.desk.types import Actor, ConversationChanges, Person, Words
from tests.ui.inbox.support import AFTERNOON, SITE, Support, on_messenger, on_site

_DAY = timedelta(days=1)
_TENT = f"{SITE}/tents/fjord-2"
_VISIT = Visit(_TENT, "Fjord 2", "duckduckgo.com", "Firefox on Linux", "en")


class Afternoon:
    """Fills a server with what the pictures show; the last conversation is the one to open."""

    def __init__(self, support: Support, maya: Agent, jonas: Agent) -> None:
        self.support, self.maya, self.jonas = support, maya, jonas
        self._number = 0

    def fill(self) -> ConversationId:
        """Let everybody write, answer and wait."""
        yesterday = AFTERNOON - _DAY
        self._talk("77d", None, [("in", "ok I will come back later")], yesterday, messenger=False)
        self._talk(
            "lukas",
            ("Lukas", "Baumann"),
            [("in", "How long does it take?"), ("out", "The workshop needs about four days")],
            yesterday + timedelta(hours=1),
        )
        self._talk(
            "sofia",
            ("Sofia", "Rinaldi"),
            [("in", "Arrivato!"), ("out", "Bene"), ("in", "Ottimo, grazie mille")],
            yesterday + timedelta(hours=2),
            messenger=True,
        )
        self._talk(
            "kenji",
            ("Kenji", "Watanabe"),
            [("in", "Is the 2025 stove compatible with the older pot?")],
            AFTERNOON - timedelta(hours=4, minutes=14),
        )
        self._talk(
            "1b6",
            None,
            [("in", "Any news?"), ("out", "We reply to ada@example.com as soon as we know")],
            AFTERNOON - timedelta(hours=2, minutes=56),
        )
        self._talk(
            "ellen",
            ("Ellen", "Mbeki"),
            [("in", "And my refund?"), ("out", "Your refund left us this morning")],
            AFTERNOON - timedelta(hours=2, minutes=21),
        )
        self._talk(
            "tomas",
            ("Tomás", "Ferreira"),
            [("in", "Oi"), ("out", "I have set one aside for you in Porto until Friday")],
            AFTERNOON - timedelta(minutes=48),
            messenger=True,
        )
        self._talk(
            "priya",
            ("Priya", "Raman"),
            [("in", "It works"), ("out", "Great"), ("in", "Perfect, thank you so much!")],
            AFTERNOON - timedelta(minutes=34),
        )
        self._talk("9c0", None, [("in", "do you ship to Iceland")], self._ago(9))
        self._talk(
            "jonas",
            ("Jonas", "Lindqvist"),
            [("in", "Hello"), ("in", "The zip came loose on the second night, photos attached")],
            self._ago(5),
        )
        return self._open_one()

    def _open_one(self) -> ConversationId:
        place, support = on_site("visitor-4f2a"), self.support
        self._at(self._ago(8))
        said = "Hi! Does the Fjord 2 tent fit into a 40 litre pack?"
        talk = support.write(said, place, visit=_VISIT)
        self._at(self._ago(7))
        support.work()
        self._at(self._ago(6))
        self._reply(
            talk,
            "Happy to help! The Fjord 2 packs down to 42 x 16 cm, so it fits most 40 L packs"
            " upright.",
        )
        self._reply(talk, "Which pack do you have? I can check it against our measurements.")
        support.desk.change(talk, 1, ConversationChanges(assignee=self.maya.email), self.maya.actor)
        self._at(AFTERNOON - timedelta(seconds=20))
        support.write("It's the Kestrel 38 from two years ago", place)
        support.write("Would it also fit the bike rack?", place)
        support.desk.note(
            talk,
            Words("Kestrel 38: main compartment 46 cm. Fits, poles outside.", "note"),
            self.jonas.actor,
        )
        self._at(AFTERNOON)
        return talk

    def _talk(
        self,
        who: str,
        name: tuple[str, str] | None,
        said: list[tuple[str, str]],
        at: datetime,
        *,
        messenger: bool = False,
    ) -> None:
        self._at(at)
        place = on_messenger(who) if messenger else on_site(who)
        photos = [Attachment("image", None, "https://scontent.example/a.jpg")]
        for side, text in said:
            if side == "in":
                talk = self.support.write(text, place, attachments=photos if messenger else ())
            else:
                self._reply(talk, text)
        if name:
            person = Person(f"{who}@example.com", *name)
            self.support.desk.associate_person(talk, person, self.maya.actor)

    def _reply(self, id: ConversationId, text: str, actor: Actor | None = None) -> None:
        self._number += 1
        self.support.desk.reply(id, Words(text, f"c{self._number}"), actor or self.maya.actor)

    def _ago(self, minutes: float) -> datetime:
        return AFTERNOON - timedelta(minutes=minutes)

    def _at(self, moment: datetime) -> None:
        self.support.now = moment
