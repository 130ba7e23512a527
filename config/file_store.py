"""The S3-compatible store that FILES_URL names."""

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

from config.origins import is_loopback

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_HOST_WITH_REGION = re.compile(r"s3[.-]([a-z0-9-]+)\.amazonaws\.com")
_SCHEMES = {"s3", "s3+http"}
_ANY_REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class ObjectStore:
    """A bucket, where it is reached, and the key that opens it."""

    endpoint: str
    bucket: str
    region: str
    key: str = field(repr=False)
    secret: str = field(repr=False)


def read_store_url(url: str) -> ObjectStore:
    """Read `s3://key:secret@host/bucket`; raises ValueError for anything else."""
    parts = urlsplit(url)
    host, bucket = parts.hostname or "", parts.path.strip("/")
    region = parse_qs(parts.query).get("region", [_region_of(host)])[0]
    is_whole = parts.username and parts.password and host and not parts.fragment
    if parts.scheme not in _SCHEMES or not is_whole or not _BUCKET.fullmatch(bucket):
        raise ValueError
    scheme = "http" if parts.scheme == "s3+http" or is_loopback(host) else "https"
    place = parts.netloc.rpartition("@")[2]
    key, secret = unquote(parts.username or ""), unquote(parts.password or "")
    return ObjectStore(f"{scheme}://{place}", bucket, region, key, secret)


def _region_of(host: str) -> str:
    found = _HOST_WITH_REGION.fullmatch(host)
    return found[1] if found else _ANY_REGION
