"""Every variable: what it is without being set, what it takes and what it refuses."""

from pathlib import Path
from typing import NamedTuple

from pydantic import SecretStr

from config.notices import NoticeContent
from config.rules import Availability, Timing
from tests.environment import CANARY, TOKEN

LONG = "x" * 32
SHORT = f"{CANARY * 5}x"


class Variable(NamedTuple):
    name: str
    default: object
    good: str
    becomes: object
    bad: tuple[str, ...] = ()
    """Each refused for another reason; none, where any text will do."""

    @property
    def field(self) -> str:
        return self.name.lower()


def _secrets(*values: str) -> tuple[SecretStr, ...]:
    return tuple(map(SecretStr, values))


_BY_LANGUAGE = (
    '{"en": "Hello", "it": "Ciao"}',
    {"en": "Hello", "it": "Ciao"},
    ("{", "{}", '{"en": 7}', '{"en": " "}', '{"tlh": "nuqneH"}'),
)
VARIABLES = [
    Variable(
        "DATABASE_URL",
        None,
        "postgres://ann:secret@db/shop",
        SecretStr("postgres://ann:secret@db/shop"),
        (f"mysql://ann:{CANARY}@db/shop", CANARY),
    ),
    Variable(
        "REDIS_URL",
        None,
        "rediss://:secret@cache:6380/1",
        SecretStr("rediss://:secret@cache:6380/1"),
        (f"http://:{CANARY}@cache", CANARY),
    ),
    Variable("DATA_DIR", Path("var"), "elsewhere", Path("elsewhere")),
    Variable("HOST", "127.0.0.1", "0.0.0.0", "0.0.0.0"),  # noqa: S104 - only a text here
    Variable("PORT", 8080, "80", 80, (CANARY, "65536", "-1")),
    Variable(
        "PUBLIC_URL",
        None,
        "https://Chat.example.com/",
        "https://chat.example.com",
        (
            CANARY,
            f"ftp://{CANARY}.example",
            f"https://{CANARY}.example/path",
            f"https://ann:{CANARY}@chat.example",
            f"https://*.{CANARY}.example",
            f"https://[{CANARY}",
            f"https://{CANARY}.example:0",
            f"https://{CANARY} .example",
        ),
    ),
    Variable(
        "SECRET_KEY",
        (),
        f"{LONG}, old",
        _secrets(LONG, "old"),
        (SHORT, f"{SHORT}, {LONG}"),
    ),
    Variable(
        "TRUSTED_PROXIES",
        (),
        "10.0.0.0/8, ::1",
        ("10.0.0.0/8", "::1"),
        (CANARY, "0.0.0.0/0", "10.0.0.1,::/0"),
    ),
    Variable(
        "DNS_SERVERS",
        (),
        "192.0.2.53, [2001:db8::53]:5353",
        ("192.0.2.53", "[2001:db8::53]:5353"),
        (CANARY, "192.0.2.53:0", "192.0.2.53:99999", "192.0.2.53, off", "[::1]5353", "::1:x"),
    ),
    Variable("WEB_CONCURRENCY", 1, "4", 4, ("0", "65", CANARY)),
    Variable("LOG_LEVEL", "info", "debug", "debug", (CANARY,)),
    Variable("LOG_FORMAT", None, "json", "json", (CANARY,)),
    Variable(
        "API_TOKENS",
        (),
        f"{LONG}, {TOKEN},",
        _secrets(LONG, TOKEN),
        (SHORT, f"{LONG}, {SHORT}", f"{SHORT}, {LONG}"),
    ),
    Variable("MESSENGER_APP_SECRET", (), "new,old", _secrets("new", "old")),
    Variable("MESSENGER_VERIFY_TOKEN", None, "hush", SecretStr("hush")),
    Variable(
        "MESSENGER_PAGES",
        {},
        '{"1001": "EAAG"}',
        {"1001": SecretStr("EAAG")},
        (CANARY, f'["{CANARY}"]', f'{{"{CANARY}": ""}}', f'{{"{CANARY}": 1}}', "[" * 99_999),
    ),
    Variable("MESSENGER_APP_ID", None, "777", "777"),
    Variable(
        "MESSENGER_GRAPH_URL",
        "https://graph.facebook.com",
        "http://localhost:9000/graph",
        "http://localhost:9000/graph",
        (CANARY, f"ftp://{CANARY}", f"https://ann:{CANARY}@graph", f"https://graph/?{CANARY}"),
    ),
    Variable("MESSENGER_GRAPH_VERSION", "v25.0", "26.0", "26.0", (CANARY, "v25")),
    Variable(
        "MESSENGER_AUTOMATIC_TEXTS",
        (),
        '["We are away", "Thanks, all of you"]',
        ("We are away", "Thanks, all of you"),
        (CANARY, f'"{CANARY}"', f'{{"{CANARY}": 1}}', f'["{CANARY}", 1]', '[" "]', "[" * 99_999),
    ),
    Variable(
        "WEBCHAT_ALLOWED_ORIGINS",
        (),
        "https://www.example.com, http://localhost:3000",
        ("https://www.example.com", "http://localhost:3000"),
        (CANARY, "*", f"https://*.{CANARY}.example", "null"),
    ),
    Variable("WEBCHAT_TITLE", "Chat with us", *_BY_LANGUAGE),
    Variable("WEBCHAT_GREETING", None, *_BY_LANGUAGE),
    Variable("WEBCHAT_COLOR", "#0e6b58", "#aB1DeF", "#ab1def", (CANARY, "red", "#fff", "#fffff0")),
    Variable("CAPTURE_ENABLED", default=True, good="false", becomes=False, bad=(CANARY,)),
    Variable(
        "CAPTURE_CHANNELS",
        None,
        "webchat",
        ("webchat",),
        (CANARY, f"webchat,{CANARY}"),
    ),
    Variable("CAPTURE_TIMING", Timing.NO_REPLY, "immediately", Timing.IMMEDIATELY, (CANARY,)),
    Variable("CAPTURE_DELAY_SECONDS", 60, "0.5", 0.5, (CANARY, "-1", "604801", "inf", "nan")),
    Variable("CAPTURE_MESSAGE", None, *_BY_LANGUAGE),
    Variable("AVAILABILITY", Availability.ALWAYS, "away", Availability.AWAY, (CANARY,)),
    Variable(
        "BUSINESS_HOURS",
        "Mon-Fri 09:00-17:00",
        "Sat 22:00-02:00",
        "Sat 22:00-02:00",
        (CANARY, "Mon 9-17", "Mon 25:00-26:00", "Caturday 09:00-17:00", ","),
    ),
    Variable(
        "HOLIDAYS",
        "",
        "2026-12-25, 2026-12-24 09:00-12:00",
        "2026-12-25, 2026-12-24 09:00-12:00",
        (CANARY, f"25.12.2026 {CANARY}", "2026-02-30"),
    ),
    Variable("TIMEZONE", "UTC", "Europe/Rome", "Europe/Rome", (CANARY, f"../{CANARY}", "/etc")),
    Variable("AWAY_MESSAGE", None, *_BY_LANGUAGE),
    Variable("LOCALE", "en", "nl", "nl", (CANARY, "tlh")),
    Variable(
        "NOTIFY_URLS",
        (),
        "slack://a/b/c, mailto://ann:pass@shop.example?to=ben@shop.example,cleo@shop.example "
        "JSON://hooks.example/x",
        _secrets(
            "slack://a/b/c",
            "mailto://ann:pass@shop.example?to=ben@shop.example,cleo@shop.example",
            "JSON://hooks.example/x",
        ),
        (
            CANARY,
            f"file:///{CANARY}",
            f"exec://{CANARY}",
            f"syslog://{CANARY}",
            f"slack://a/b/c dbus://{CANARY}",
            "slack://",
        ),
    ),
    Variable("NOTIFY_CONTENT", NoticeContent.LINK, "preview", NoticeContent.PREVIEW, (CANARY,)),
    Variable("NOTIFY_WAITING_SECONDS", 120, "0.5", 0.5, (CANARY, "-1", "604801", "inf", "nan")),
    Variable("OWN_EMAIL_DOMAINS", (), "Shop.example", ("Shop.example",)),
    Variable("CONSENT_MODE", "off", "required", "required", (CANARY,)),
    Variable(
        "PRIVACY_URL",
        None,
        "https://shop.example/privacy",
        "https://shop.example/privacy",
        ("shop.example/privacy", "javascript:alert(1)", "https://", "https://a.example/ b"),
    ),
    Variable(
        "SMTP_URL",
        None,
        "smtp://ann:secret@post:587",
        SecretStr("smtp://ann:secret@post:587"),
        (
            CANARY,
            f"http://{CANARY}",
            f"smtp://{CANARY}@post",
            f"smtp://post/{CANARY}",
            f"smtp://post?{CANARY}",
            f"smtps://post:{CANARY}",
            "smtp://",
        ),
    ),
    Variable(
        "EMAIL_FROM",
        None,
        "Northwind <chat@shop.example>",
        "Northwind <chat@shop.example>",
        (
            CANARY,
            f"a@shop.example, {CANARY}@b.example",
            f"Ann\n<{CANARY}@a.example>",
            "a@b <c@d.e>",
        ),
    ),
    Variable("FOLLOW_UP_DELAY_SECONDS", 120, "0", 0, (CANARY, "-1", "604801")),
    Variable(
        "INBOUND_EMAIL_ADDRESS",
        None,
        "reply@shop.example",
        "reply@shop.example",
        (CANARY, f"a+{CANARY}@shop.example", f"Ann <{CANARY}@shop.example>"),
    ),
    Variable(
        "INBOUND_IMAP_URL",
        None,
        "imaps://ann:secret@post/Answers",
        SecretStr("imaps://ann:secret@post/Answers"),
        (CANARY, f"smtp://a:{CANARY}@post", f"imaps://{CANARY}", f"imaps://{CANARY}@post"),
    ),
    Variable(
        "INBOUND_AUTHSERV_ID", None, "mx.shop.example", "mx.shop.example", ("mx; dmarc=pass", "a b")
    ),
    Variable("INBOUND_EMAIL_SECRET", None, LONG, SecretStr(LONG), (SHORT, f" {SHORT} ")),
    Variable(
        "FILES_URL",
        None,
        "s3://key:a%2Fsecret@s3.example/bucket?region=eu-1",
        SecretStr("s3://key:a%2Fsecret@s3.example/bucket?region=eu-1"),
        (
            CANARY,
            f"http://key:{CANARY}@s3.example/bucket",
            f"s3://{CANARY}@s3.example/bucket",
            f"s3://key:{CANARY}@s3.example/",
            f"s3://key:{CANARY}@s3.example/Bucket",
        ),
    ),
    Variable("FILES_MAX_MB", 10, "25", 25, (CANARY, "0", "26")),
    Variable("RETENTION_DAYS", None, "90", 90, (CANARY, "0", "-1", "36501")),
    Variable("AUDIT_DAYS", 730, "365", 365, (CANARY, "0", "36501")),
    Variable("DEAD_LETTER_DAYS", 90, "7", 7, (CANARY, "0", "36501")),
    Variable("OUTBOX_DAYS", 30, "7", 7, (CANARY, "0", "36501")),
    Variable("DEMO", None, "true", becomes=True, bad=(CANARY,)),
]

_SECRET = {"MESSENGER_APP_SECRET": "s"}
_SIGNED = {**_SECRET, "MESSENGER_VERIFY_TOKEN": "v"}
_ADDRESS = {"INBOUND_EMAIL_ADDRESS": "reply@shop.example"}
OTHER_HALVES: dict[str, dict[str, str]] = {
    "MESSENGER_APP_SECRET": {"MESSENGER_VERIFY_TOKEN": "v"},
    "MESSENGER_VERIFY_TOKEN": _SECRET,
    "MESSENGER_PAGES": _SIGNED,
    "MESSENGER_APP_ID": _SIGNED,
    "SMTP_URL": {"EMAIL_FROM": "chat@shop.example"},
    "EMAIL_FROM": {"SMTP_URL": "smtp://post"},
    "INBOUND_EMAIL_ADDRESS": {"INBOUND_EMAIL_SECRET": LONG},
    "INBOUND_IMAP_URL": _ADDRESS,
    "INBOUND_EMAIL_SECRET": _ADDRESS,
}
"""What must be set beside a variable that is nothing without it."""
