"""The kinds of values that variables take, and what makes one unusable.

A check returns the value as it is kept or raises ValueError without a word: the variable's own line
says what it takes.
"""

import ipaddress
import json
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

from config.colors import FOR_SHAPES, LIGHT_SURFACE, contrast
from config.hours import parse_hours, parse_zone


def _split(value: object) -> object:
    if not isinstance(value, str):
        return value
    return [part.strip() for part in value.split(",") if part.strip()]


def _check_origin(origin: str) -> str:
    parts = urlsplit(origin)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "*" in origin:
        raise ValueError
    if parts.path not in {"", "/"} or parts.query or parts.fragment or parts.username:
        raise ValueError
    return f"{parts.scheme}://{parts.netloc}".lower()


def _check_proxy(network: str) -> str:
    if ipaddress.ip_network(network, strict=False).prefixlen == 0:
        raise ValueError
    return network


def _check_database(url: str) -> str:
    scheme = url.partition(":")[0]
    if scheme not in {"postgres", "postgresql", "postgresql+psycopg", "sqlite"}:
        raise ValueError
    return url


def _check_redis(url: str) -> str:
    if url.partition(":")[0] not in {"redis", "rediss", "unix"}:
        raise ValueError
    return url


def _check_graph(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
        raise ValueError
    if parts.query or parts.fragment:
        raise ValueError
    return url


def _check_hours(text: str) -> str:
    if not parse_hours(text):
        raise ValueError
    return text


def _check_zone(name: str) -> str:
    parse_zone(name)
    return name


def _check_color(color: str) -> str:
    if contrast(color, LIGHT_SURFACE) < FOR_SHAPES:
        raise ValueError
    return color.lower()


def _check_pages(value: object) -> object:
    try:
        pages = json.loads(value) if isinstance(value, str) else value
    except RecursionError:
        raise ValueError from None
    if not isinstance(pages, dict) or not all(
        isinstance(token, str) and token for token in pages.values()
    ):
        raise ValueError
    return pages


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
Secrets = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_split)]
Origin = Annotated[str, AfterValidator(_check_origin)]
Origins = Annotated[tuple[Origin, ...], NoDecode, BeforeValidator(_split)]
Proxy = Annotated[str, AfterValidator(_check_proxy)]
Proxies = Annotated[tuple[Proxy, ...], NoDecode, BeforeValidator(_split)]
Pages = Annotated[dict[str, SecretStr], NoDecode, BeforeValidator(_check_pages)]
Seconds = Annotated[float, Field(ge=0, le=7 * 86400, allow_inf_nan=False)]
DatabaseUrl = Annotated[SecretStr | None, BeforeValidator(_check_database)]
RedisUrl = Annotated[SecretStr | None, BeforeValidator(_check_redis)]
GraphUrl = Annotated[str, AfterValidator(_check_graph)]
HoursText = Annotated[str, AfterValidator(_check_hours)]
ZoneName = Annotated[str, AfterValidator(_check_zone)]
Color = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$"), AfterValidator(_check_color)]
ChannelNames = Annotated[
    tuple[Literal["messenger", "webchat"], ...], NoDecode, BeforeValidator(_split)
]
