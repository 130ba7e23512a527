"""The simulated people: who they are, what their phones show, what has happened around them."""

import secrets
from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

_MOST_PEOPLE = 50
_MOST_MESSAGES = 200
_MOST_HAPPENINGS = 200

_CAST = (
    ("Nora", "Lindqvist"),
    ("Mateo", "Ferreira"),
    ("Priya", "Raman"),
    ("Kenji", "Watanabe"),
    ("Ellen", "Mbeki"),
    ("Lukas", "Baumann"),
)


class PersonKind(StrEnum):
    """The kind of a simulated person: guest or logged in."""

    GUEST = "guest"
    MEMBER = "member"
    MEMBER_WITH_EMAIL = "member_with_email"


@dataclass(frozen=True, slots=True)
class QuickReply:
    """A quick reply as it came through Graph."""

    content_type: str
    title: str = ""
    payload: str = ""


@dataclass(frozen=True, slots=True)
class Chip:
    """A quick reply as the phone shows it."""

    kind: str
    title: str
    payload: str


@dataclass(slots=True)
class PhoneMessage:
    """A bubble on the simulated phone."""

    mid: str
    text: str
    at: datetime
    from_page: bool = False
    quick_replies: tuple[QuickReply, ...] = ()
    edits: int = 0
    is_unsent: bool = False
    is_taken: bool = True
    """Whether our webhook has answered 200 to it."""


class Direction(StrEnum):
    """Which way something went."""

    IN = "in"
    """From Messenger to us."""
    OUT = "out"
    """From us to Messenger."""


@dataclass(frozen=True, slots=True)
class DemoHappening:
    """Something that went on behind the scenes."""

    at: datetime
    direction: Direction
    text: str
    outcome: str
    is_good: bool = True


@dataclass(slots=True, eq=False)
class DemoPerson:
    """A simulated person with a phone; its history is bounded."""

    psid: str
    kind: PersonKind
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    """In the profile on Facebook, which no app can read; a tap gives it away."""
    messages: deque[PhoneMessage] = field(default_factory=lambda: deque(maxlen=_MOST_MESSAGES))
    happenings: deque[DemoHappening] = field(default_factory=lambda: deque(maxlen=_MOST_HAPPENINGS))
    last_wrote_at: datetime | None = None
    last_saw_at: datetime | None = None
    page_types_until: datetime | None = None
    count: int = 0
    """How much has ever happened; numbers the happenings."""

    def note(self, happening: DemoHappening) -> None:
        """Remember something, and perhaps forget the oldest."""
        self.count += 1
        self.happenings.append(happening)

    def find(self, mid: str) -> PhoneMessage | None:
        """Give a message that this person wrote and has not taken back."""
        own = (message for message in self.messages if message.mid == mid)
        return next((each for each in own if not each.from_page and not each.is_unsent), None)

    def chips(self) -> list[Chip]:
        """Say what can be tapped: only below the last message, as on a real phone."""
        last = self.messages[-1] if self.messages else None
        if last is None or not last.from_page:
            return []
        return [chip for reply in last.quick_replies for chip in self._show(reply)]

    def _show(self, reply: QuickReply) -> Iterator[Chip]:
        match reply.content_type:
            case "text":
                yield Chip("text", reply.title, reply.payload)
            case "user_email" if self.email:  # else Messenger leaves it out without a word
                yield Chip("user_email", self.email, self.email)

    @property
    def has_unseen(self) -> bool:
        """Whether the page has written since the phone's last look."""
        seen = self.last_saw_at
        return any(each.from_page and (not seen or each.at > seen) for each in self.messages)


class Crowd:
    """Everybody who takes part, up to a number: then whoever was idle longest is forgotten."""

    def __init__(self) -> None:
        self._people: OrderedDict[str, DemoPerson] = OrderedDict()
        self._names = 0

    def join(self, kind: PersonKind) -> DemoPerson:
        """Bring somebody new."""
        person = self._invent(kind)
        self._people[person.psid] = person
        while len(self._people) > _MOST_PEOPLE:
            self._people.popitem(last=False)
        return person

    def find(self, psid: str) -> DemoPerson | None:
        """Look somebody up, which counts as a sign of life."""
        person = self._people.get(psid)
        if person:
            self._people.move_to_end(psid)
        return person

    def _invent(self, kind: PersonKind) -> DemoPerson:
        psid = f"7{secrets.randbelow(10**15):015}"
        if kind is PersonKind.GUEST:
            return DemoPerson(psid, kind)
        first, last = _CAST[self._names % len(_CAST)]
        self._names += 1
        person = DemoPerson(psid, kind, first, last)
        if kind is PersonKind.MEMBER_WITH_EMAIL:
            number = secrets.randbelow(90) + 10
            person.email = f"{first}.{last}{number}@example.com".lower()
        return person
