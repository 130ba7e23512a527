"""Meta's signed requests: who asks for something, on the word of an app's secret."""

import base64
import hmac
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from channels.meta.app import MetaApp

_PART = re.compile(r"([A-Za-z0-9_-]+)={0,2}")
_USER_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
_ALGORITHM = "HMAC-SHA256"


class SignedRequestError(Exception):
    """Refuse the signed request; why is nobody's business but ours."""


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A signed request of Meta's for a person."""

    app_id: str
    """The app that it came through; empty if that one's id is not known to us."""
    user_id: str = field(repr=False)
    """Who the person is to that app, and to nobody else."""
    signature: bytes = field(repr=False)
    """A keyed hash of all that was signed: it tells requests apart and says nothing."""


def read_signed_request(text: str, apps: Sequence[MetaApp]) -> SignedRequest:
    """Check the signature, and only then read what it signs. Raises SignedRequestError."""
    head, dot, payload = text.partition(".")
    signature = _decode(head)
    app = _who_signed(signature, payload.encode(errors="surrogateescape"), apps)
    if not dot or app is None:
        raise SignedRequestError
    user_id = _read_user_id(_decode(payload))
    return SignedRequest(app.app_id or "", user_id, signature)


def _who_signed(signature: bytes, payload: bytes, apps: Sequence[MetaApp]) -> MetaApp | None:
    # All are tried, so that the time taken says nothing about which it was.
    signed = [
        app
        for app in apps
        for secret in app.secrets
        if hmac.compare_digest(hmac.digest(secret.encode(), payload, "sha256"), signature)
        and secret
    ]
    return signed[0] if signed else None


def _read_user_id(payload: bytes) -> str:
    match _parse(payload):
        case {"algorithm": str(algorithm), "user_id": str(user_id)} if (
            algorithm == _ALGORITHM and _USER_ID.fullmatch(user_id)
        ):
            return user_id
        case _:
            raise SignedRequestError


def _parse(payload: bytes) -> Any:  # noqa: ANN401 - whatever was signed
    try:
        return json.loads(payload)
    except (ValueError, RecursionError):
        raise SignedRequestError from None


def _decode(part: str) -> bytes:
    match = _PART.fullmatch(part)
    digits = match[1] if match else ""
    try:
        return base64.urlsafe_b64decode(digits + "=" * (-len(digits) % 4))
    except ValueError:
        raise SignedRequestError from None
