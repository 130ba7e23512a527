"""The only place that reads the environment."""

from datetime import timedelta
from types import MappingProxyType
from typing import Self

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from config.hours import parse_holidays, parse_hours, parse_zone
from config.notices import NoticeRules
from config.origins import host_of, is_loopback
from config.rules import CaptureRules, ChannelRules, ConsentMode, Hours
from config.variables.capture import AddressVariables, CaptureVariables
from config.variables.mails import MailVariables
from config.variables.messenger import MessengerVariables
from config.variables.notices import NoticeVariables
from config.variables.server import ServerVariables
from config.variables.setting import setting
from config.variables.webchat import WebChatVariables

MESSENGER_WINDOW = timedelta(hours=24)
_HTTP = 80


class SettingsError(Exception):
    """The environment holds something unusable; the text names the variable, never its value."""


class Settings(  # the variables of the last one come first
    MailVariables,
    AddressVariables,
    NoticeVariables,
    CaptureVariables,
    WebChatVariables,
    MessengerVariables,
    ServerVariables,
    BaseSettings,
):
    """Every variable; `.env` in the working folder counts too."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        validate_default=False,
    )

    demo: bool | None = setting(
        None,
        "The demo page and the Messenger simulator: whoever reaches them can write as a visitor "
        "and answer as the team. Without it: on if `PUBLIC_URL` and `HOST` both name this machine "
        "only, and Messenger is not configured.",
        "`true` or `false`",
    )

    lifeline_fd: int | None = Field(default=None, exclude=True)
    failpoint: str | None = Field(default=None, exclude=True)

    @classmethod
    def read(cls) -> Self:
        """Read the environment; raises SettingsError with one line for the first bad variable."""
        try:
            return cls()
        except ValidationError as error:
            name = str(error.errors()[0]["loc"][0])
            raise SettingsError(_complaint(name)) from None
        except (OSError, UnicodeDecodeError):
            message = ".env: not usable; it must be readable, and UTF-8 text."
            raise SettingsError(message) from None

    @property
    def database(self) -> str:
        """The database's URL, the embedded default included."""
        if self.database_url:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data_dir.resolve() / 'whosthere.sqlite3'}"

    @property
    def public_origin(self) -> str:
        """How browsers reach this server."""
        if self.public_url:
            return self.public_url
        return "http://localhost" if self.port == _HTTP else f"http://localhost:{self.port}"

    @property
    def allowed_origins(self) -> tuple[str, ...]:
        """The sites that may embed the widget."""
        return self.webchat_allowed_origins or (self.public_origin,)

    @property
    def is_for_this_machine(self) -> bool:
        """Whether PUBLIC_URL names this machine only: else the world may reach this server."""
        return is_loopback(host_of(self.public_origin))

    @property
    def demo_enabled(self) -> bool:
        """Whether the demo pages are served."""
        if self.demo is not None:
            return self.demo
        is_local = self.is_for_this_machine and is_loopback(self.host)
        return is_local and not self.messenger_app_secret

    @property
    def demo_hint(self) -> str:
        """How to get the demo, where its absence may be a surprise."""
        if self.demo_enabled or self.demo is False or self.messenger_app_secret:
            return ""
        return "The demo is off, for PUBLIC_URL or HOST lets others in. DEMO=true switches it on."

    @property
    def mails_leave(self) -> bool:
        """Whether mails can be sent at all."""
        return self.smtp_url is not None and self.email_from is not None

    @property
    def capture_rules(self) -> CaptureRules:
        """The operator's wishes for the core."""
        return CaptureRules(
            enabled=self.capture_enabled,
            channels=frozenset(self.capture_channels),
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
            own_domains=frozenset(domain.lower() for domain in self.own_email_domains),
            follow_up_delay=(
                timedelta(seconds=self.follow_up_delay_seconds) if self.mails_leave else None
            ),
            channel_rules=MappingProxyType(
                {
                    "messenger": ChannelRules(
                        MESSENGER_WINDOW,
                        away_joins_prompt=True,
                        has_profiles=True,
                        lends_files=True,
                    ),
                    "webchat": ChannelRules(
                        row_is_delivery=True,
                        needs_consent=self.consent_mode is ConsentMode.REQUIRED,
                    ),
                }
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
        )


def _complaint(name: str) -> str:
    field = Settings.model_fields.get(name)
    extra = field.json_schema_extra if field else None
    accepts = extra["accepts"] if isinstance(extra, dict) else "something else"
    return f"{name.upper()}: not usable; it takes {accepts}."
