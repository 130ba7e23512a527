"""The kinds of values that variables take, and what makes one unusable.

A check returns the value as it is kept or raises ValueError without a word: the variable's own line
says what it takes.
"""

import re
from email.headerregistry import AddressHeader, HeaderRegistry
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

from config.colors import FOR_SHAPES, LIGHT_SURFACE, contrast
from config.file_store import read_store_url
from config.hours import parse_holidays, parse_hours, parse_zone
from config.name_servers import OFF, read_name_server
from config.networks import is_whole_world, read_network
from config.origins import normalise_origin

_PLAIN_ADDRESS = re.compile(r"[a-z0-9][a-z0-9._-]*@[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE)


def split_by_commas(value: object) -> object:
    """Make a list of a text; anything else is left to the next check."""
    if not isinstance(value, str):
        return value
    return [part.strip() for part in value.split(",") if part.strip()]


def _check_proxies(networks: tuple[str, ...]) -> tuple[str, ...]:
    if is_whole_world(map(read_network, networks)):
        raise ValueError
    return networks


def _check_name_servers(servers: tuple[str, ...]) -> tuple[str, ...]:
    if servers != (OFF,):
        for each in servers:
            read_name_server(each)
    return servers


def _check_database(url: str) -> str:
    scheme = url.partition(":")[0]
    if scheme not in {"postgres", "postgresql", "postgresql+psycopg", "sqlite"}:
        raise ValueError
    return url


def _check_redis(url: str) -> str:
    if url.partition(":")[0] not in {"redis", "rediss", "unix"}:
        raise ValueError
    return url


def _check_files(url: str) -> str:
    read_store_url(url)
    return url


def _check_mail_server(url: str, schemes: set[str]) -> str:
    parts = urlsplit(url)
    if parts.scheme not in schemes or not parts.hostname or parts.port == 0:
        raise ValueError
    if parts.query or parts.fragment or bool(parts.username) != bool(parts.password):
        raise ValueError
    return url


def _check_smtp(url: str) -> str:
    if urlsplit(url).path not in {"", "/"}:
        raise ValueError
    return _check_mail_server(url, {"smtp", "smtps"})


def _check_imap(url: str) -> str:
    if not urlsplit(url).username:
        raise ValueError
    return _check_mail_server(url, {"imap", "imaps"})


def _check_sender(text: str) -> str:
    if not text.isprintable():
        raise ValueError
    header = HeaderRegistry()("From", text)
    if not isinstance(header, AddressHeader) or len(header.addresses) != 1 or header.defects:
        raise ValueError
    _check_address(header.addresses[0].addr_spec)
    return text


def _check_address(text: str) -> str:
    if not _PLAIN_ADDRESS.fullmatch(text):
        raise ValueError
    return text


def _check_page(url: str) -> str:
    parts = urlsplit(url)
    is_whole = parts.scheme in {"http", "https"} and parts.hostname and not parts.username
    if not is_whole or not url.isprintable() or any(map(str.isspace, url)):
        raise ValueError
    return url


def _check_hours(text: str) -> str:
    if not parse_hours(text):
        raise ValueError
    return text


def _check_holidays(text: str) -> str:
    parse_holidays(text)
    return text


def _check_zone(name: str) -> str:
    parse_zone(name)
    return name


def _check_color(color: str) -> str:
    if contrast(color, LIGHT_SURFACE) < FOR_SHAPES:
        raise ValueError
    return color.lower()


def _split_notify_urls(value: object) -> object:
    if not isinstance(value, str):
        return value
    return [url for url in _BETWEEN_URLS.split(value.strip(" ,\t\r\n")) if url]


def _check_notify_url(url: SecretStr) -> SecretStr:
    scheme, mark, rest = url.get_secret_value().partition("://")
    if scheme.lower() not in NOTIFY_SCHEMES or not mark or not rest:
        raise ValueError
    return url


# a comma alone may stand inside of a URL, between the people of one mail
_BETWEEN_URLS = re.compile(r"[\s,]+(?=[A-Za-z][A-Za-z0-9+.-]*://)")
# what leads over the network to people and programs; nothing that acts on this machine
_NOTIFY_SCHEMES = (
    "bark barks dingtalk discord feishu form forms gchat gotify gotifys hassio hassios https ifttt "
    "json jsons lark line mailgun mailto mailtos matrix matrixs mmost mmosts nctalk nctalks ntfy "
    "ntfys opsgenie pagerduty pbul postmark pover prowl rocket rockets sendgrid ses signal "
    "signals slack sns spike splunk synology synologys tgram threema twilio vonage webex wecombot "
    "whatsapp workflow workflows wxteams xml xmls zoom zulip"
)
NOTIFY_SCHEMES = frozenset(_NOTIFY_SCHEMES.split())

Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(split_by_commas)]
Secrets = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(split_by_commas)]
NotifyUrls = Annotated[
    tuple[Annotated[SecretStr, AfterValidator(_check_notify_url)], ...],
    NoDecode,
    BeforeValidator(_split_notify_urls),
]
Origin = Annotated[str, AfterValidator(normalise_origin)]
Origins = Annotated[tuple[Origin, ...], NoDecode, BeforeValidator(split_by_commas)]
Proxies = Annotated[
    tuple[str, ...], NoDecode, BeforeValidator(split_by_commas), AfterValidator(_check_proxies)
]
PageUrl = Annotated[str, AfterValidator(_check_page)]
NameServers = Annotated[
    tuple[str, ...],
    NoDecode,
    BeforeValidator(split_by_commas),
    AfterValidator(_check_name_servers),
]
Seconds = Annotated[float, Field(ge=0, le=7 * 86400, allow_inf_nan=False)]
DatabaseUrl = Annotated[SecretStr | None, BeforeValidator(_check_database)]
RedisUrl = Annotated[SecretStr | None, BeforeValidator(_check_redis)]
FilesUrl = Annotated[SecretStr | None, BeforeValidator(_check_files)]
SmtpUrl = Annotated[SecretStr | None, BeforeValidator(_check_smtp)]
ImapUrl = Annotated[SecretStr | None, BeforeValidator(_check_imap)]
SenderText = Annotated[str, AfterValidator(_check_sender)]
PlainAddress = Annotated[str, AfterValidator(_check_address)]
ServerName = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,253}$")]
HoursText = Annotated[str, AfterValidator(_check_hours)]
HolidaysText = Annotated[str, AfterValidator(_check_holidays)]
ZoneName = Annotated[str, AfterValidator(_check_zone)]
Color = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$"), AfterValidator(_check_color)]
