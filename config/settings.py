"""The only place that reads the environment."""

import ipaddress
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from config.hours import parse_hours, parse_zone
from config.kinds import (
    ChannelNames,
    Color,
    DatabaseUrl,
    GraphUrl,
    HoursText,
    ImapUrl,
    Names,
    NotifyUrls,
    Origin,
    Origins,
    Pages,
    PlainAddress,
    Proxies,
    RedisUrl,
    Seconds,
    Secrets,
    SenderText,
    SmtpUrl,
    ZoneName,
)
from config.notices import NoticeContent, NoticeRules
from config.rules import Availability, CaptureRules, ChannelRules, ConsentMode, Hours, Timing

MESSENGER_WINDOW = timedelta(hours=24)
Locale = Literal["en", "it", "de", "fr", "es", "pt", "nl"]


class SettingsError(Exception):
    """The environment holds something unusable; the text names the variable, never its value."""


def _setting(default: Any, what: str, accepts: str) -> Any:  # noqa: ANN401 - as pydantic's Field
    return Field(default, description=what, json_schema_extra={"accepts": accepts})


class Settings(BaseSettings):
    """Every variable, its default and what it takes; `.env` in the working folder counts too."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        validate_default=False,
    )

    database_url: DatabaseUrl = _setting(
        None,
        "Where everything is kept. Without it: an SQLite file in `DATA_DIR`.",
        "`postgresql://…`, `postgres://…` or `sqlite:///…`",
    )
    redis_url: RedisUrl = _setting(
        None,
        "The doorbell between web and workers. Without it: an embedded Valkey in `DATA_DIR`.",
        "`redis://…`, `rediss://…` or `unix://…`",
    )
    data_dir: Path = _setting(
        Path("var"), "Where the embedded database and Valkey keep their files.", "a folder"
    )
    host: str = _setting("127.0.0.1", "The address that the web process listens on.", "an address")
    port: Annotated[int, Field(ge=0, le=65535)] = _setting(
        8080, "The port that the web process listens on.", "0 to 65535"
    )
    public_url: Origin | None = _setting(
        None,
        "How browsers reach this server; links come from this only. Without it: "
        "`http://localhost:$PORT`.",
        "an origin such as `https://chat.example.com`",
    )
    secret_key: Secrets = _setting(
        (),
        "Signs cookies and tokens; a list rotates, the first one signs. Without it: made once in "
        "`DATA_DIR`, if that is where the database is too.",
        "long random texts, comma-separated",
    )
    trusted_proxies: Proxies = _setting(
        (),
        "Whose `X-Forwarded-For` counts.",
        "networks such as `10.0.0.0/8`, comma-separated; not the whole world",
    )
    web_concurrency: Annotated[int, Field(ge=1, le=64)] = _setting(
        1, "How many web processes share the port.", "1 to 64"
    )
    log_level: Literal["debug", "info", "warning", "error"] = _setting(
        "info", "How much is logged.", "`debug`, `info`, `warning` or `error`"
    )
    log_format: Literal["console", "json"] | None = _setting(
        None,
        "How log lines look. Without it: `console` on a terminal, else `json`.",
        "`console` or `json`",
    )
    api_tokens: Secrets = _setting(
        (), "Bearer tokens for `/api/v1`; without one the API is closed.", "comma-separated texts"
    )

    messenger_app_secret: Secrets = _setting(
        (),
        "Signs Meta's webhooks; a list rotates. Messenger is off without it.",
        "comma-separated texts",
    )
    messenger_verify_token: SecretStr | None = _setting(
        None, "What Meta's webhook handshake must show.", "a text of your own"
    )
    messenger_pages: Pages = _setting(
        {},
        "The pages that are served.",
        'a JSON object: `{"<page id>": "<page access token>"}`',
    )
    messenger_app_id: str | None = _setting(
        None, "Tells our own echoes from other apps'.", "the app's id"
    )
    messenger_graph_url: GraphUrl = _setting(
        "https://graph.facebook.com", "Where Graph calls go.", "a URL"
    )
    messenger_graph_version: Annotated[str, Field(pattern=r"^v?\d+\.\d+$")] = _setting(
        "v25.0", "The version of the Graph API.", "such as `v25.0`"
    )

    webchat_allowed_origins: Origins = _setting(
        (),
        "Sites that may embed the widget. Without it: `PUBLIC_URL`.",
        "exact origins such as `https://www.example.com`, comma-separated; no `*`",
    )
    webchat_title: str = _setting("Chat with us", "The widget's title.", "a text")
    webchat_greeting: str | None = _setting(
        None, "What the widget says first. Without it: a text of the visitor's language.", "a text"
    )
    webchat_color: Color = _setting(
        "#0e6b58",
        "The widget's accent.",
        "a colour such as `#0e6b58` that stands out from white by 3:1 at least",
    )

    capture_enabled: bool = _setting(
        default=True,
        what="Whether unknown visitors are asked for an email.",
        accepts="`true` or `false`",
    )
    capture_channels: ChannelNames = _setting(
        ("messenger", "webchat"),
        "The channels on which they are asked.",
        "`messenger`, `webchat`, comma-separated",
    )
    capture_timing: Timing = _setting(
        Timing.NO_REPLY, "When they are asked.", "`immediately` or `no_reply`"
    )
    capture_delay_seconds: Seconds = _setting(
        60, "How long an agent has to reply first; used by `no_reply`.", "seconds, 0 to 604800"
    )
    capture_message: str | None = _setting(
        None, "The question. Without it: the default text of the language.", "a text"
    )
    availability: Availability = _setting(
        Availability.ALWAYS,
        "What decides whether the team is there; under `agents` somebody must be available and "
        "have the inbox open.",
        "`always`, `business_hours`, `agents` or `away`",
    )
    business_hours: HoursText = _setting(
        "Mon-Fri 09:00-17:00",
        "When the team is there, under `business_hours`; several by commas, over midnight allowed.",
        "such as `Mon-Fri 09:00-17:00, Sat 10:00-14:00`",
    )
    timezone: ZoneName = _setting(
        "UTC", "The time zone of `BUSINESS_HOURS`.", "an IANA name such as `Europe/Rome`"
    )
    away_message: str | None = _setting(
        None, "Shown once for each time the team is away. Without it: a default text.", "a text"
    )
    locale: Locale = _setting(
        "en",
        "The language of the built-in texts where the visitor's is unknown.",
        "`en`, `it`, `de`, `fr`, `es`, `pt` or `nl`",
    )
    notify_urls: NotifyUrls = _setting(
        (),
        "Where the team is told what happens, by Apprise: Slack, Teams, mail, Telegram, ….",
        "Apprise URLs such as `slack://…`, comma- or space-separated",
    )
    notify_content: NoticeContent = _setting(
        NoticeContent.LINK,
        "What goes along: nothing but what happened, a link too, or a name and the visitor's words "
        "as well.",
        "`none`, `link` or `preview`",
    )
    notify_waiting_seconds: Seconds = _setting(
        120, "After so long the team is told that a visitor waits.", "seconds, 0 to 604800"
    )
    own_email_domains: Names = _setting(
        (),
        "Our own domains: an address there is never captured.",
        "domains, comma-separated",
    )
    consent_mode: ConsentMode = _setting(
        ConsentMode.OFF,
        "What stands beside the question for an email: nothing, a text, or a box to tick.",
        "`off`, `notice` or `required`",
    )
    smtp_url: SmtpUrl = _setting(
        None,
        "The server that mails leave by; without it none do.",
        "`smtp://user:password@host:587`, or `smtps://…` for TLS from the start",
    )
    email_from: SenderText | None = _setting(
        None,
        "Whom mails are from; without it none leave.",
        "an address, or one with a name such as `Northwind <chat@example.com>`",
    )
    follow_up_delay_seconds: Seconds = _setting(
        120,
        "How long an agent's reply may stay unseen in the web chat before it is mailed.",
        "seconds, 0 to 604800",
    )
    inbound_email_address: PlainAddress | None = _setting(
        None,
        "Where answers to mails arrive: its mailbox also gets what is sent to `name+anything@…`.",
        "an address such as `reply@example.com`",
    )
    inbound_imap_url: ImapUrl = _setting(
        None,
        "The mailbox that is read for answers.",
        "`imaps://user:password@host:993/INBOX`, or `imap://…` with STARTTLS",
    )
    inbound_email_secret: SecretStr | None = _setting(
        None,
        "What must be shown at `POST /webhooks/email`, which is closed without it.",
        "a long random text",
    )
    demo: bool | None = _setting(
        None,
        "The demo page and the Messenger simulator. Without it: on if Messenger is not configured "
        "and `HOST` is a loopback address.",
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
        return self.public_url or f"http://localhost:{self.port}"

    @property
    def allowed_origins(self) -> tuple[str, ...]:
        """The sites that may embed the widget."""
        return self.webchat_allowed_origins or (self.public_origin,)

    @property
    def demo_enabled(self) -> bool:
        """Whether the demo pages are served."""
        if self.demo is not None:
            return self.demo
        return not self.messenger_app_secret and is_loopback(self.host)

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
            hours=Hours(parse_hours(self.business_hours), parse_zone(self.timezone)),
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


def is_loopback(host: str) -> bool:
    """Say whether a host's name or address means this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
