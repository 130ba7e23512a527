"""The operator's wishes as frozen values that the core takes as they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

from config.own_texts import OwnText


class Timing(StrEnum):
    """When an unknown visitor is asked."""

    IMMEDIATELY = "immediately"
    NO_REPLY = "no_reply"


class Availability(StrEnum):
    """The setting that decides whether the team is available."""

    ALWAYS = "always"
    BUSINESS_HOURS = "business_hours"
    AGENTS = "agents"
    AWAY = "away"


class ConsentMode(StrEnum):
    """The consent mode of the question for an email."""

    OFF = "off"
    NOTICE = "notice"
    """A text that says what the address is for."""
    REQUIRED = "required"
    """A box to tick: without it no address is taken."""


@dataclass(frozen=True, slots=True)
class OpenRange:
    """Opening hours on some weekdays (Monday is 0); `closes` at or before `opens` is next day."""

    weekdays: frozenset[int]
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day on which other hours hold than on its weekday: none, or a few."""

    day: date
    hours: tuple[tuple[time, time], ...] = ()


@dataclass(frozen=True, slots=True)
class Hours:
    """Business hours in a time zone."""

    ranges: tuple[OpenRange, ...]
    zone: ZoneInfo
    holidays: tuple[Holiday, ...] = ()


@dataclass(frozen=True, slots=True)
class ChannelRules:
    """A channel's rules for sending."""

    window: timedelta | None = None
    """How long after a visitor's last sign of life we may write; None: for ever."""
    away_joins_prompt: bool = False
    """Away message and prompt go out as one message."""
    row_is_delivery: bool = False
    """A stored message needs no sending: the visitor reads it from here."""
    has_profiles: bool = False
    """Visitors have profiles that can be looked up."""
    lends_files: bool = False
    """What visitors attach lies elsewhere, and not for long: we fetch copies."""

    has_card: bool = False
    """Visitors are asked by a card with a field, beside which a notice or a box may stand."""
    is_mail: bool = False
    """Replies are mailed, each by itself."""


MAIL = "email"
"""The channel of what an address's owner says and is told by mail alone."""
NO_WINDOW = ChannelRules()
_BY_MAIL = ChannelRules(is_mail=True)


@dataclass(frozen=True, slots=True)
class CaptureRules:
    """Everything `decide` needs to know about the operator's wishes."""

    enabled: bool = True
    channels: frozenset[str] | None = None
    """The names of the channels on which unknown visitors are asked; None: on all."""
    timing: Timing = Timing.NO_REPLY
    delay: timedelta = timedelta(seconds=60)
    message: OwnText | None = None
    """The custom prompt; None: the default text of the locale."""
    availability: Availability = Availability.ALWAYS
    hours: Hours | None = None
    agents_away_since: str | None = None
    """Under `agents`: names the period in which nobody is available; None: somebody is."""
    away_message: OwnText | None = None
    locale: str = "en"
    consent: ConsentMode = ConsentMode.OFF
    privacy_url: str | None = None
    """The page that says what is done with addresses."""
    own_domains: frozenset[str] = frozenset()
    """Domains and addresses of ours, which no visitor gives as its own."""
    announces: bool = False
    """Somebody wants to be told what happens: programs, or people who are not looking."""
    follow_up_delay: timedelta | None = None
    """How long a reply may stay unseen before it is mailed; None: no mails leave."""
    kept_for: timedelta | None = None
    """How long conversations of nobody known are kept: what is older is not taken any more."""
    channel_rules: Mapping[str, ChannelRules] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def own_addresses(self) -> frozenset[str]:
        """Our own addresses, which mails come from and answers go to."""
        return frozenset(own for own in self.own_domains if "@" in own)

    @property
    def needs_consent(self) -> bool:
        """Whether an address is kept only of visitors who agree."""
        return self.consent is ConsentMode.REQUIRED

    @property
    def mails_leave(self) -> bool:
        """Whether replies can be mailed."""
        return self.follow_up_delay is not None

    def for_channel(self, channel: str) -> ChannelRules:
        """Return the demands of a channel; one that makes none has no window."""
        if channel == MAIL:
            return _BY_MAIL
        return self.channel_rules.get(channel, NO_WINDOW)
