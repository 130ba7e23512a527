"""The only place that reads the environment."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from email.utils import parseaddr
from types import MappingProxyType
from typing import Self, TypeVar

from pydantic import Field, PrivateAttr, ValidationError
from pydantic_settings import BaseSettings

from config.channel_facts import ChannelTitles
from config.halves import find_missing
from config.hours import parse_holidays, parse_hours, parse_zone
from config.name_servers import OFF, NameServer, read_name_server
from config.notices import NoticeRules
from config.origins import host_of, is_loopback
from config.rules import CaptureRules, Hours
from config.variables.capture import AddressVariables, CaptureVariables
from config.variables.channel import READING, ChannelVariables, HasVariables
from config.variables.files import FileVariables
from config.variables.keeping import KeepingVariables
from config.variables.mails import MAIL_HALVES, MailVariables
from config.variables.notices import NoticeVariables
from config.variables.server import ServerVariables
from config.variables.setting import setting

_HTTP = 80
_Read = TypeVar("_Read", bound=BaseSettings)
_Variables = TypeVar("_Variables", bound=ChannelVariables)


class SettingsError(Exception):
    """The environment holds something unusable; the text names the variable, never its value."""


class Settings(  # the variables of the last one come first
    MailVariables,
    AddressVariables,
    NoticeVariables,
    CaptureVariables,
    KeepingVariables,
    FileVariables,
    ServerVariables,
    BaseSettings,
):
    """Every variable, those of the channels by `of`."""

    model_config = READING

    demo: bool | None = setting(
        None,
        "The demo pages, with a simulator: whoever reaches them can write as a visitor "
        "and answer as the team. Without it: on if `PUBLIC_URL` and `HOST` both name this machine "
        "only, and no channel is connected to another service.",
        "`true` or `false`",
    )

    lifeline_fd: int | None = Field(default=None, exclude=True)
    failpoint: str | None = Field(default=None, exclude=True)

    _channels: tuple[ChannelVariables, ...] = PrivateAttr(())
    _kinds: tuple[HasVariables, ...] = PrivateAttr(())

    @classmethod
    def read(cls, kinds: Sequence[HasVariables] = ()) -> Self:
        """Read the environment, for these kinds of channels too.

        Raises SettingsError with one line for the first bad variable.
        """
        settings = _read(cls)
        settings._know(kinds, [_read(kind.variables) for kind in kinds])  # noqa: SLF001 - its own
        names = {kind.variables.facts.name for kind in kinds}
        if not names.issuperset(settings.capture_channels or ()):
            listed = ", ".join(f"`{name}`" for name in sorted(names))
            message = f"CAPTURE_CHANNELS: not usable; it takes {listed}, comma-separated."
            raise SettingsError(message)
        _refuse_halves(settings)
        return settings

    @classmethod
    def given(cls, values: Mapping[str, object], kinds: Sequence[HasVariables]) -> Self:
        """Take these values in the place of the environment's."""
        settings = cls.model_validate(values)
        read = [kind.variables.model_validate(values) for kind in kinds]
        settings._know(kinds, read)  # noqa: SLF001 - its own
        return settings

    def _know(self, kinds: Sequence[HasVariables], read: Sequence[ChannelVariables]) -> None:
        self._kinds, self._channels = tuple(kinds), tuple(read)

    def of(self, kind: type[_Variables]) -> _Variables:
        """Give the variables of one channel; the settings must have been read for it."""
        return next(each for each in self._channels if isinstance(each, kind))

    @property
    def channel_kinds(self) -> tuple[HasVariables, ...]:
        """The kinds of channels that the settings were read for, in the registry's order."""
        return self._kinds

    @property
    def channel_variables(self) -> tuple[ChannelVariables, ...]:
        """The variables of every channel that the settings were read for."""
        return self._channels

    @property
    def channel_titles(self) -> ChannelTitles:
        """The facts of every channel."""
        return ChannelTitles.listing(each.facts for each in self._channels)

    @property
    def asked_channels(self) -> frozenset[str]:
        """The names of the channels on which unknown visitors are asked for an email."""
        if self.capture_channels is not None:
            return frozenset(self.capture_channels)
        return frozenset(each.facts.name for each in self._channels if each.is_asked_by_default)

    @property
    def database(self) -> str:
        """The database's URL, the embedded default included."""
        if self.database_url:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data_dir.resolve() / 'whosthere.sqlite3'}"

    @property
    def name_servers(self) -> tuple[NameServer, ...] | None:
        """The DNS servers that are asked about domains; empty: the system's, None: nobody is."""
        if self.dns_servers == (OFF,):
            return None
        return tuple(map(read_name_server, self.dns_servers))

    @property
    def public_origin(self) -> str:
        """The origin by which browsers reach this server."""
        if self.public_url:
            return self.public_url
        return "http://localhost" if self.port == _HTTP else f"http://localhost:{self.port}"

    @property
    def is_for_this_machine(self) -> bool:
        """Whether PUBLIC_URL is loopback."""
        return is_loopback(host_of(self.public_origin))

    @property
    def demo_enabled(self) -> bool:
        """Whether the demo pages are served."""
        if self.demo is not None:
            return self.demo
        is_local = self.is_for_this_machine and is_loopback(self.host)
        return is_local and not self.is_connected

    @property
    def demo_hint(self) -> str:
        """A hint on how to get the demo, where its absence may surprise."""
        if self.demo_enabled or self.demo is False or self.is_connected:
            return ""
        return "The demo is off, for PUBLIC_URL or HOST lets others in. DEMO=true switches it on."

    @property
    def is_connected(self) -> bool:
        """Whether a foreign service's channel is configured."""
        return any(each.is_connected for each in self._channels)

    @property
    def mails_leave(self) -> bool:
        """Whether an SMTP server is configured."""
        return self.smtp_url is not None and self.email_from is not None

    def _own_addresses(self) -> Iterator[str]:
        """Name what our mails are from and what answers go to."""
        for text in (self.email_from, self.inbound_email_address):
            if text:
                yield parseaddr(text)[1]

    @property
    def capture_rules(self) -> CaptureRules:
        """The operator's wishes for the core."""
        return CaptureRules(
            enabled=self.capture_enabled,
            channels=self.asked_channels,
            timing=self.capture_timing,
            delay=timedelta(seconds=self.capture_delay_seconds),
            message=self.capture_message,
            availability=self.availability,
            hours=Hours(
                parse_hours(self.business_hours),
                parse_zone(self.timezone),
                parse_holidays(self.holidays),
            ),
            away_message=self.away_message,
            locale=self.locale,
            consent=self.consent_mode,
            privacy_url=self.privacy_url,
            own_domains=frozenset(
                own.lower() for own in (*self.own_email_domains, *self._own_addresses())
            ),
            kept_for=self.keeping.conversations,
            follow_up_delay=(
                timedelta(seconds=self.follow_up_delay_seconds) if self.mails_leave else None
            ),
            channel_rules=MappingProxyType(
                {each.facts.name: each.rules() for each in self._channels}
            ),
        )

    @property
    def notice_rules(self) -> NoticeRules:
        """The operator's wishes for what the team is told."""
        return NoticeRules(
            self.public_origin,
            self.notify_content,
            timedelta(seconds=self.notify_waiting_seconds),
            tuple(url.get_secret_value() for url in self.notify_urls),
            self.channel_titles,
        )


def _read(kind: type[_Read]) -> _Read:
    try:
        return kind()
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0])
        raise SettingsError(_complaint(kind, name)) from None
    except (OSError, UnicodeDecodeError):
        message = ".env: not usable; it must be readable, and UTF-8 text."
        raise SettingsError(message) from None


def _refuse_halves(settings: Settings) -> None:
    kinds = ((each, each.halves) for each in settings.channel_variables)
    for variables, halves in ((settings, MAIL_HALVES), *kinds):
        if missing := find_missing(variables, halves):
            raise SettingsError(missing)


def _complaint(kind: type[BaseSettings], name: str) -> str:
    field = kind.model_fields.get(name)
    extra = field.json_schema_extra if field else None
    accepts = extra["accepts"] if isinstance(extra, dict) else "something else"
    return f"{name.upper()}: not usable; it takes {accepts}."
