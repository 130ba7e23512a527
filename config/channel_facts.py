"""Facts about a channel for pages, notices and mails."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

_UNKNOWN_ICON = "M4 5h16v11H12l-5 4v-4H4z"


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """A channel as people read of it."""

    name: str
    """What its visitors are filed under."""
    title: str
    in_a_sentence: str
    """Its title within a sentence, with its article if it has one."""
    icon: str = _UNKNOWN_ICON
    """The path of an icon, 24 by 24, drawn with a line."""
    account_title: str = "Account"
    """What an account is called there: "Page", "Site"."""
    shows_presence: bool = False
    """Whether it is seen who has the conversation open at the moment."""
    longest_part: int | None = None
    """How many characters go out in one part; None: as many as are written."""

    window: str = "time for answers"
    """How long answers are taken after a visitor's message, in words: "24 hours"."""

    credential_advice: str = ""
    """Where an operator finds a new credential for an account."""
    blocked_advice: str = ""
    """Where an operator reads why an account is blocked by policy."""
    deaf_advice: str = ""
    """Where an operator has an account's messages delivered again."""

    @property
    def at_the_start(self) -> str:
        """Its title at the start of a sentence."""
        return self.in_a_sentence[:1].upper() + self.in_a_sentence[1:]


@dataclass(frozen=True, slots=True)
class ChannelTitles:
    """The facts of every channel, by its name; one that is no longer there goes by its name."""

    _facts: dict[str, ChannelFacts] = field(default_factory=dict)

    @classmethod
    def listing(cls, facts: Iterable[ChannelFacts]) -> "ChannelTitles":
        """Hold these facts."""
        return cls({each.name: each for each in facts})

    def beside(self, facts: ChannelFacts) -> "ChannelTitles":
        """Hold the facts of one more."""
        return ChannelTitles({**self._facts, facts.name: facts})

    def of(self, name: str) -> ChannelFacts:
        """Find the facts of a channel."""
        return self._facts.get(name) or ChannelFacts(name, name.capitalize(), name.capitalize())

    def __iter__(self) -> Iterator[ChannelFacts]:
        """Go through the channels, in the order of the registry."""
        return iter(self._facts.values())


def site_of(account: str) -> str:
    """Give the host of an account that is a site's origin; empty for any other account."""
    return account.partition("://")[2]


def name_account(account: str) -> str:
    """Name an account as people read it: a site by its host, anything else as it is."""
    return site_of(account) or account
